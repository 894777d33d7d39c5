"""What goes wrong with a session, the machine or the vendor, under the real harness and CLI: no message pays for it."""
import json
import os
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from harness import SEND, Harness, rule, well_again  # noqa: E402
from hive import wait_for  # noqa: E402

RECV = "mcp__hyperhive__recv"
REFUSED = {"status": 400, "type": "invalid_request_error", "message": "messages.1.content.0: not allowed",
           "headers": {"x-should-retry": "false"}}
BUSY = {"status": 529, "type": "overloaded_error", "message": "busy"}
TOO_LONG = {"status": 400, "type": "invalid_request_error", "message": "prompt is too long: 213044 tokens > 200000 maximum"}
ONE_ATTEMPT = 4  # requests of a run of the CLI: one and three repeats
WELL_AGAIN = well_again(BUSY)


class FaultTest(unittest.TestCase):
    def begin(self, rules, *flags, environment=None, **config):
        alice = Harness(rules, **config)
        self.addCleanup(alice.__exit__, None)
        alice.start(*flags, **(environment or {}))
        return alice

    def shown(self, alice):
        return "".join(alice.prompts())

    def notes(self, alice):
        return [json.loads(row["payload"])["text"]
                for row in alice.row("SELECT payload FROM event WHERE kind = 'note'", "hyperhive-events")]

    def resets(self, alice):
        return [sent for sent in alice.host.sent.values() if sent["to"] == "manager" and "session_reset" in sent["body"]]


SAY = rule("say (?<what>.+)", {"text": "You said $<what>"})


class SessionIdentity(FaultTest):
    """Which conversation is the agent's is known by its name, whatever else lies in its folder."""

    def heard(self, alice, prompt):
        """What the request with `prompt` shows the model of the conversation."""
        wait_for(lambda: prompt in self.shown(alice), f"the prompt {prompt}")
        return json.dumps([request["body"]["messages"] for request in alice.model.requests()
                           if "messages" in request.get("body", {}) and prompt in json.dumps(request["body"])][-1])

    def test_a_cli_that_the_agents_shell_began_is_not_gone_on_with(self):
        nested = {"command": f"{Harness.claude} -p 'slow nested' > /dev/null 2>&1", "description": "ask another"}
        alice = self.begin([rule("start", {"tool": "Bash", "input": nested}, {"text": "ok"}),
                            rule("slow nested", {"hang": "request"}), SAY])
        alice.host.post("say one")
        alice.host.wait_for(lambda: len(alice.host.settled) == 1, "the first turn")
        alice.host.post("start")
        wait_for(lambda: len(list(alice.folder.glob("home/.claude/projects/*/*.jsonl"))) == 2, "the nested session")
        alice.host.command("cancel")
        alice.host.wait_for(lambda: len(alice.host.ends) == 2, "the cancelled turn")
        alice.host.post("say after")
        self.assertIn("say one", self.heard(alice, "say after"))

    def test_a_clock_that_was_put_back_brings_no_dropped_session_back(self):
        alice = self.begin([SAY])
        alice.host.post("say one")
        alice.host.wait_for(lambda: len(alice.host.settled) == 1, "the first turn")
        first, = alice.folder.glob("home/.claude/projects/*/*.jsonl")
        alice.host.command("new_session")
        alice.host.wait_for(lambda: alice.host.acknowledged >= 1, "the command's acknowledgement")
        alice.host.post("say two")
        alice.host.wait_for(lambda: len(alice.host.settled) == 2, "the second turn")
        ahead = time.time() + 3_600
        os.utime(first, (ahead, ahead))
        alice.host.post("say three")
        heard = self.heard(alice, "say three")
        self.assertIn("say two", heard)
        self.assertNotIn("say one", heard)

    def test_a_session_whose_file_is_empty_is_said_to_be_lost(self):
        alice = self.begin([SAY], "--vendor-pause", "0")
        alice.host.post("say one")
        alice.host.wait_for(lambda: len(alice.host.settled) == 1, "the first turn")
        first, = alice.folder.glob("home/.claude/projects/*/*.jsonl")
        first.write_text("")
        alice.host.post("say two")
        alice.host.wait_for(lambda: len(alice.host.settled) == 2, "the second turn")
        self.assertIn("This is a new session", alice.prompts()[-1])
        self.assertEqual(len(self.resets(alice)), 1)

    def test_what_was_typed_survives_the_agents_own_cleaning(self):
        clean = {"command": "git init -q . && git clean -fdxq", "description": "clean up"}
        alice = self.begin([rule("clean", {"tool": "Bash", "input": clean}, {"text": "ok"}), SAY])
        alice.host.post("say one")
        alice.host.wait_for(lambda: len(alice.host.settled) == 1, "the first turn")
        store = alice.folder / "state/hyperhive-turns.sqlite"
        first = store.stat().st_ino
        alice.host.post("clean")
        alice.host.wait_for(lambda: len(alice.host.settled) == 2, "the turn that cleans")
        self.assertTrue(not store.exists() or store.stat().st_ino != first, "it was removed")
        alice.host.command("pause")
        alice.host.command("operator_message", text="say typed")
        alice.host.wait_for(lambda: alice.host.acknowledged >= 2, "the acknowledgement")
        alice.process.kill()
        alice.process.wait()
        alice.end_orphans()
        alice.start()
        wait_for(lambda: "say typed" in self.shown(alice), "the typed message")


