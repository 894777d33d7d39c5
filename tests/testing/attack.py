"""What an agent may try against the operator's page from inside its sandbox: `attack.py PORT ROOT OUT`.

Writes what it saw to OUT as JSON: the statuses of its requests, the codes of its calls, and the files that it could
read. Standard library only.
"""
import contextlib
import http.client
import json
import pathlib
import socket
import sys

READS = ["/api/state", "/metrics", "/dashboard/stream?topics=broker.sent", "/agent/manager/api/state", "/api/journal/manager",
         "/api/state-file?path=/agents/manager/state/notes.md"]
ACTS = ["/api/call/turns.pause", "/api/call/lifecycle.spawn", "/kill/manager", "/destroy/manager", "/update-all", "/op-send",
        "/agent/manager/send", "/sign-out"]
GUESS, PROOF = "A" * 22, "A" * 43
DOORS = {"/session": {"session": GUESS, "nonce": GUESS}, f"/open/{GUESS}": {"nonce": GUESS, "proof": PROOF},
         "/sign-in": {"password": "password", "nonce": GUESS, "secret": GUESS}}
DISGUISES = [{}, {"Cookie": "hive_session=AAAA.BBBB; session=1"}, {"X-Forwarded-For": "127.0.0.1"},
             {"x-hive-token": f"{GUESS}.{GUESS}.9999999999999.{PROOF}.{PROOF}"},
             {"Sec-Fetch-Site": "same-origin"}, {"Authorization": "Bearer operator"}]
CALLS = [("http.open", {}), ("turns.pause", {}), ("lifecycle.stop", {"name": "manager"}), ("lifecycle.spawn", {"name": "eve"}),
         ("host.shutdown", {"agents": True}), ("files.read", {"path": "/agents/manager/state/notes.md"}),
         ("broker.recent", {"of": "*"}), ("broker.send", {"to": "manager", "body": "x", "from": "operator"})]


def status(port, verb, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    own = {"Origin": f"http://127.0.0.1:{port}"} if verb == "POST" else {}
    sent = json.dumps(body or {}) if verb == "POST" else None
    connection.request(verb, path, sent, {"Content-Type": "application/json"} | own | headers)
    return connection.getresponse().status


def calls(path):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(path)
        out = {}
        lines = peer.makefile("rb")
        for number, (method, params) in enumerate(CALLS):
            peer.sendall(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n")
            reply = json.loads(lines.readline())
            out[method] = reply["error"]["data"]["code"] if "error" in reply else "answered"
        return out


def can(attempt, *arguments):
    with contextlib.suppress(OSError):
        attempt(*arguments)
        return True
    return False


def main():
    port, root, out = int(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    requests = [("GET", path) for path in READS] + [("POST", path) for path in ACTS]
    roots = [root] + [pathlib.Path(f"/proc/{pid}/root") / root.relative_to("/") for pid in (1, "self")]
    out.write_text(json.dumps({
        "health": status(port, "GET", "/healthz", {}),
        "statuses": {f"{verb} {path} {json.dumps(more)}": status(port, verb, path, more) for verb, path in requests for more in DISGUISES},
        "doors": {path: status(port, "POST", path, {}, body) for path, body in DOORS.items()},
        "calls": calls("/run/hive/host.sock"),
        "sockets": [str(place) for place in roots if can(calls, str(place / "run/host.sock"))],
        "files": [str(file) for place in roots for file in (place / "run/operator.key", place / "run/sessions.json", place / "broker.sqlite", place / "hive.toml")
                  if can(file.read_bytes)],
    }))


if __name__ == "__main__":
    main()
