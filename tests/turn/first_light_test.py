"""The main job through every layer: a message wakes a turn of the real Claude CLI, its MCP tool call answers
through the broker. The model is scripted; everything else is what users run."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import CallError, Hive  # noqa: E402

SCRIPT = {
    "agents": {
        "manager": {
            "rules": [
                {"name": "greet", "when": "from=operator[^\\n]*>>>\\s*hello",
                 "steps": [{"tool": "mcp__hyperhive__send", "input": {"to": "operator", "body": "hello from the manager"}},
                           {"text": "Greeted."}]},
                {"name": "ask alice", "when": "from=operator[^\\n]*>>>\\s*ask alice (?<what>.+)",
                 "steps": [{"tool": "mcp__hyperhive__send", "input": {"to": "alice", "body": "$<what>"}}, {"text": "Asked."}]},
                {"name": "pass on", "when": "from=alice[^\\n]*>>>\\s*(?<what>.+)",
                 "steps": [{"tool": "mcp__hyperhive__send", "input": {"to": "operator", "body": "alice says: $<what>"}},
                           {"text": "Passed on."}]},
            ]
        },
        "*": {"rules": [
            {"name": "answer", "when": "from=manager[^\\n]*>>>\\s*(?<what>.+)",
             "steps": [{"tool": "mcp__hyperhive__send", "input": {"to": "manager", "body": "you said $<what>"}},
                       {"text": "Answered."}]}]},
    }
}


class FirstLight(unittest.TestCase):
    def test_a_message_wakes_a_real_turn_and_the_answer_comes_back(self):
        with Hive(script=SCRIPT) as hive:
            hive.start()
            hive.wait_until_running("manager")
            hive.cli("send", "manager", "hello")
            answers = hive.wait_for(lambda: hive.inbox("operator"), "the manager's answer")
            self.assertEqual([answer["body"] for answer in answers], ["hello from the manager"])
            self.assertIn("hello from the manager", hive.cli("inbox"))

    def test_two_agents_exchange_messages(self):
        with Hive(script=SCRIPT) as hive:
            hive.start()
            hive.wait_until_running("manager")
            hive.cli("spawn", "alice")
            hive.cli("send", "manager", "ask alice are you there")
            answers = hive.wait_for(lambda: hive.inbox("operator"), "what alice said")
            self.assertEqual(answers[0]["body"], "alice says: you said are you there")
            settled = hive.wait_for(lambda: all(m["state"] == "settled" for m in hive.messages()) and hive.messages(),
                                    "every message settled")
            self.assertGreaterEqual(len(settled), 4)

    def test_an_agent_writes_to_whom_its_configuration_allows_also_past_its_tools(self):
        with Hive(script=SCRIPT) as hive:
            hive.start()
            hive.wait_until_running("manager")
            hive.spawn("alice")
            hive.spawn("bob")
            copy = hive.folder / "copy"
            git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", copy]
            subprocess.run(["git", "clone", "-q", hive.root / "applied/alice", copy], check=True)
            (copy / "agent.toml").write_text('allowed_recipients = ["operator"]\n')
            subprocess.run([*git, "commit", "-qam", "operator alone"], check=True)
            subprocess.run([*git, "push", "-q", "origin", "HEAD:main"], check=True)
            alice = hive.agent("alice")
            alice.call("broker.send", {"to": "bob", "body": "not in use yet"})
            hive.cli("rebuild", "alice")
            with self.assertRaisesRegex(CallError, "alice may not write to bob"):
                alice.call("broker.send", {"to": "bob", "body": "hello"})
            alice.call("broker.send", {"to": "operator", "body": "hello"})
            alice.close()

    def test_an_ordinary_users_hive_does_the_same(self):
        if os.geteuid() != 0:
            self.skipTest("the other tests run as this ordinary user already")
        ordinary = 65_533  # a uid of nobody's
        with Hive(script=SCRIPT, user=ordinary) as hive:
            hive.start()
            hive.wait_until_running("manager")
            hive.call("lifecycle.spawn", {"name": "alice"})
            hive.call("broker.send", {"to": "manager", "body": "ask alice are you there"})
            answers = hive.wait_for(lambda: hive.inbox("operator"), "what alice said")
            self.assertEqual(answers[0]["body"], "alice says: you said are you there")
            self.assertEqual(hive.uid_of("alice"), ordinary)
            self.assertEqual({pathlib.Path(f"/proc/{pid}").stat().st_uid for pid in hive.pids_of("hive-ag3nt")}, {ordinary})

    def test_without_namespaces_the_same_harness_runs_unconfined_and_everybody_is_told(self):
        if os.geteuid() != 0:
            self.skipTest("only root can take the right to make namespaces from a host")
        with Hive(script=SCRIPT, settings=["plugins.runtime_local.allow_unsandboxed=true"],
                  through=["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"]) as hive:
            hive.start()
            hive.wait_until_running("manager")
            hive.cli("spawn", "alice")
            hive.cli("send", "manager", "ask alice are you there")
            answers = hive.wait_for(lambda: hive.inbox("operator"), "what alice said")
            self.assertEqual(answers[0]["body"], "alice says: you said are you there")
            self.assertEqual(hive.container("alice")["sandbox"]["level"], "none")
            self.assertIn("alice: runs without a sandbox", (hive.root / "logs/host.log").read_text())
            examined = hive.cli("doctor", check=False)
            self.assertNotEqual(examined.returncode, 0)
            self.assertIn("manager, alice without any", examined.stdout + examined.stderr)
            secret = hive.root / "run/config/alice/credential.json"
            self.assertEqual((secret.stat().st_mode & 0o777, secret.stat().st_uid), (0o400, hive.uid_of("alice")))
            hive.call("lifecycle.stop", {"name": "alice"})
            hive.wait_for(lambda: hive.container("alice")["state"] == "stopped", "alice stopped")
            self.assertFalse(secret.parent.exists())

    def test_an_answer_survives_the_end_of_everything(self):
        with Hive(script=SCRIPT) as hive:
            hive.start()
            hive.wait_until_running("manager")
            hive.cli("send", "manager", "hello")
            hive.wait_for(lambda: hive.inbox("operator"), "the manager's answer")
            hive.stop()
            hive.start()
            self.assertEqual(len(hive.inbox("operator")), 1)
            hive.wait_until_running("manager")


if __name__ == "__main__":
    unittest.main()
