"""The MCP server as a process: both protocol eras over pipes, with a host that the test plays."""
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from agent_host import AgentHost  # noqa: E402
from hive import BUILD  # noqa: E402
from mcp import McpServer  # noqa: E402

META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


class Server(McpServer):
    def __init__(self, recipients=(), with_host=True):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hive-mcp-"))
        (self.folder / "agent.json").write_text(json.dumps(
            {"name": "alice", "role": "agent", "model": "", "label": "", "operator_pronouns": "", "revision": "",
             "allowed_recipients": list(recipients)}))
        self.host = AgentHost(self.folder) if with_host else None
        super().__init__(self.folder, self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
        if self.host:
            self.host.go()
        shutil.rmtree(self.folder, ignore_errors=True)


class Stdio(unittest.TestCase):
    def test_a_client_of_today_lists_and_calls(self):
        with Server() as server:
            begun = server.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}})
            self.assertEqual(begun["result"]["protocolVersion"], "2025-11-25")
            server.write({"jsonrpc": "2.0", "method": "notifications/initialized"})
            tools = server.ask("tools/list")["result"]["tools"]
            self.assertEqual([tool["name"] for tool in tools], ["recv", "send"])
            self.assertEqual(server.use("send", {"to": "bob", "body": "hi"}), ("Sent as message 1.", False))
            self.assertEqual(list(server.host.sent), ["t1-toolu_1"])

    def test_a_client_of_2026_07_28_needs_no_handshake(self):
        with Server() as server:
            found = server.ask("server/discover", {"_meta": META})["result"]
            for version in found["supportedVersions"]:  # what is offered is accepted
                meta = {**META, "io.modelcontextprotocol/protocolVersion": version}
                self.assertIn("result", server.ask("tools/list", {"_meta": meta}), version)
            self.assertIn("2026-07-28", found["supportedVersions"])
            listed = server.ask("tools/list", {"_meta": META})["result"]
            self.assertEqual((listed["resultType"], listed["cacheScope"]), ("complete", "private"))
            called = server.ask("tools/call", {"_meta": META, "name": "send", "arguments": {"to": "bob", "body": "hi"}})
            self.assertEqual(called["result"]["resultType"], "complete")

    def test_the_probe_with_a_string_id_then_the_old_handshake(self):
        with Server() as server:
            server.write({"jsonrpc": "2.0", "id": "server-discover-probe-1", "method": "server/discover", "params": {"_meta": META}})
            self.assertEqual(server.read()["id"], "server-discover-probe-1")
            server.write({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-11-25"}})
            self.assertEqual(server.read()["id"], 0)

    def test_two_hundred_calls_at_once(self):
        with Server() as server:
            server.ask("tools/list")
            asked = {server.begin("tools/call", {"name": "send", "arguments": {"to": "bob", "body": "x"},
                                                 "_meta": {"claudecode/toolUseId": f"u{i}"}}) for i in range(200)}
            self.assertEqual({server.read()["id"] for _ in range(200)}, asked)
            self.assertEqual(len(server.host.sent), 200)

    def test_a_parked_call_holds_nobody_up(self):
        with Server() as server:
            server.host.broker_turn_begin(None)
            parked = server.begin("tools/call", {"name": "recv", "arguments": {"wait_seconds": 180}})
            self.assertEqual(server.use("send", {"to": "bob", "body": "hi"})[1], False)
            server.host.post("wake up")
            reply = server.read()
            self.assertEqual(reply["id"], parked)
            self.assertIn("wake up", reply["result"]["content"][0]["text"])

    def test_a_host_that_restarts_under_a_call_answers_it_once(self):
        with Server() as server:
            server.ask("tools/list")
            server.host.away_for.add("broker.send")
            asked = server.begin("tools/call", {"name": "send", "arguments": {"to": "bob", "body": "hi"}})
            server.host.wait_for(lambda: "broker.send" in server.host.heard, "the call")
            server.host.go()
            server.host.away_for.clear()
            server.host.come()
            self.assertEqual(server.read()["id"], asked)
            self.assertEqual(len(server.host.sent), 1)

    def test_the_allow_list_binds(self):
        with Server(recipients=["bob"]) as server:
            text, is_error = server.use("send", {"to": "eve", "body": "hi"})
            self.assertTrue(is_error)
            self.assertIn("manager", text)
            self.assertEqual(server.host.sent, {})

    def test_end_of_input_ends_it_with_calls_under_way_and_without_a_host(self):
        with Server(with_host=False) as server:
            server.begin("tools/call", {"name": "send", "arguments": {"to": "bob", "body": "hi"}})
            server.process.stdin.close()
            self.assertEqual(server.process.wait(60), 0)
            self.assertEqual(server.process.stdout.read(), b"")

    def test_closed_standard_streams_end_it(self):
        for closed in ("<&-", ">&-", "<&- >&-"):
            ended = subprocess.run(["sh", "-c", f'exec "$0" mcp {closed}', BUILD / "bin/hive-ag3nt"], env={}, timeout=60,
                                   input=b"", stdout=subprocess.DEVNULL)
            self.assertEqual(ended.returncode, 0, closed)

    def test_every_subcommand_has_help_and_refuses_what_it_does_not_know(self):
        for program in ("hive-ag3nt", "hive-m1nd"):
            for arguments in (["--help"], ["help"], ["mcp", "--help"], ["serve", "--help"], ["replay", "--help"],
                              ["mcp", "--socket-dir", "/x", "-h"]):
                helped = subprocess.run([BUILD / "bin" / program, *arguments], env={}, timeout=60, stdin=subprocess.DEVNULL,
                                        capture_output=True, text=True)
                self.assertEqual((helped.returncode, helped.stderr), (0, ""), arguments)
                self.assertIn("usage:", helped.stdout, arguments)
            for arguments, named in ((["mcp", "--frob"], "--frob"), (["serve", "--frob", "x"], "--frob"),
                                     (["replay"], "replay"), (["replay", "a", "b"], "replay"), (["frob", "--x"], "frob"),
                                     (["mcp", "--socket-dir"], "--socket-dir")):
                refused = subprocess.run([BUILD / "bin" / program, *arguments], env={}, timeout=60,
                                         stdin=subprocess.DEVNULL, capture_output=True, text=True)
                self.assertEqual((refused.returncode, refused.stdout), (64, ""), arguments)
                self.assertIn(named, refused.stderr)
                self.assertEqual(refused.stderr.count("\n"), 1, refused.stderr)

    def test_an_interrupt_is_none_of_its_business(self):
        with Server() as server:
            server.ask("ping")
            server.process.send_signal(signal.SIGINT)
            self.assertEqual(server.ask("ping")["result"], {})

    def test_whatever_has_an_id_is_answered_under_it(self):
        with Server() as server:
            def call(identifier, body):  # as the CLI writes it, with the id behind the arguments
                return ('{"method":"tools/call","params":{"name":"send","arguments":{"to":"bob","body":' + body +
                        '}},"jsonrpc":"2.0","id":' + identifier + "}")
            bodies = ['"\\ud83d"', '"' + "x" * (5 << 20) + '"', "[" * 40 + "]" * 40, "[" * 100_000 + "]" * 100_000,
                      "nothing", '"\\q"', '"\t"']
            for number, body in enumerate(bodies):
                server.write(call(str(number), body))
                self.assertEqual(server.read()["id"], number, body[:40])
            self.assertEqual([sent["body"] for sent in server.host.sent.values()], ["\ufffd", "\t"])

    def test_malformed_lines_get_an_error_each_and_nothing_dies(self):
        with Server() as server:
            for line in ("{", "[]", "\x00", '"text"', "{}", '{"jsonrpc":"2.0","id":{},"method":"ping"}', "x" * (5 << 20),
                         '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}', "[" * 100_000):
                server.write(line)
                self.assertIn("error", server.read(), line[:40])
            self.assertEqual(server.ask("ping")["result"], {})


if __name__ == "__main__":
    unittest.main()