class Receiving(FaultTest):
    def test_what_the_cli_keeps_from_its_model_comes_again(self):
        alice = self.begin([rule("hello", {"delay_ms": 2000, "tool": RECV, "input": {"max": 100}}, {"text": "Done."})])
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.leased, "the turn")
        for number in range(100):
            alice.host.post(f"mail {number}: " + "x" * 8_000, sender="bob", kind="agent")
        alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
        self.assertEqual(len(alice.host.ends[0]["unseen"]), 1)
        alice.host.wait_for(lambda: len(alice.host.settled) == 101, "all of it settled")
        shown = self.shown(alice)
        self.assertEqual([number for number in range(100) if f"mail {number}: " not in shown], [])

    def test_what_a_model_received_is_settled_with_its_turn(self):
        alice = self.begin([rule("hello", {"delay_ms": 2000, "tool": RECV, "input": {}}, {"text": "Done."})])
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.leased, "the turn")
        alice.host.post("seen", sender="bob", kind="agent")
        alice.host.wait_for(lambda: len(alice.host.settled) == 2, "both settled")
        self.assertEqual(alice.host.ends, [{"turn": 1, "ok": True, "unseen": []}])

    def test_what_a_dropped_session_received_comes_again(self):
        alice = self.begin([{**rule("This is a new session", {"text": "Anew."}), "scope": "prompt"},
                            rule("hello", {"delay_ms": 2000, "tool": RECV, "input": {}}, {"error": TOO_LONG, "times": 50})],
                           agent={"compact": {"error": TOO_LONG, "times": 50}})
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.leased, "the turn")
        alice.host.post("say second", sender="bob", kind="agent")
        alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
        self.assertEqual([message["body"] for message in alice.host.settled], ["hello"])
        self.assertTrue(alice.host.ends[0]["ok"])
        self.assertEqual(len(self.resets(alice)), 1)
        alice.host.wait_for(lambda: len(alice.host.settled) == 2, "the second message settled")
        self.assertIn("say second", alice.prompts()[-1])

    def test_what_a_session_received_that_the_operator_drops_comes_again(self):
        alice = self.begin([{**rule("This is a new session", {"text": "Anew."}), "scope": "prompt"},
                            rule("hello", {"delay_ms": 2000, "tool": RECV, "input": {}}, {"error": BUSY, "times": 50})])
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.leased, "the turn")
        alice.host.post("say second", sender="bob", kind="agent")
        alice.host.wait_for(lambda: "retrying" in alice.host.states(), "the vendor's wait")
        alice.host.command("new_session")
        alice.host.command("resume")
        alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
        self.assertEqual([message["body"] for message in alice.host.settled], ["hello"])
        alice.host.wait_for(lambda: len(alice.host.settled) == 2, "the second message settled")
        self.assertIn("say second", alice.prompts()[-1])


