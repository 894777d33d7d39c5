"""The tools as a model sees them: what a schema says is what the method holds, no more and no less, and each text says
what comes of a call. Asked of the real MCP server over the socket of a real agent."""
import json
import os
import pathlib
import re
import sys
import tempfile
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import CallError, Hive  # noqa: E402
from mcp import server_of  # noqa: E402

BODY = 2_000  # bytes of a message that this hive's settings allow; the contract allows more
CAPPED = {("recv", "wait_seconds")}  # more is taken as the most
HINTS = {  # read only, destructive, idempotent, open world
    "kill": (False, True, True, False), "list_agents": (True, False, True, False), "recent": (True, False, True, False),
    "recv": (False, False, False, False), "restart": (False, True, False, False), "send": (False, False, False, False),
    "start": (False, False, True, False), "update": (False, False, True, False)}
EVENTS = {"restart": "restarted", "update": "rebuilt", "kill": "killed", "start": "started"}  # in the order they are used
OURS = {"invalid_params", "too_large", "forbidden", "method_not_found", "internal"}  # what a schema must prevent


class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hive = Hive(config=f"[plugins.broker]\nbody_bytes = {BODY}\n")
        cls.addClassCleanup(cls.hive.__exit__, None, None, None)
        cls.hive.start()
        cls.hive.wait_until_running("manager")
        cls.hive.spawn("alice")
        folder = tempfile.TemporaryDirectory(prefix="hive-tools-")
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        cls.servers, cls.sockets, cls.methods = {}, {}, {}
        for name in ("manager", "alice"):
            config = pathlib.Path(folder.name, name)
            config.mkdir()
            cls.servers[name] = server_of(cls.hive, name, config)
            cls.addClassCleanup(cls.servers[name].end)
            cls.sockets[name] = cls.hive.agent(name)
            cls.addClassCleanup(cls.sockets[name].close)
            cls.methods[name] = {method["about"]["tool"]["name"]: method["name"]
                                 for method in cls.sockets[name].call("methods.list")["methods"] if "tool" in method["about"]}
        cls.tools = {name: server.tools() for name, server in cls.servers.items()}

    def each_parameter(self):
        for caller, tools in self.tools.items():
            for name, tool in tools.items():
                for parameter, schema in tool["inputSchema"]["properties"].items():
                    if parameter != "skip":  # the harness's own, see its unit tests
                        yield caller, name, parameter, schema

    def refusal(self, caller, tool, parameter=None, value=None):
        """The code with which a call is refused that has what the tool requires and this; None when it is taken."""
        schema = self.tools[caller][tool]["inputSchema"]
        arguments = {name: usual(name, schema["properties"][name]) for name in schema.get("required", [])}
        if parameter:
            arguments[parameter] = value
        try:
            self.sockets[caller].call(self.methods[caller][tool], arguments)
        except CallError as error:
            return error.code, str(error)
        return None, ""

    def test_every_parameter_has_its_limits(self):
        seen = 0
        for caller, tool, parameter, schema in self.each_parameter():
            seen += 1
            with self.subTest(caller=caller, tool=tool, parameter=parameter):
                self.assertTrue(schema["description"])
                self.assertNotIn("callers", schema)
                self.assertFalse(schema["description"].startswith("of "), "a description stands alone")
                if schema["type"] == "integer":
                    self.assertLessEqual({"minimum", "maximum"}, set(schema))
                if schema["type"] == "string":
                    self.assertTrue({"maxLength", "pattern", "enum"} & set(schema), schema)
                if "maxLength" in schema:
                    self.assertIn(f"at most {schema['maxLength']} bytes", schema["description"])
        self.assertGreater(seen, 15)

    def test_what_the_schema_allows_is_taken(self):
        for caller, tools in self.tools.items():
            for tool in set(tools) - set(EVENTS):
                self.assertNotIn(self.refusal(caller, tool)[0], OURS, (caller, tool))
        for caller, tool, parameter, schema in self.each_parameter():
            if tool in EVENTS or parameter in ("to", "file"):  # is a party, a path that is there
                continue
            for value in within(schema):
                with self.subTest(caller=caller, tool=tool, parameter=parameter, value=str(value)[:20]):
                    code, words = self.refusal(caller, tool, parameter, value)
                    self.assertNotIn(code, OURS, words)

    def test_what_the_schema_does_not_allow_is_refused(self):
        for caller, tool, parameter, schema in self.each_parameter():
            for value in beyond(schema):
                with self.subTest(caller=caller, tool=tool, parameter=parameter, value=str(value)[:20]):
                    code, words = self.refusal(caller, tool, parameter, value)
                    if (tool, parameter) in CAPPED and value == schema["maximum"] + 1:
                        self.assertNotIn(code, OURS, words)
                    else:
                        self.assertIn(code, OURS, "it was taken")
                        self.assertIn(parameter, words)

    def test_a_body_of_the_most_bytes_is_sent_and_no_byte_more(self):
        for caller in self.tools:
            schema = self.tools[caller]["send"]["inputSchema"]["properties"]["body"]
            self.assertEqual(schema["maxLength"], BODY)
            sent, failed = self.servers[caller].use("send", {"to": "operator", "body": "x" * BODY}, f"{caller}-fits")
            self.assertFalse(failed, sent)
            sent, failed = self.servers[caller].use("send", {"to": "operator", "body": "x" * (BODY + 1)}, f"{caller}-more")
            self.assertTrue(failed, sent)

    def test_no_agent_is_offered_what_others_alone_may_give(self):
        for caller, tool, parameter in (("alice", "recent", "of"), ("manager", "recent", "of"), ("manager", "update", "revision")):
            self.assertNotIn(parameter, self.tools[caller][tool]["inputSchema"]["properties"])
            self.assertEqual(self.refusal(caller, tool, parameter, "bob")[0], "forbidden")

    def test_the_hints_are_those_of_the_contracts(self):
        self.assertEqual(sorted(self.tools["alice"]), ["recent", "recv", "send"])
        self.assertEqual(sorted(self.tools["manager"]), sorted(HINTS))
        for caller, name in ((caller, name) for caller, tools in self.tools.items() for name in tools):
            with self.subTest(caller=caller, tool=name):
                hints = self.tools[caller][name]["annotations"]
                self.assertEqual(tuple(hints.get(hint + "Hint") for hint in ("readOnly", "destructive", "idempotent", "openWorld")),
                                 HINTS[name])
                self.assertGreaterEqual(self.tools[caller][name]["_meta"]["anthropic/maxResultSizeChars"], 60_000)

    def test_what_a_tool_says_of_itself_is_so(self):
        alice = self.servers["alice"]
        self.assertNotIn("peek", self.tools["alice"]["recv"]["description"])
        self.assertIn("taken out of your mailbox", self.tools["alice"]["recv"]["description"])
        self.assertIn("`*`", self.tools["alice"]["send"]["description"])
        self.assertIn("*", self.tools["alice"]["send"]["inputSchema"]["properties"]["to"]["description"])
        for mark in ("for all", "once more"):
            said, failed = alice.use("send", {"to": "*", "body": mark}, uuid.uuid4().hex)
            self.assertFalse(failed, said)
        self.assertEqual([message["body"] for message in self.hive.inbox("manager") if message["from"] == "alice"][:2],
                         ["once more", "for all"])
        recent, failed = alice.use("recent", {"limit": 1})
        self.assertTrue(json.loads(recent)["more"], recent)

    def test_the_agents_are_listed_in_lines(self):
        said, failed = self.servers["manager"].use("list_agents", {})
        self.assertFalse(failed)
        lines = said.splitlines()
        self.assertEqual(len(lines), 2, said)
        self.assertRegex(lines[0], r"^manager \(manager\): running since 20\d\d-")
        self.assertRegex(lines[1], r"^alice \(agent\): \w+ since 20\d\d-")
        self.assertNotIn("{", said)

    def test_z_the_event_that_a_tool_names_comes(self):
        manager = self.servers["manager"]
        for tool, event in EVENTS.items():
            with self.subTest(tool=tool):
                self.assertIn(f"event `{event}`", self.tools["manager"][tool]["description"])
                self.hive.wait_for(lambda: not self.hive.container("alice").get("pending"), "the last action's end")
                said, failed = manager.use(tool, {"name": "alice"}, f"use-{tool}")
                self.assertFalse(failed, said)
                self.assertRegex(said, rf"^alice is being \w+\. The event `{event}` will tell you how it went\.$")
                self.hive.wait_for(lambda name=event: name in self.told(), f"the event {event}")
                self.assertTrue(manager.use(tool, {"name": "manager"}, f"own-{tool}")[1], "the manager named itself")

    def told(self):
        return [json.loads(message["body"])["event"] for message in self.hive.inbox("manager") if message["from"] == "system"]


def usual(name, schema):
    if name == "to":
        return "operator"
    if name == "name":
        return "nobody"
    return 1 if schema["type"] == "integer" else "text"


def within(schema):
    if "pattern" in schema:
        return ["n", "n" * 31]
    if schema["type"] == "integer":
        return [schema["minimum"], schema["maximum"]]
    return schema.get("enum") or ["x" * schema["maxLength"]]


def beyond(schema):
    if schema["type"] == "integer":
        return [schema["minimum"] - 1, schema["maximum"] + 1, "many", 1.5]
    wrong = [7, ["x"]]
    if "enum" in schema:
        wrong += ["none of them"]
    if "pattern" in schema:
        wrong += [text for text in ("", "n" * 32, "No Name", "../x") if not re.match(schema["pattern"], text)]
    if "maxLength" in schema:
        wrong += ["x" * (schema["maxLength"] + 1)]
    return wrong


if __name__ == "__main__":
    unittest.main()
