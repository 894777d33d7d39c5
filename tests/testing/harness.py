"""One agent without a container: the real harness and CLI, a scripted model, and the host played by the test.

Standard library only.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from agent_host import AgentHost
from hive import BUILD, NPM_BIN, SOURCE, Connection, Model, wait_for

SEND = "mcp__hyperhive__send"


def rule(when, *steps):
    return {"when": when, "steps": list(steps)}


def well_again(error):
    """A vendor that answers `hello` with this error, and what is tried again well."""
    return [{**rule("may have seen these messages before", {"text": "There."}), "scope": "prompt"},
            rule("hello", {"error": error, "times": 50})]


RULES = [
    rule("hello", {"tool": SEND, "input": {"to": "operator", "body": "hello back"}}, {"text": "Greeted."}),
    rule("hang", {"hang": "request"}),
    rule("say (?<what>.+)", {"text": "You said $<what>"}),
]


class Harness:
    """One agent without a container: harness, folders, host and model of one test."""

    claude = os.path.realpath(NPM_BIN / "claude")

    def __init__(self, rules=RULES, **config):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hive-turn-"))
        for name in ("run", "etc", "state", "home", "share"):
            (self.folder / name).mkdir()
        (self.folder / "share/prompts").symlink_to(SOURCE / "prompts")
        self.host = AgentHost(self.folder / "run")
        self.model = Model(self.folder, {"agents": {"alice": {"rules": rules, **config.pop("agent", {})}}})
        config = {"name": "alice", "role": "agent", "model": "claude-sonnet-4-5", "label": "test",
                  "operator_pronouns": "they/them", "allowed_recipients": [], "revision": "none",
                  "base_url": f"http://127.0.0.1:{self.model.port}/alice", **config}
        (self.folder / "etc/agent.json").write_text(json.dumps(config))
        (self.folder / "etc/credential.json").write_text(json.dumps({"api_key": "test-key"}))
        self.log = open(self.folder / "harness.log", "ab")
        self.process = None

    def start(self, *flags, claude=claude, **environment):
        self.process = subprocess.Popen(
            [BUILD / "bin/hive-ag3nt", "serve", "--socket-dir", self.folder / "run", "--config-dir", self.folder / "etc",
             "--state-dir", self.folder / "state", "--home", self.folder / "home", "--share-dir", self.folder / "share",
             "--claude", claude, *flags],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment})

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)

    def row(self, query, database="hyperhive-turn-stats"):
        with sqlite3.connect(f"file:{self.folder}/state/{database}.sqlite?mode=ro", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]

    def page(self):
        """A connection to the socket that the agent's page is made of; waits until it is there."""
        return wait_for(lambda: Connection(self.folder / "run/page/page.sock"), "the page's socket")

    def prompts(self):
        """The text of the last user message of each request."""
        texts = []
        for request in self.model.requests():
            if "messages" not in request.get("body", {}):
                continue
            content = request["body"]["messages"][-1]["content"]
            texts.append(content if isinstance(content, str) else
                         "\n".join(block.get("text", "") for block in content))
        return texts

    def orphans(self):
        """Processes of a harness that was killed. In a container they end with it."""
        home, found = f"HOME={self.folder}/home".encode(), []
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and home in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found

    def end_orphans(self):
        while pids := self.orphans():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.end_orphans()
        self.model.close()
        self.host.go()
        self.log.close()
        if failure:
            sys.stderr.write((self.folder / "harness.log").read_text())
        shutil.rmtree(self.folder, ignore_errors=True)