class Sessions(FaultTest):
    def test_half_a_character_ends_a_turn_well(self):
        half = "half of one: \ud83d"
        alice = self.begin([rule("hello", {"tool": SEND, "input": {"to": "operator", "body": "once"}}, {"text": half})])
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
        self.assertEqual(alice.host.ends, [{"turn": 1, "ok": True, "unseen": []}])
        self.assertEqual([sent["body"] for sent in alice.host.sent.values()], ["once"])

    def test_a_session_that_the_vendor_refuses_is_dropped_and_no_message_pays_for_it(self):
        refusals = [{**rule("say", {"error": REFUSED, "times": 50}), "turn": turn} for turn in range(2, 9)]
        alice = self.begin([*refusals, rule("say (?<what>.+)", {"text": "You said $<what>"})])
        alice.host.post("say one")
        alice.host.wait_for(lambda: len(alice.host.settled) == 1, "the first turn")
        alice.host.post("say two")
        alice.host.wait_for(lambda: len(alice.host.ends) == 2, "the second turn")
        self.assertEqual([end["ok"] for end in alice.host.ends], [True, True])
        self.assertEqual(len(self.resets(alice)), 1)
        self.assertIn("This is a new session", alice.prompts()[-1])
        self.assertTrue([note for note in self.notes(alice) if "refused" in note and "new one begins" in note])
        alice.host.post("say three")
        alice.host.wait_for(lambda: len(alice.host.ends) == 3, "the third turn", 120)
        self.assertEqual([end["ok"] for end in alice.host.ends], [True, True, True])

    def test_a_vendor_that_refuses_everything_is_waited_for(self):
        alice = self.begin([rule("", {"error": REFUSED, "times": 50})])
        alice.host.post("hello")
        alice.host.wait_for(lambda: "retrying" in alice.host.states() or alice.host.ends, "the wait", 120)
        self.assertEqual(alice.host.ends, [])
        self.assertIn("not allowed", alice.host.reports[-1]["reason"])
        alice.host.command("cancel", turn=1)
        alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
        self.assertEqual(alice.host.ends[0]["ok"], True)

    def test_a_message_that_the_vendor_refuses_anywhere_is_counted(self):
        alice = self.begin([rule("poison", {"error": REFUSED, "times": 50})])
        alice.host.post("poison")
        alice.host.wait_for(lambda: alice.host.ends, "the end of the turn", 120)
        self.assertEqual([end["ok"] for end in alice.host.ends][:1], [False])

    def test_a_damaged_file_of_the_cli_is_restored(self):
        alice = self.begin([rule("say (?<what>.+)", {"text": "You said $<what>"})])
        file = alice.folder / "home/.claude.json"
        alice.host.post("say one")
        alice.host.wait_for(lambda: len(alice.host.settled) == 1, "the first turn")
        for number, damage in enumerate(("", '{"a":', "\0" * 400), 2):
            with self.subTest(damage=damage[:5]):
                file.write_text(damage)
                alice.host.post(f"say {number}")
                alice.host.wait_for(lambda count=number: len(alice.host.ends) == count, "the turn")
                self.assertTrue(alice.host.ends[-1]["ok"])
                self.assertIsInstance(json.loads(file.read_text()), dict)
                self.assertEqual((alice.folder / "home/.claude.json.damaged").read_text(), damage)
        self.assertEqual(len([note for note in self.notes(alice) if ".claude.json" in note]), 3)
        self.assertEqual(len({row["session_id"] for row in alice.row("SELECT session_id FROM turn_stat")}), 1)


