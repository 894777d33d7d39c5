"""kill -9 of host, supervisor, harness and CLI during traffic, at every named crash point of the code and at
random moments. Judged from the broker's rows, the model's log and /proc: what was accepted is stored once and
reaches a turn; what is handed out again says so; agents are adopted; nothing is orphaned or doubled.

    crash_test.py [--kills N] [--seed N]
"""
import argparse
import contextlib
import pathlib
import random
import re
import signal
import os
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import SOURCE, CallError, Hive  # noqa: E402

ECHO = {"agents": {"*": {"rules": [
    {"name": "echo", "when": "kind=operator[^\\n]*>>>\\s*(?<what>.+)",
     "steps": [{"tool": "mcp__hyperhive__send", "input": {"to": "operator", "body": "ack $<what>"}}, {"text": "ok"}]}]}}}
HEADER = re.compile(r"<<<message \S+ id=(\d+)([^>\n]*)>>>")
VICTIMS = ("host", "host", "hive-supervisor", "hive-ag3nt", "hive-m1nd", "claude", "everything")
OPTIONS = argparse.Namespace(kills=20, seed=None)


def crash_points():
    """{name: folder} of every crash_point("…") in the code."""
    found = {}
    for folder in ("host", "plugins", "harness", "sdk/support"):
        for file in (SOURCE / folder).rglob("*.[ch]pp"):
            if file.name.endswith("_test.cpp"):
                continue
            for name in re.findall(r'crash_point\("([^"]+)"\)', file.read_text()):
                found[name] = folder
    return found


class Traffic(threading.Thread):
    """Sends numbered messages with keys; repeats each until it is accepted, as clients of the broker do."""

    def __init__(self, hive, to, seed):
        super().__init__(daemon=True)
        self.hive, self.to, self.random = hive, to, random.Random(seed)
        self.accepted = {}  # body -> id
        self.doubled = []
        self.ending = threading.Event()

    def run(self):
        number = 0
        while not self.ending.is_set():
            number += 1
            body = f"m{number}"
            params = {"to": self.random.choice(self.to), "body": body, "key": f"traffic-{number}"}
            identifier = self.send(params)
            if identifier is None:
                return
            again = self.send(params) if number % 5 == 0 else identifier
            if again is not None and again != identifier:
                self.doubled.append((body, identifier, again))
            self.accepted[body] = identifier
            time.sleep(0.15)

    def send(self, params):
        while True:
            with contextlib.suppress(ConnectionError, OSError, CallError):
                return self.hive.call("broker.send", params, 10)["id"]
            if self.ending.is_set():
                return None
            time.sleep(0.03)

    def finish(self):
        self.ending.set()
        self.join(30)


def handed_out(hive):
    """[(agent, message id, redelivered)] in the order in which the model was asked."""
    out = []
    for request in hive.model.requests():
        if request.get("index") != 0:
            continue
        for identifier, attributes in HEADER.findall(request.get("prompt") or ""):
            out.append((request["agent"], int(identifier), "redelivered" in attributes))
    return out


