"""The host's side of one agent's socket, played in the test: a mailbox, commands and reports in memory.

For tests of the harness alone. It answers the methods that a harness calls, keeps what was asked, and can go away
and come back. Standard library only.
"""
import datetime
import json
import os
import pathlib
import socket
import threading

STRING, INTEGER = {"type": "string"}, {"type": "integer"}


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def about(name, properties, required=(), answer="", read_only=False):
    schema = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    with_key = {**schema, "properties": {**properties, "key": STRING}}
    return {"doc": name, "params": with_key, "result": {"type": "object"},
            "tool": {"name": name, "description": f"The tool {name}.", "answer": answer, "to": 6,
                     "read_only": read_only, "params": schema}}


METHODS = [
    {"name": "broker.send", "callers": ["agent"], "deadline_ms": 30000,
     "about": about("send", {"to": STRING, "body": STRING, "in_reply_to": INTEGER}, ["to", "body"], "Sent as message {id}.")},
    {"name": "broker.recv", "callers": ["agent"], "deadline_ms": 185000,
     "about": about("recv", {"wait_seconds": INTEGER, "max": INTEGER})},
]


class AgentHost:
    """`mail` waits, `leased` is in the open turn, `settled` was handled; each message is a dict."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.changed = threading.Condition()
        self.mail, self.leased, self.settled, self.sent, self.reports, self.ends = [], [], [], {}, [], []
        self.commands, self.acknowledged = [], 0
        self.paused = False
        self.turn, self.last_turn, self.last_id, self.last_command = None, 0, 0, 0
        self.receives = {}
        self.peers = []
        self.heard = []
        self.away_for = set()  # methods that are left unanswered
        self.come()

    # --- what a test does -------------------------------------------------------------------------

    def come(self):
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        self.listening.bind(f"/proc/self/fd/{folder}/host.sock")
        os.close(folder)
        self.listening.listen()
        threading.Thread(target=self.accept, args=(self.listening,), daemon=True).start()

    def go(self):
        """Like a host that was killed: socket and connections are gone, what it stored stays."""
        (self.folder / "host.sock").unlink()
        self.listening.close()
        with self.changed:
            peers, self.peers = self.peers, []
        for peer in peers:
            peer.shutdown(socket.SHUT_RDWR)

    def post(self, body, sender="operator", kind="operator"):
        with self.changed:
            self.last_id += 1
            self.mail.append({"id": self.last_id, "from": sender, "to": "alice", "kind": kind, "body": body, "sent_at": now()})
            self.changed.notify_all()

    def command(self, kind, **more):
        with self.changed:
            self.last_command += 1
            self.commands.append({"id": self.last_command, "kind": kind, **more})
            self.changed.notify_all()

    def wait_for(self, condition, what, patience=60):
        with self.changed:
            if not self.changed.wait_for(condition, patience):
                raise AssertionError(f"{what} did not come within {patience} s")

    def states(self):
        return [report["state"] for report in self.reports]

    # --- the wire ---------------------------------------------------------------------------------

    def accept(self, listening):
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            with self.changed:
                self.peers.append(peer)
            threading.Thread(target=self.read, args=(peer,), daemon=True).start()

    def read(self, peer):
        lock = threading.Lock()
        try:
            for line in peer.makefile("rb"):
                request = json.loads(line)
                if "id" in request:
                    threading.Thread(target=self.serve, args=(peer, lock, request), daemon=True).start()
        except OSError:
            pass

    def serve(self, peer, lock, request):
        try:
            reply = {"result": self.answer(peer, request["method"], request["params"])}
        except RefusedError as refusal:
            reply = {"error": {"code": -32000, "message": str(refusal), "data": {"code": refusal.code}}}
        if reply.get("result") is None and "error" not in reply:
            return
        try:
            with lock:
                peer.sendall(json.dumps({"jsonrpc": "2.0", "id": request["id"], **reply}).encode() + b"\n")
        except OSError:
            pass

    # --- the methods ------------------------------------------------------------------------------

    def answer(self, peer, method, params):
        with self.changed:
            self.heard.append(method)
            if method in self.away_for:
                self.changed.notify_all()
                return None
            handler = getattr(self, method.replace(".", "_"), None)
            if handler is None:
                raise RefusedError("method_not_found", f"unknown method {method}")
            result = handler(peer, **params)
            self.changed.notify_all()
            return result

    def methods_list(self, _peer):
        return {"methods": METHODS}

    def broker_turn_begin(self, _peer):
        returned = self.give_back(self.leased)
        self.last_turn += 1
        self.turn = self.last_turn
        return {"turn": self.turn, "returned": returned}

    def give_back(self, messages):
        back = [{**message, "redelivered": True} for message in messages]
        self.mail = sorted(self.mail + back, key=lambda message: message["id"])
        self.leased = [message for message in self.leased if message not in messages]
        return len(back)

    def broker_recv(self, peer, wait_seconds=0, max=32, key=None):
        if self.turn is None:
            raise RefusedError("conflict", "no turn is open")
        def known_now():
            return self.receives.get((self.turn, key)) if key else None

        if wait_seconds:
            self.changed.wait_for(lambda: self.mail or known_now() or peer not in self.peers, wait_seconds)
        if peer not in self.peers:
            return None
        known = known_now()
        if known is None:
            known, self.mail = self.mail[:max], self.mail[max:]
            self.leased += known
            if key and known:
                self.receives[(self.turn, key)] = known
        return {"messages": known, "waiting": len(self.mail)}

    def broker_turn_end(self, _peer, turn, ok=False, unseen=()):
        if turn != self.turn:
            return {}
        unseen_messages = [m for key in unseen for m in self.receives.get((turn, key), [])]
        self.ends.append({"turn": turn, "ok": ok, "unseen": list(unseen)})
        self.give_back(unseen_messages if ok else list(self.leased))
        self.settled += self.leased
        self.leased, self.turn = [], None
        return {}

    def broker_send(self, _peer, to, body, key=None, in_reply_to=None):
        key = key or f"none-{len(self.sent)}"
        if key not in self.sent:
            self.last_id += 1
            self.sent[key] = {"id": self.last_id, "to": to, "body": body, "in_reply_to": in_reply_to}
        return {"id": self.sent[key]["id"]}

    def turns_report(self, _peer, **report):
        self.reports.append(report)
        return {}

    def turns_gate(self, _peer):
        return {"paused": self.paused}

    def turns_commands(self, peer, after=0, wait_seconds=0):
        self.acknowledged = after
        self.commands = [command for command in self.commands if command["id"] > after]
        self.changed.wait_for(lambda: self.commands or peer not in self.peers, wait_seconds)
        return {"commands": list(self.commands)} if peer in self.peers else None


class RefusedError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