class BetweenAttempts(FaultTest):
    def test_a_pause_holds_between_the_attempts_of_a_turn(self):
        alice = self.begin(WELL_AGAIN, "--vendor-pause", "0")
        alice.host.post("hello")
        wait_for(alice.prompts, "the first request")
        alice.host.command("pause")
        alice.host.wait_for(lambda: "paused" in alice.host.states() or alice.host.ends, "the pause")
        self.assertEqual(alice.host.ends, [])
        self.assertEqual(alice.host.reports[-1]["turn"], 1)
        self.assertEqual(len(alice.prompts()), ONE_ATTEMPT)
        alice.host.command("resume")
        alice.host.wait_for(lambda: alice.host.settled, "the attempt after resume")

    def test_so_does_a_park(self):
        alice = self.begin(WELL_AGAIN, "--vendor-pause", "0")
        alice.host.post("hello")
        wait_for(alice.prompts, "the first request")
        alice.host.command("park", until="2099-01-01T00:00:00.000Z")
        alice.host.wait_for(lambda: "rate_limited" in alice.host.states() or alice.host.ends, "the park")
        self.assertEqual(alice.host.ends, [])
        self.assertEqual(len(alice.prompts()), ONE_ATTEMPT)
        alice.host.command("resume")
        alice.host.wait_for(lambda: alice.host.settled, "the attempt after resume")

    def test_cancel_ends_a_turn_that_waits_for_the_vendor(self):
        for trouble, state in ((BUSY, "retrying"),
                               ({"status": 429, "type": "rate_limit_error", "message": "slower"}, "rate_limited")):
            with self.subTest(state=state):
                alice = self.begin([rule("hello", {"error": trouble, "times": 50})])
                alice.host.post("hello")
                alice.host.wait_for(lambda: state in alice.host.states(), "the vendor's wait")
                alice.host.command("cancel", turn=1)
                alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
                self.assertEqual(alice.host.ends, [{"turn": 1, "ok": True, "unseen": []}])
                alice.host.wait_for(lambda: alice.host.states()[-1] == "idle", "idle")

    def test_a_cancel_ends_no_other_turn_than_its_own(self):
        alice = self.begin([rule("hello", {"delay_ms": 3000, "text": "Done."})])
        alice.host.post("hello")
        wait_for(alice.prompts, "the request")
        alice.host.command("cancel", turn=7)
        alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
        self.assertEqual(alice.row("SELECT result_kind FROM turn_stat"), [{"result_kind": "ok"}])
        self.assertIn("Turn 7 is not under way; nothing was cancelled.", self.notes(alice))


class Machine(FaultTest):
    def test_a_command_outside_bash_allow_is_refused(self):
        def shell(command):
            return {"tool": "Bash", "input": {"command": command, "description": "try it"}}

        alice = self.begin([rule("hello", shell("touch allowed"), shell("mkdir forbidden"), {"text": "Done."})],
                           bash_allow=["touch *"])
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.settled, "a settled message")
        self.assertTrue((alice.folder / "state/allowed").exists())
        self.assertFalse((alice.folder / "state/forbidden").exists())
        result = [line for row in alice.row("SELECT payload FROM event WHERE kind = 'stream'", "hyperhive-events")
                  if (line := json.loads(row["payload"])).get("type") == "result"]
        self.assertEqual([denied["tool_input"]["command"] for denied in result[0]["permission_denials"]], ["mkdir forbidden"])

    def test_the_event_store_is_where_the_variable_says(self):
        alice = Harness([rule("hello", {"text": "Done."})])
        self.addCleanup(alice.__exit__, None)
        elsewhere = alice.folder / "elsewhere.sqlite"
        alice.start(HYPERHIVE_EVENTS_DB=str(elsewhere))
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.settled, "a settled message")
        self.assertTrue(elsewhere.exists())
        self.assertFalse((alice.folder / "state/hyperhive-events.sqlite").exists())


if __name__ == "__main__":
    unittest.main()
