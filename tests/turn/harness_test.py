"""Turns of the real Claude CLI under the real harness; the model is scripted and the host is played by the test."""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from harness import SEND, Harness, rule, well_again  # noqa: E402
from hive import BUILD, SOURCE, wait_for  # noqa: E402


class Turns(unittest.TestCase):
    def test_a_message_wakes_a_turn_whose_tool_call_answers(self):
        with Harness() as alice:
            alice.start()
            alice.host.post("hello")
            alice.host.wait_for(lambda: alice.host.settled, "a settled message")
            self.assertEqual([sent["body"] for sent in alice.host.sent.values()], ["hello back"])
            self.assertRegex(next(iter(alice.host.sent)), "^t1-[0-9a-f]{16}-toolu_")
            self.assertEqual(alice.host.ends, [{"turn": 1, "ok": True, "unseen": []}])
            self.assertIn("thinking", alice.host.states())
            [stat] = alice.row("SELECT * FROM turn_stat")
            self.assertEqual((stat["result_kind"], stat["wake_from"], stat["messages_sent_operator"]), ("ok", "operator", 1))
            self.assertEqual(json.loads(stat["tool_calls"]), {SEND: 1})
            self.assertGreater(stat["cost_usd"], 0)
            self.assertEqual(alice.stop(), 0)

    def test_the_session_goes_on_and_the_system_prompt_names_the_agent(self):
        with Harness() as alice:
            alice.start()
            alice.host.post("say one")
            alice.host.wait_for(lambda: len(alice.host.settled) == 1, "the first turn")
            alice.host.post("say two")
            alice.host.wait_for(lambda: len(alice.host.settled) == 2, "the second turn")
            last = alice.model.requests()[-1]["body"]
            self.assertIn("You said one", json.dumps(last["messages"]))
            self.assertIn("You are alice, an agent of the hive test", json.dumps(last["system"]))
            self.assertIn(SEND, [tool["name"] for tool in last["tools"]])
            self.assertEqual(len({row["session_id"] for row in alice.row("SELECT session_id FROM turn_stat")}), 1)
            alice.host.command("new_session")
            alice.host.wait_for(lambda: alice.host.acknowledged == 1, "the command taken")
            alice.host.post("say three")
            alice.host.wait_for(lambda: len(alice.host.settled) == 3, "the third turn")
            self.assertNotIn("You said one", json.dumps(alice.model.requests()[-1]["body"]["messages"]))
            self.assertEqual(len({row["session_id"] for row in alice.row("SELECT session_id FROM turn_stat")}), 2)

    def test_a_slash_command_in_a_message_is_text(self):
        with Harness() as alice:
            alice.start()
            alice.host.post("/clear", sender="bob", kind="agent")
            alice.host.wait_for(lambda: len(alice.host.settled) == 1, "the turn")
            self.assertIn(" /clear", json.dumps([request["body"]["messages"] for request in alice.model.requests()]))

    def test_a_file_that_a_message_names_is_not_read_unasked(self):
        with Harness() as alice:
            for name in ("state/beside.txt", "elsewhere.txt"):
                (alice.folder / name).write_text("what stands in the file\n")
            alice.start()
            for word in ("@beside.txt", f"@{alice.folder}/elsewhere.txt", "@/etc/passwd"):
                alice.host.post(f"say {word}", sender="bob", kind="agent")
            alice.host.wait_for(lambda: len(alice.host.settled) == 3, "the turn")
            asked = json.dumps(alice.model.requests())
            self.assertIn(f"say @{alice.folder}/elsewhere.txt", asked)
            self.assertNotIn("what stands in the file", asked)
            self.assertNotIn("root:x:0:0", asked)

    def test_cancel_ends_the_turn_and_the_next_prompt_says_so(self):
        with Harness() as alice:
            alice.start()
            alice.host.post("hang")
            wait_for(alice.prompts, "the request that hangs")
            alice.host.command("cancel")
            alice.host.wait_for(lambda: alice.host.ends, "the end of the turn")
            self.assertTrue(alice.host.ends[0]["ok"])
            self.assertEqual(alice.row("SELECT result_kind FROM turn_stat"), [{"result_kind": "cancelled"}])
            alice.host.post("say next")
            alice.host.wait_for(lambda: len(alice.host.settled) == 2, "the next turn")
            self.assertIn("the operator cancelled it", alice.prompts()[-1])

    def test_sigterm_interrupts_after_the_grace_and_returns_the_messages(self):
        with Harness() as alice:
            alice.start("--grace", "0")
            alice.host.post("hang")
            wait_for(alice.prompts, "the request that hangs")
            self.assertEqual(alice.stop(), 0)
            self.assertEqual([end["ok"] for end in alice.host.ends], [False])
            self.assertEqual([message["body"] for message in alice.host.mail], ["hang"])
            asked = len(alice.prompts())
            alice.host.post("say and this")
            alice.start()
            wait_for(lambda: len(alice.prompts()) > asked, "the next request")
            self.assertIn("Your last turn was cut off", alice.prompts()[-1])

    def test_a_killed_harness_is_told_of_its_turn_and_the_message_comes_again(self):
        with Harness() as alice:
            alice.start()
            alice.host.post("hang")
            wait_for(alice.prompts, "the request that hangs")
            alice.process.send_signal(signal.SIGKILL)
            alice.process.wait()
            alice.end_orphans()
            alice.host.post("say and this")
            asked = len(alice.prompts())
            alice.start()
            wait_for(lambda: len(alice.prompts()) > asked, "the next request")
            prompt = alice.prompts()[-1]
            self.assertIn("Your last turn was cut off", prompt)
            self.assertIn("redelivered=true", prompt)
            self.assertIn("say and this", prompt)

    def test_an_outcome_is_told_after_a_crash_and_not_judged_again(self):
        with Harness() as alice:
            alice.start(HIVE_CRASH_POINT="harness.outcome.recorded")
            alice.host.post("hello")
            alice.process.wait(60)
            self.assertEqual(alice.host.ends, [])
            alice.start()
            alice.host.wait_for(lambda: alice.host.ends, "the outcome")
            self.assertEqual(alice.host.ends, [{"turn": 1, "ok": True, "unseen": []}])
            self.assertEqual(len(alice.host.sent), 1)

    def test_a_host_that_goes_away_during_a_turn_loses_nothing(self):
        with Harness([rule("hello", {"delay_ms": 1500, "tool": SEND, "input": {"to": "operator", "body": "hello back"}},
                           {"text": "Greeted."})]) as alice:
            alice.start()
            alice.host.post("hello")
            wait_for(alice.model.requests, "the request")
            alice.host.go()
            alice.host.come()
            alice.host.wait_for(lambda: alice.host.settled, "a settled message")
            self.assertEqual([sent["body"] for sent in alice.host.sent.values()], ["hello back"])

    def test_a_bad_key_waits_for_a_login(self):
        refused = rule("hello", {"error": {"status": 401, "type": "authentication_error", "message": "bad key"}, "times": 50})
        with Harness([refused]) as alice:
            alice.start("--vendor-pause", "0")
            alice.host.post("hello")
            alice.host.wait_for(lambda: "needs_login" in alice.host.states(), "needs_login")
            self.assertEqual([message["body"] for message in alice.host.leased], ["hello"])
            self.assertEqual(alice.stop(), 0)
            self.assertEqual([message["body"] for message in alice.host.mail], ["hello"])

    def test_a_key_that_is_refused_for_a_moment_is_tried_again(self):
        refused = {"status": 401, "type": "authentication_error", "message": "not now"}
        with Harness(well_again(refused)) as alice:
            alice.start("--vendor-pause", "0")
            alice.host.post("hello")
            alice.host.wait_for(lambda: alice.host.settled, "a settled message")
            self.assertNotIn("needs_login", alice.host.states())

    def test_no_credential_waits_for_a_login_file(self):
        with Harness() as alice:
            (alice.folder / "etc/credential.json").unlink()
            alice.start()
            alice.host.post("hello")
            alice.host.wait_for(lambda: "needs_login" in alice.host.states(), "needs_login")
            self.assertEqual(alice.model.requests(), [])
            (alice.folder / "etc/credential.json").write_text('{"api_key": "test-key"}')
            alice.host.wait_for(lambda: alice.host.settled, "the turn after the login")

    def test_an_overloaded_vendor_is_tried_again_with_the_same_messages(self):
        busy = {"status": 529, "type": "overloaded_error", "message": "busy"}
        with Harness(well_again(busy)) as alice:
            alice.start("--vendor-pause", "0")
            alice.host.post("hello")
            alice.host.wait_for(lambda: alice.host.settled, "a settled message")
            self.assertEqual([end["ok"] for end in alice.host.ends], [True])
            self.assertIn("redelivered=true", alice.prompts()[-1])

    def test_pause_holds_messages_until_resume(self):
        with Harness() as alice:
            alice.host.paused = True
            alice.start()
            alice.host.wait_for(lambda: "paused" in alice.host.states(), "paused")
            alice.host.post("hello")
            alice.host.paused = False
            alice.host.command("resume")
            alice.host.wait_for(lambda: alice.host.settled, "the turn after resume")

    def test_a_prompt_that_is_too_long_is_compacted_then_a_new_session_begins(self):
        long = {"status": 400, "type": "invalid_request_error", "message": "prompt is too long: 213044 tokens > 200000 maximum"}
        rules = [{**rule("This is a new session", {"text": "Short again."}), "scope": "prompt"},
                 rule("hello", {"error": long, "times": 50})]
        with Harness(rules) as alice:
            alice.start()
            alice.host.post("hello")
            alice.host.wait_for(lambda: alice.host.settled, "a settled message")
            self.assertEqual([end["ok"] for end in alice.host.ends], [True])
            self.assertIn("compacting", alice.host.states())
            self.assertIn("session_reset", [json.loads(sent["body"])["event"] for sent in alice.host.sent.values()])

    def test_what_hinders_a_run_is_named_and_no_fault_of_the_vendor_or_the_messages(self):
        with Harness() as alice:
            in_the_way = alice.folder / "home/.hyperhive/system.md"
            (in_the_way / "full").mkdir(parents=True)
            alice.start()
            alice.host.post("hello")
            alice.host.wait_for(lambda: "retrying" in alice.host.states(), "what cannot be run")
            report = alice.host.reports[-1]
            self.assertRegex(report["reason"], "files in .*/home/.hyperhive cannot be written: .*system.md")
            self.assertIn("retry_at", report)
            self.assertNotIn("rate_limited_until", report)
            shutil.rmtree(in_the_way)
            alice.host.command("resume")
            alice.host.wait_for(lambda: alice.host.settled, "the turn after it was mended")
            self.assertNotIn("reason", alice.host.reports[-1])
            self.assertNotIn("rate_limited", alice.host.states())
            self.assertEqual([end["ok"] for end in alice.host.ends], [True])

    def test_what_the_operator_types_is_a_message(self):
        with Harness() as alice:
            alice.start()
            alice.host.wait_for(lambda: "idle" in alice.host.states(), "idle")
            alice.host.command("operator_message", text="hello")
            alice.host.wait_for(lambda: alice.host.ends, "the turn")
            self.assertIn("from=operator kind=operator", "".join(alice.prompts()))
            self.assertEqual(alice.row("SELECT * FROM operator_message", "hyperhive-turns"), [])

    def test_no_kill_loses_what_the_operator_types_or_shows_it_twice_as_new(self):
        for point in ("command.kept", "received", "turn.begun", "cli.started", "cli.ended", "outcome.recorded",
                      "turn_end.answered"):
            with self.subTest(point=point), Harness() as alice:
                alice.start(HIVE_CRASH_POINT=f"harness.{point}")
                alice.host.command("operator_message", text="say typed")
                alice.process.wait(60)
                alice.end_orphans()
                alice.start()
                alice.host.post("say next")
                alice.host.wait_for(lambda: alice.host.settled, "the turn after it")
                wait_for(lambda: not alice.row("SELECT * FROM operator_message", "hyperhive-turns"), "it settled")
                shown = re.findall(r"<<<message \S+ id=0 ([^\n]*)>>>\nsay typed", "".join(alice.prompts()))
                self.assertTrue(shown)
                self.assertTrue(all("redelivered=true" in again for again in shown[1:]), shown)
                if point in ("outcome.recorded", "turn_end.answered"):
                    self.assertEqual(len(shown), 1)

    def test_nothing_that_a_turn_started_goes_on(self):
        command = "nohup setsid tail -f /dev/null > /dev/null 2>&1 & echo started"
        with Harness([rule("hello", {"tool": "Bash", "input": {"command": command, "description": "leave something"}},
                           {"text": "Left."})]) as alice:
            alice.start()
            alice.host.post("hello")
            alice.host.wait_for(lambda: alice.host.settled, "a settled message")
            children = pathlib.Path(f"/proc/{alice.process.pid}/task/{alice.process.pid}/children").read_text().split()
            self.assertEqual(children, [])

    def test_a_store_that_cannot_be_opened_stops_nothing(self):
        with Harness() as alice:
            (alice.folder / "state/hyperhive-events.sqlite").mkdir()
            (alice.folder / "state/hyperhive-turn-stats.sqlite").mkdir()
            (alice.folder / "state/hyperhive-turns.sqlite").mkdir()
            alice.start()
            alice.host.post("hello")
            alice.host.wait_for(lambda: alice.host.settled, "a settled message")

    def test_recorded_runs_can_be_replayed(self):
        expected = {"plain": "ok", "prompt-too-long": "prompt_too_long", "rate-limit-oauth": "rate_limited", "error-400": "failed"}
        for name, result in expected.items():
            shown = subprocess.run([BUILD / "bin/hive-ag3nt", "replay", SOURCE / f"tests/fixtures/claude-cli/{name}.jsonl"],
                                   capture_output=True, check=True, text=True).stdout.splitlines()
            number, kind, payload = shown[-1].split(" ", 2)
            self.assertEqual((int(number), kind), (len(shown), "turn_end"))
            self.assertEqual(json.loads(payload)["result"], result)


if __name__ == "__main__":
    unittest.main()
