"""Random kill -9 of host, supervisor, harness and any process of a sandbox, with starts and stops between. Judged
from /proc alone, never from what the host remembers: at no moment two sandboxes of one agent, at rest one where it
should run and none where not, nothing without its supervisor, and what the host says is so.

    runtime_chaos_test.py [--rounds N] [--seed N]
"""
import argparse
import contextlib
import os
import pathlib
import random
import signal
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import CallError, Hive  # noqa: E402

OPTIONS = argparse.Namespace(rounds=8, seed=None)
SETTINGS = ["claude.command=/bin/true", "plugins.lifecycle.restarts_in_10_minutes=100"]


def stat_of(pid):
    """(state, parent, start time, command), or None when there is no such process."""
    with contextlib.suppress(OSError):
        before, after = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)
        fields = after.split()
        return fields[0], int(fields[1]), int(fields[19]), before.split("(", 1)[1]
    return None


class Watch:
    """What runs for the root, from /proc. Remembers which processes are not its own, for they are many."""

    def __init__(self, root):
        self.root = str(root).encode()
        self.known = {}  # (pid, start) -> (name, kind) or None

    def look(self):
        """{pid: (name, kind, command, namespace)}; kind is supervisor or boxed."""
        found = {}
        for entry in os.listdir("/proc"):
            stat = stat_of(entry) if entry.isdigit() else None
            if stat is None or stat[0] in "ZX":
                continue
            pid = int(entry)
            what = self.identify(pid, stat[2])
            if what is None:
                continue
            with contextlib.suppress(OSError):
                found[pid] = (*what, stat[3], os.readlink(f"/proc/{pid}/ns/pid"))
        return found

    def identify(self, pid, start):
        if (pid, start) in self.known:
            return self.known[pid, start]
        what, final = self.read(pid)
        if final:
            self.known[pid, start] = what
        return what

    def read(self, pid):
        """(name and kind, whether that stays so: a fork that has not yet exec'ed becomes something else)."""
        with contextlib.suppress(OSError, IndexError):
            argv = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if argv[0] == b"hive-supervisor" and argv[1] == self.root:
                return (argv[2].decode(), "supervisor"), False
            environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            for word in environment:
                if word.startswith(b"HIVE_MARK=" + self.root + b":"):
                    return (word.rsplit(b":", 1)[1].decode(), "boxed"), True
        return None, False


class RuntimeChaosTest(unittest.TestCase):
    names = ("manager", "alice", "bob")

    def setUp(self):
        self.doubles = []
        self.samples = 0
        self.ending = threading.Event()

    def sandboxes(self, found, name):
        """The pid namespaces in which a harness of the agent runs."""
        return {namespace for owner, kind, command, namespace in found.values()
                if owner == name and kind == "boxed" and command in ("hive-ag3nt", "hive-m1nd")}

    def watch_for_doubles(self, root):
        watch = Watch(root)
        while not self.ending.is_set():
            found = watch.look()
            self.samples += 1
            for name in self.names:
                if len(self.sandboxes(found, name)) > 1:
                    again = watch.look()
                    both = {pid: found[pid] for pid in found if pid in again and found[pid] == again[pid]}
                    if len(self.sandboxes(both, name)) > 1:
                        self.doubles.append((name, both))
            time.sleep(0.01)

    def test_nothing_is_doubled_orphaned_or_mistaken(self):
        seed = OPTIONS.seed if OPTIONS.seed is not None else random.randrange(1 << 30)
        print(f"seed {seed}, {OPTIONS.rounds} rounds", flush=True)
        choose = random.Random(seed)
        with Hive(settings=SETTINGS) as hive:
            hive.start()
            hive.wait_until_running("manager")
            for name in self.names[1:]:
                hive.spawn(name)
            wanted = dict.fromkeys(self.names, True)
            watcher = threading.Thread(target=self.watch_for_doubles, args=(hive.root,), daemon=True)
            watcher.start()
            counts = {}
            try:
                for number in range(OPTIONS.rounds):
                    done = [self.strike(hive, choose, wanted) for _ in range(choose.randint(1, 4))]
                    for what in done:
                        counts[what] = counts.get(what, 0) + 1
                    self.judge(hive, wanted, f"round {number}: {done}")
            finally:
                self.ending.set()
                watcher.join()
            print(f"{counts}, {self.samples} samples", flush=True)
        self.assertEqual(self.doubles, [], "two sandboxes of one agent at one moment")

    def strike(self, hive, choose, wanted):
        time.sleep(choose.choice([0, 0, 0.002, 0.01, 0.03, 0.1, 0.25]))
        what = choose.choice(["host", "supervisor", "boxed", "toggle"])
        name = choose.choice(self.names)
        if what == "host":
            hive.kill_host()
            time.sleep(choose.choice([0, 0.005, 0.05, 0.2]))
            hive.start()
        elif what == "toggle":
            self.toggle(hive, choose.choice(self.names[1:]), wanted)
        else:
            pids = sorted(pid for pid, (owner, kind, _, _) in Watch(hive.root).look().items()
                          if owner == name and kind == what)
            if pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(choose.choice(pids), signal.SIGKILL)
        return what

    def toggle(self, hive, name, wanted):
        """An action that is refused because another is in flight changes nothing."""
        with contextlib.suppress(CallError):
            hive.call("lifecycle.stop" if wanted[name] else "lifecycle.start", {"name": name})
            wanted[name] = not wanted[name]

    def judge(self, hive, wanted, what):
        watch = Watch(hive.root)

        def at_rest():
            found = watch.look()
            return all(self.is_right(hive, found, name, wanted[name]) for name in self.names)
        hive.wait_for(at_rest, f"{what}: {wanted} as wanted", 150)  # restarts back off up to a minute
        hive.wait_for(lambda: not self.orphans(watch.look()), f"{what}: the end of what has no supervisor", 10)

    def orphans(self, found):
        """What runs in a sandbox without its supervisor; a process that was just killed counts until it is gone."""
        return [pid for pid, (_, kind, _, _) in found.items() if kind == "boxed" and not self.has_supervisor(pid, found)]

    def is_right(self, hive, found, name, runs):
        container = hive.container(name)
        supervisors = [pid for pid, (owner, kind, _, _) in found.items() if owner == name and kind == "supervisor"]
        return (container["state"] == ("running" if runs else "stopped") and not container.get("pending")
                and len(supervisors) == int(runs) and len(self.sandboxes(found, name)) == int(runs))

    def has_supervisor(self, pid, found):
        while pid > 1 and (stat := stat_of(pid)) is not None:
            if found.get(pid, ("", ""))[1] == "supervisor":
                return True
            pid = stat[1]
        return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=OPTIONS.rounds)
    parser.add_argument("--seed", type=int)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
