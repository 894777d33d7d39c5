"""The MCP server of a harness as a process of the test: one line asked, one line read. Standard library only."""
import json
import os
import subprocess

import hive as support


def server_of(hive, name, folder):
    """The server of that agent of a running hive. `folder` is empty and everybody may pass to it."""
    role = "manager" if name == "manager" else "agent"
    (folder / "agent.json").write_text(json.dumps(
        {"name": name, "role": role, "model": "", "label": "", "operator_pronouns": "", "revision": "",
         "allowed_recipients": []}))
    place = hive.root / f"run/agents/{name}"
    identity = {"user": hive.uid_of(name), "group": place.stat().st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    return McpServer(place, folder, "hive-m1nd" if role == "manager" else "hive-ag3nt", **identity)


class McpServer:
    """`program mcp` over pipes. `identity`: what subprocess.Popen takes to run it as another user."""

    def __init__(self, socket_dir, config_dir, program="hive-ag3nt", **identity):
        self.process = subprocess.Popen(
            [support.BUILD / "bin" / program, "mcp", "--socket-dir", socket_dir, "--config-dir", config_dir, "--call-prefix", "t1-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}, **identity)
        self.last_id = 0

    def end(self):
        for pipe in (self.process.stdin, self.process.stdout):
            pipe.close()
        self.process.kill()
        self.process.wait()

    def write(self, message):
        self.process.stdin.write((message if isinstance(message, str) else json.dumps(message)).encode() + b"\n")
        self.process.stdin.flush()

    def read(self):
        return json.loads(self.process.stdout.readline())

    def begin(self, method, params=None):
        self.last_id += 1
        self.write({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params or {}})
        return self.last_id

    def ask(self, method, params=None):
        asked = self.begin(method, params)
        reply = self.read()
        assert reply["id"] == asked, reply
        return reply

    def use(self, tool, arguments, use="toolu_1"):
        """What the model is told, and whether it is told as an error."""
        reply = self.ask("tools/call", {"name": tool, "arguments": arguments, "_meta": {"claudecode/toolUseId": use}})
        return reply["result"]["content"][0]["text"], reply["result"]["isError"]

    def tools(self):
        return {tool["name"]: tool for tool in self.ask("tools/list")["result"]["tools"]}
