"""What hyperhive promises about speed and memory, measured in one run with the limit or peer beside it.

    measure.py [--short] [--json FILE]

Prints a table: figure, measured, beside, ratio, goal, and whether the goal is met. A figure is never a passing or
failing test: these machines are shared. --short takes few samples, to see that everything works.
"""
import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import BUILD, NPM_BIN, SOURCE, Hive, wait_for  # noqa: E402

ROWS = []


def row(what, value, unit, beside=None, beside_what="", goal="", met=None):
    ROWS.append({"what": what, "value": value, "unit": unit, "beside": beside, "beside_what": beside_what,
                 "ratio": round(value / beside, 2) if beside else None, "goal": goal, "met": met})


def memory_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1])
    raise AssertionError(f"no memory figure for {pid}")


def host_start(rounds):
    """Process start to the line that says ready, with nothing in the root, and with the agents still running."""
    empty, filled = [], []
    for _ in range(rounds):
        with Hive(settings=["plugins.lifecycle.manager=false"]) as hive:
            begin = time.monotonic()
            hive.start()
            empty.append((time.monotonic() - begin) * 1000)
    with Hive() as hive:
        hive.start()
        hive.wait_until_running("manager")
        for number in range(3):
            hive.spawn(f"agent{number}")
        send_many(hive, "agent0", 2_000 if rounds < 5 else 9_000)
        for _ in range(rounds):
            hive.kill_host()
            begin = time.monotonic()
            hive.start()
            filled.append((time.monotonic() - begin) * 1000)
    row("host start, empty", statistics.median(empty), "ms", goal="<= 100", met=statistics.median(empty) <= 100)
    row("host start, agents and messages", statistics.median(filled), "ms", goal="<= 300", met=statistics.median(filled) <= 300)


def send_many(hive, to, count):
    connection = hive.operator()
    window = 32
    for number in range(count + window):
        if number < count:
            connection.begin("broker.send", {"to": to, "body": f"message number {number}"})
        if number >= window:
            connection.read()
    connection.close()


def memory(seconds):
    """Resident set size after a time of rest, shared libraries included: the host with all plugins, and a harness."""
    with Hive() as hive:
        hive.start()
        hive.wait_until_running("manager")
        hive.spawn("alice")
        time.sleep(seconds)
        host = memory_kib(hive.host.pid) / 1024
        row("host memory, idle", host, "MiB", goal="<= 20", met=host <= 20)
        harness = [pid for pid in hive.pids_of("hive-ag3nt") if "serve" in hive.processes()[pid]]
        value = memory_kib(harness[0]) / 1024
        row("harness memory, idle", value, "MiB", goal="<= 12", met=value <= 12)
        switches = lambda pid: sum(int(line.split()[1]) for line in  # noqa: E731
                                   pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if "ctxt_switches" in line)
        before = switches(harness[0])
        time.sleep(seconds)
        row(f"harness wake-ups in {seconds} s idle", switches(harness[0]) - before, "", goal="0",
            met=switches(harness[0]) == before)


def wake(rounds):
    """A message is accepted until the CLI's process runs, beside fork and exec of the same program. The CLI is a
    program that says when it started, so that its own start-up does not count."""
    clock = BUILD / "tests/start_clock"
    with Hive(settings=[f"claude.command={clock}"]) as hive:
        key = hive.folder / "key"
        key.write_text("x")
        hive.settings.append(f"claude.api_key_file={key}")
        hive.start()
        hive.wait_until_running("manager")
        stamps = hive.root / "agents/manager/state/started"
        wait_for(lambda: any("thinking" not in str(c.get("status")) and c.get("status") == "idle"
                             for c in hive.call("lifecycle.list")["containers"]), "an idle manager")
        waited, plain = [], []
        for number in range(rounds):
            seen = len(stamps.read_text().split()) if stamps.exists() else 0
            wait_for(lambda: hive.container("manager").get("status") == "idle", "an idle manager")
            begin = time.monotonic_ns()
            hive.call("broker.send", {"to": "manager", "body": f"wake {number}"})
            now = wait_for(lambda: (s := stamps.read_text().split() if stamps.exists() else []) and len(s) > seen and s, "a start")
            waited.append((int(now[seen]) - begin) / 1e6)
            begin = time.monotonic_ns()
            said = subprocess.run([clock, "--print-only"], capture_output=True, text=True, check=True).stdout
            plain.append((int(said) - begin) / 1e6)
    over = statistics.median(waited) - statistics.median(plain)
    row("wake -> CLI process", statistics.median(waited), "ms", statistics.median(plain), "fork and exec of it", "<= 5 ms above", over <= 5)