class CrashTest(unittest.TestCase):
    agents = ("manager", "alice")

    def hive_with_agents(self):
        hive = Hive(script=ECHO)
        hive.start()
        hive.wait_until_running("manager")
        for name in self.agents[1:]:
            hive.spawn(name)
        return hive

    def judge(self, hive, traffic, requeue=False):
        """Everything that must hold once the dust has settled. `requeue`: the operator queues dead letters again."""
        if not hive.alive():
            hive.start()
        for name in self.agents:
            hive.wait_until_running(name)
        sent = lambda: [m for m in hive.messages(limit=500) if m["from"] == "operator"]  # noqa: E731
        hive.wait_for(lambda: self.settled(hive, sent(), requeue), "every message settled", 120)
        rows = {}
        for message in sent():
            rows.setdefault(message["body"], []).append(message["id"])
        self.assertEqual(traffic.doubled, [], "a repeated key was stored again")
        for body, identifier in traffic.accepted.items():
            self.assertEqual(rows.get(body), [identifier], f"{body} was accepted as {identifier}")
        self.judge_hand_outs(hive, set(traffic.accepted.values()))
        self.judge_processes(hive)

    def settled(self, hive, messages, requeue):
        """A message that five kills in a row cut off is a dead letter, in sight of the operator, who queues it again.
        One kill makes none."""
        for message in messages:
            if message["state"] == "dead":
                if not requeue:
                    self.fail(f"one crash made a dead letter of {message}")
                print(f"message {message['id']} was given up after five turns that were cut off; queued again", flush=True)
                hive.call("broker.requeue", {"id": message["id"]})
        return all(message["state"] == "settled" for message in messages)

    def judge_hand_outs(self, hive, accepted):
        first = set()
        for agent, identifier, redelivered in handed_out(hive):
            if identifier not in accepted:
                continue
            self.assertFalse(identifier in first and not redelivered,
                             f"message {identifier} was handed to {agent} again without saying so")
            first.add(identifier)
        self.assertEqual(accepted - first, set(), "accepted, settled, and never shown to a model")

    def judge_processes(self, hive):
        for name in self.agents:
            self.assertEqual(hive.container(name)["state"], "running")
            self.assertEqual(len(hive.pids_of("hive-supervisor", name)), 1, name)
            harness = "hive-m1nd" if name == "manager" else "hive-ag3nt"
            hive.wait_for(lambda: len([p for p in hive.pids_of(harness, name) if "serve" in hive.processes().get(p, [])]) == 1,
                          f"one harness of {name}")

    # --- named points ---------------------------------------------------------------------------

    def crash_at_all(self, *prefixes):
        points = {name: folder for name, folder in crash_points().items() if name.split(".")[0] in prefixes}
        self.assertTrue(points, f"no crash point of {prefixes} was found in the code")
        missed = []
        for name, folder in sorted(points.items()):
            with self.subTest(point=name):
                if not self.crash_at(name, folder):
                    missed.append(name)
        self.assertEqual(missed, [], "crash points that this traffic never passed: it shows nothing about them")

    def test_at_the_brokers_crash_points(self):
        self.crash_at_all("broker")

    def test_at_the_rosters_crash_points(self):
        self.crash_at_all("lifecycle", "turns")

    def test_at_the_runtimes_crash_points(self):
        self.crash_at_all("runtime", "supervisor")

    def test_at_the_harness_crash_points(self):
        self.crash_at_all("harness")

    def test_no_crash_point_is_left_out(self):
        covered = {"broker", "lifecycle", "turns", "runtime", "supervisor", "harness"}
        self.assertEqual({name.split(".")[0] for name in crash_points()} - covered, set())

    def crash_at(self, name, folder):
        """True when the point was passed."""
        hive = self.hive_with_agents()
        with hive:
            if folder == "harness":
                return self.crash_harness_at(hive, name)
            traffic = Traffic(hive, self.agents, 1)
            marker = hive.folder / "crashed"
            hive.kill_host(signal.SIGTERM)
            traffic.start()
            hive.start_expecting_death({"HIVE_CRASH_POINT": name, "HIVE_CRASH_ONCE": str(marker)})
            self.provoke(hive)
            until = time.monotonic() + 8
            while not marker.exists() and time.monotonic() < until:
                time.sleep(0.05)
            if not hive.alive():
                hive.restart()
            time.sleep(1)
            traffic.finish()
            self.judge(hive, traffic)
            return marker.exists()

    def provoke(self, hive):
        """Walks through the actions that a roster knows, so that their points are passed too."""
        with contextlib.suppress(ConnectionError, OSError, CallError, AssertionError):
            hive.call("lifecycle.restart", {"name": "alice"}, 10)
            hive.wait_for(lambda: not hive.container("alice").get("pending"), patience=10)
            hive.call("lifecycle.spawn", {"name": "carol"}, 10)
            hive.wait_for(lambda: not hive.container("carol").get("pending"), patience=10)
            hive.call("lifecycle.destroy", {"name": "carol", "purge": True}, 10)
            hive.call("turns.command", {"name": "alice", "kind": "new_session", "key": "provoked"}, 10)

    def crash_harness_at(self, hive, name):
        hive.kill_host(signal.SIGTERM)
        hive.start({"HIVE_AGENT_CRASH_POINT": name, "HIVE_AGENT_CRASH_ONCE": "/state/.crashed"})
        traffic = Traffic(hive, self.agents, 1)
        traffic.start()
        hive.call("lifecycle.restart", {"name": "alice"})
        hive.wait_until_running("alice")  # the harness before it knows of no crash point
        hive.call("turns.command", {"name": "alice", "kind": "operator_message", "text": "typed on the page"})
        marker = hive.root / "agents/alice/state/.crashed"
        until = time.monotonic() + 10
        while not marker.exists() and time.monotonic() < until:
            time.sleep(0.05)
        traffic.finish()
        self.judge(hive, traffic)
        return marker.exists()

    # --- random moments -------------------------------------------------------------------------

    def test_at_random_moments(self):
        seed = OPTIONS.seed if OPTIONS.seed is not None else random.randrange(1 << 30)
        print(f"seed {seed}", flush=True)
        choose = random.Random(seed)
        hive = self.hive_with_agents()
        with hive:
            traffic = Traffic(hive, self.agents, seed)
            traffic.start()
            counts = self.kill_at_random(hive, choose)
            traffic.finish()
            print(f"killed {counts} with seed {seed}, accepted {len(traffic.accepted)}", flush=True)
            if not hive.alive():
                hive.restart()
            self.judge(hive, traffic, requeue=True)
            self.assertEqual(sum(counts.values()), OPTIONS.kills)
            if OPTIONS.kills >= len(VICTIMS):
                self.assertEqual(set(counts), set(VICTIMS))

    def kill_at_random(self, hive, choose):
        """{victim: kills}. Victims are drawn without replacement, so that each gets its turn; one that is not there
        at that moment is drawn again after the others."""
        counts, deck = {}, []
        until = time.monotonic() + 300
        while sum(counts.values()) < OPTIONS.kills:
            self.assertLess(time.monotonic(), until, f"killed {counts}, found none of {deck} to kill")
            time.sleep(choose.uniform(0.05, 1.2))
            deck = deck or choose.sample(VICTIMS, len(VICTIMS))
            victim = deck.pop()
            if self.kill(hive, victim, choose):
                counts[victim] = counts.get(victim, 0) + 1
            else:
                deck.insert(0, victim)
        return counts

    def kill(self, hive, victim, choose):
        """Whether there was one to kill. A dead host is started again."""
        if victim == "everything":
            self.kill_everything(hive)
            hive.start()
            return True
        if victim == "host":
            alive = hive.alive()
            hive.restart()
            return alive
        found = hive.pids_of(victim)
        return bool(found) and self.kill_process(choose.choice(found))

    @staticmethod
    def kill_process(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
        return False

    def kill_everything(self, hive):
        """Host, supervisors, harnesses and CLIs, also those that were being started."""
        hive.kill_host()
        while pids := list(hive.processes()):
            for pid in pids:
                self.kill_process(pid)

    def test_the_next_host_starts_who_ran_and_nobody_else(self):
        hive = self.hive_with_agents()
        with hive:
            hive.spawn("bob")
            hive.call("lifecycle.stop", {"name": "bob"})
            hive.wait_for(lambda: (bob := hive.container("bob"))["state"] == "stopped" and not bob.get("pending"),
                          "bob stopped")
            before = {name: hive.pids_of("hive-supervisor", name) for name in self.agents}
            self.kill_everything(hive)
            hive.start()
            for name in self.agents:
                hive.wait_until_running(name)
                self.assertFalse(set(before[name]) & set(hive.pids_of("hive-supervisor", name)), name)
            traffic = Traffic(hive, self.agents, 1)
            traffic.start()
            hive.wait_for(lambda: len(traffic.accepted) >= 5, "traffic")
            traffic.finish()
            self.judge(hive, traffic)
            bob = hive.container("bob")
            self.assertEqual((bob["state"], bob["desired"]), ("stopped", "stopped"))
            self.assertEqual(hive.pids_of("hive-supervisor", "bob") + hive.pids_of("hive-ag3nt", "bob"), [])

    def test_agents_outlive_the_host_and_are_adopted(self):
        hive = self.hive_with_agents()
        with hive:
            before = {name: hive.pids_of("hive-supervisor", name) for name in self.agents}
            for how in (signal.SIGKILL, signal.SIGTERM):
                hive.kill_host(how)
                self.assertEqual({name: hive.pids_of("hive-supervisor", name) for name in self.agents}, before)
                hive.start()
                for name in self.agents:
                    hive.wait_until_running(name)
                self.assertEqual({name: hive.pids_of("hive-supervisor", name) for name in self.agents}, before)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=OPTIONS.kills)
    parser.add_argument("--seed", type=int)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
