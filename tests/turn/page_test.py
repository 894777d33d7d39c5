"""What an agent's page is told: the socket of a real harness that runs turns of the real CLI."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from harness import Harness  # noqa: E402
from hive import CallError, wait_for  # noqa: E402


class Listener:
    """A subscription; `events` are those that came, oldest first."""

    def __init__(self, alice, since=None):
        self.connection = alice.page()
        self.stamp = self.connection.call("events.subscribe", {"since": since} if since else {})["stamp"]
        self.events = []

    def until(self, condition):
        """Reads on to the first event that meets it, one that was read already too."""
        for event in self.events:
            if condition(event):
                return event
        while True:
            line = self.connection.read()
            assert (line["method"], line["params"]["topic"]) == ("event", "page.event"), line
            self.events.append(line["params"]["payload"])
            if condition(self.events[-1]):
                return self.events[-1]

    def until_kind(self, kind, **members):
        return self.until(lambda event: event["kind"] == kind and event["payload"].items() >= members.items())

    def close(self):
        self.connection.close()


class PageTest(unittest.TestCase):
    def begin(self, *arguments, **more):
        alice = Harness(*arguments, **more)
        self.addCleanup(alice.__exit__, None)
        return alice

    def listen(self, alice, since=None):
        listener = Listener(alice, since)
        self.addCleanup(listener.close)
        return listener

    def ask(self, alice, method="page.state", params=None):
        page = alice.page()
        self.addCleanup(page.close)
        return page.call(method, params)

    def test_a_turn_is_told_without_a_gap_and_history_is_the_same(self):
        alice = self.begin()
        alice.start()
        listener = self.listen(alice)
        alice.host.post("hello")
        end = listener.until_kind("turn_end")
        epoch, last = listener.stamp.rsplit("-", 1)
        self.assertEqual([event["seq"] for event in listener.events],
                         list(range(int(last) + 1, int(last) + 1 + len(listener.events))))
        self.assertEqual({event["epoch"] for event in listener.events}, {epoch})
        start = listener.until_kind("turn_start")
        self.assertEqual((start["turn"], start["payload"]["turn"]), (1, 1))
        self.assertIn("hello", start["payload"]["prompt"])
        self.assertEqual((start["payload"]["model"], start["payload"]["new_session"]), ("claude-sonnet-4-5", False))
        self.assertEqual((end["payload"]["result"], end["payload"]["reason"]), ("ok", ""))
        self.assertGreater(end["payload"]["duration_ms"], 0)
        lines = [event["payload"]["type"] for event in listener.events if event["kind"] == "stream"]
        self.assertEqual((lines[0], lines[-1]), ("system", "result"))
        usage = listener.until_kind("token_usage_changed")["payload"]
        self.assertGreater(usage["context_window"], 0)
        listener.until(lambda event: event["seq"] > end["seq"] and event["payload"].get("state") == "idle")
        kept = self.ask(alice, "page.history", {"limit": 500})
        self.assertEqual(kept["epoch"], epoch)
        self.assertEqual(kept["events"][-len(listener.events):], listener.events)
        self.assertEqual([event["seq"] for event in kept["events"]], list(range(1, len(kept["events"]) + 1)))
        state = self.ask(alice)
        self.assertEqual((state["epoch"], state["seq"], state["has_store"]), (epoch, listener.events[-1]["seq"], True))
        self.assertEqual((state["report"]["state"], state["login"]), ("idle", "key"))
        last = state["last_turn"]
        self.assertEqual((last["duration_ms"], last["context_window"], last["cost_usd"]),
                         (end["payload"]["duration_ms"], usage["context_window"], usage["cost"]))
        self.assertEqual(end["payload"]["stat"], last)
        self.assertAlmostEqual(state["spent_today"], usage["cost"])
        self.assertEqual(usage["spent_today"], state["spent_today"])
        [turn] = self.ask(alice, "page.stats")["turns"]
        self.assertEqual((turn["result_kind"], turn["wake_from"], turn["sent"]["operator"]), ("ok", "operator", 1))
        self.assertEqual(turn["duration_ms"], end["payload"]["duration_ms"])

    def test_numbers_go_on_after_a_restart(self):
        alice = self.begin()
        alice.start()
        listener = self.listen(alice)
        alice.host.post("hello")
        listener.until_kind("turn_end")
        alice.host.wait_for(lambda: alice.host.settled, "a settled message")
        self.assertEqual(alice.stop(), 0)
        seen = listener.events[-1]
        alice.start()
        wait_for(lambda: self.ask(alice)["report"]["state"] == "idle", "the next life")
        state = self.ask(alice)
        self.assertEqual(state["epoch"], seen["epoch"])
        self.assertGreater(state["seq"], seen["seq"])
        self.assertGreater(state["last_turn"]["duration_ms"], 0)
        with self.assertRaises(CallError) as refused:
            self.listen(alice, f"{seen['epoch']}-{seen['seq'] - 1}")
        self.assertEqual(refused.exception.code, "not_found")
        events = self.ask(alice, "page.history", {"limit": 500})["events"]
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(self.listen(alice, f"{state['epoch']}-{state['seq']}").stamp, f"{state['epoch']}-{state['seq']}")

    def test_cancel_is_taken_and_seen(self):
        alice = self.begin()
        alice.start()
        listener = self.listen(alice)
        alice.host.post("hang")
        wait_for(alice.prompts, "the request that hangs")
        alice.host.command("cancel")
        self.assertEqual(listener.until_kind("note", command="cancel")["payload"]["id"], 1)
        self.assertEqual(listener.until_kind("turn_end")["payload"]["result"], "cancelled")

    def test_compact_waits_for_the_end_of_the_turn(self):
        alice = self.begin()
        alice.start()
        listener = self.listen(alice)
        alice.host.post("say one")
        listener.until_kind("turn_end", turn=1)
        alice.host.post("hang")
        wait_for(lambda: any("hang" in prompt for prompt in alice.prompts()), "the request that hangs")
        alice.host.command("compact")
        listener.until_kind("note", command="compact")
        self.assertIn("compact_since", self.ask(alice)["queue"])
        self.assertNotIn("compacting", alice.host.states())
        alice.host.command("cancel")
        listener.until_kind("turn_state_changed", state="compacting")
        boundary = listener.until(lambda event: event["kind"] == "stream" and event["payload"].get("subtype") == "compact_boundary")
        listener.until(lambda event: event["seq"] > boundary["seq"] and event["kind"] == "turn_state_changed" and event["payload"]["state"] == "idle")
        self.assertNotIn("compact_since", self.ask(alice)["queue"])
        notes = [event["payload"]["text"] for event in listener.events if event["kind"] == "note"]
        self.assertEqual([text for text in notes if "compacted" in text], ["The session is compacted as soon as no turn runs."],
                         "the CLI says itself that it was")
        self.assertEqual([turn["compacted"] for turn in self.ask(alice, "page.stats")["turns"]], [False, False, True])

    def test_a_new_session_begins_with_the_next_turn(self):
        alice = self.begin()
        alice.start()
        listener = self.listen(alice)
        alice.host.command("new_session")
        listener.until_kind("note", command="new_session")
        self.assertIn("new_session_since", self.ask(alice)["queue"])
        alice.host.post("say one")
        listener.until_kind("turn_end", turn=1)
        self.assertTrue(listener.until_kind("turn_start")["payload"]["new_session"])
        self.assertNotIn("new_session_since", self.ask(alice)["queue"])

    def test_a_model_is_chosen_kept_and_dropped(self):
        alice = self.begin()
        alice.start()
        listener = self.listen(alice)
        alice.host.post("say one")
        listener.until_kind("turn_end", turn=1)
        alice.host.command("model", model="claude-opus-5-5")
        changed = listener.until_kind("model_changed", name="claude-opus-5-5")["payload"]
        self.assertEqual((changed["from"], changed["in_use"]), ("choice", "claude-sonnet-4-5"))
        self.assertEqual(self.ask(alice)["model"], changed)
        alice.host.command("model", model="--help")
        self.assertIn("model's name", listener.until_kind("note", id=2)["payload"]["text"])
        self.assertEqual(alice.stop(), 0)
        alice.host.post("say two")
        alice.start()
        listener = self.listen(alice)
        listener.until_kind("turn_end")
        [start] = [event for event in self.ask(alice, "page.history")["events"]
                   if event["kind"] == "turn_start" and "say two" in event["payload"]["prompt"]]
        self.assertEqual(start["payload"]["model"], "claude-opus-5-5")
        self.assertEqual(alice.model.requests()[-1]["body"]["model"], "claude-opus-5-5")
        alice.host.command("model", model="default")
        back = listener.until_kind("model_changed", name="claude-sonnet-4-5")["payload"]
        self.assertEqual((back["from"], back["in_use"]), ("configuration", "claude-opus-5-5"))

    def test_what_the_operator_types_waits_visibly(self):
        alice = self.begin()
        alice.start()
        listener = self.listen(alice)
        alice.host.post("hang")
        wait_for(alice.prompts, "the request that hangs")
        alice.host.command("operator_message", text="say typed")
        self.assertEqual(listener.until_kind("note", typed="say typed")["payload"]["command"], "operator_message")
        queue = self.ask(alice)["queue"]
        self.assertEqual((queue["typed_count"], [typed["text"] for typed in queue["typed"]]), (1, ["say typed"]))
        alice.host.command("cancel")
        start = listener.until_kind("turn_start", turn=2)
        self.assertIn("say typed", start["payload"]["prompt"])
        self.assertEqual(self.ask(alice)["queue"]["typed_count"], 0)
        listener.until_kind("turn_end", turn=2)
        self.assertEqual(self.ask(alice)["queue"]["typed"], [])

    def test_without_a_store_the_page_lives_on_what_is_in_memory(self):
        alice = self.begin()
        (alice.folder / "state/hyperhive-events.sqlite").mkdir()
        (alice.folder / "state/hyperhive-turn-stats.sqlite").mkdir()
        alice.start()
        listener = self.listen(alice)
        alice.host.post("hello")
        listener.until_kind("turn_end")
        state = self.ask(alice)
        self.assertFalse(state["has_store"])
        self.assertNotIn("spent_today", state)
        events = self.ask(alice, "page.history", {"limit": 500})["events"]
        self.assertIn("cannot be opened", events[0]["payload"]["text"])
        shown = [event for event in events if event["seq"] >= listener.events[0]["seq"]]
        self.assertEqual(shown[:len(listener.events)], listener.events)
        self.assertEqual(self.ask(alice, "page.stats"), {"turns": [], "more": False})

    def test_a_reader_that_stops_reading_does_not_stop_a_turn(self):
        alice = self.begin()
        alice.start()
        stuck = self.listen(alice)
        for _ in range(64):
            stuck.connection.begin("page.history", {"limit": 500})
        alice.host.post("hello")
        alice.host.wait_for(lambda: alice.host.settled, "a settled message")
        self.assertEqual(alice.stop(), 0)


if __name__ == "__main__":
    unittest.main()