def mcp(calls):
    with Hive() as hive:
        hive.start()
        hive.wait_until_running("manager")
        environment = {**os.environ, "HIVE_SOCKET_DIR": str(hive.root / "run/agents/manager")}
        identity = {}
        if os.geteuid() == 0:  # the socket is the agent's: its uid, and the group of its folder
            group = (hive.root / "run/agents/manager").stat().st_gid
            identity = {"user": hive.uid_of("manager"), "group": group, "extra_groups": []}
        done = subprocess.run([BUILD / "tests/bench_mcp", BUILD / "bin/hive-m1nd", BUILD / "tests/mcp_floor", str(calls)],
                              capture_output=True, text=True, env=environment, **identity)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    figures = json.loads(done.stdout)
    floor = figures["floor"]
    for part, goal in (("p50_us", 1.5), ("p99_us", 3)):
        row(f"MCP call that the harness answers, {part[:3]}", figures["ping"][part], "us", floor[part], "a program that parses nothing",
            f"<= {goal} x", figures["ping"][part] <= goal * floor[part])
        row(f"MCP call through the host, {part[:3]}", figures["tool_through_host"][part], "us", floor[part], "the same")
    row("MCP server start", figures["start_us"] / 1000, "ms", goal="<= 10", met=figures["start_us"] <= 10_000)
    row("MCP server memory", figures["memory_kib"] / 1024, "MiB", goal="<= 10", met=figures["memory_kib"] <= 10 * 1024)
    row("200 MCP calls at once, to the last answer", figures["two_hundred_at_once_us"] / 1000, "ms")
    row("MCP server end on end of file", figures["end_on_eof_us"] / 1000, "ms", goal="<= 50", met=figures["end_on_eof_us"] <= 50_000)


def program_of_its_own(short, *command):
    """A program that does the same for its part and prints rows of the same form."""
    done = subprocess.run([*command, "--json"] + (["--short"] if short else []), capture_output=True, text=True)
    if done.returncode == 77:
        print(f"left out: {done.stdout.strip()}")
        return
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stderr}")
    ROWS.extend(json.loads(done.stdout)["rows"])


def print_table():
    width = max(len(entry["what"]) for entry in ROWS)
    for entry in ROWS:
        beside = f"{entry['beside']:.3g} {entry['unit']} {entry['beside_what']}" if entry.get("beside") is not None else ""
        ratio = f"{entry['ratio']:.2f} x" if entry.get("ratio") is not None else ""
        met = {True: "met", False: "MISSED", None: ""}[entry.get("met")]
        print(f"{entry['what']:<{width}}  {entry['value']:>9.3f} {entry['unit']:<4}  {ratio:>8}  {entry.get('goal', ''):<14} {met:<7} {beside}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    few = options.short
    for part in (lambda: program_of_its_own(few, BUILD / "tests/bench_broker"),
                 lambda: program_of_its_own(few, BUILD / "tests/bench_events"),
                 lambda: program_of_its_own(few, NPM_BIN / "node", SOURCE / "tests/bench/web/bench_web.mjs"),
                 lambda: host_start(3 if few else 11), lambda: memory(2 if few else 10),
                 lambda: wake(3 if few else 30), lambda: mcp(200 if few else 5_000)):
        part()
    print_table()
    if options.json:
        with contextlib.closing(options.json.open("w")) as out:
            json.dump({"build": str(BUILD.name), "rows": ROWS}, out, indent=2)
