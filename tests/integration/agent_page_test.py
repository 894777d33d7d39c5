"""An agent's page over HTTP, with the whole host, a real sandbox and the real CLI behind it."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from browser import signed_in  # noqa: E402
from hive import DEMO, Hive, wait_for  # noqa: E402


class AgentPageTest(unittest.TestCase):
    def setUp(self):
        self.hive = Hive(script=DEMO)
        self.addCleanup(self.hive.__exit__, None, None, None)
        self.hive.start()
        self.hive.wait_until_running("manager")
        self.browser = signed_in(self.hive)
        self.hive.wait_for(lambda: "page" in self.state(), "the state of the manager's page")

    def state(self):
        return self.browser.get("/agent/manager/api/state").json()

    def follow(self):
        """A stream that is known to bring the events, and those that it brought.

        The host begins to follow an agent when the first stream asks for it, and says `resync` once it does.
        """
        stream = self.browser.stream(["agent/manager"])
        self.addCleanup(stream.close)
        self.assertIn("resync", (name for _, name, _ in stream))
        return stream, []

    def until(self, stream, events, condition):
        for _, topic, event in stream:
            if topic == "agent/manager":
                events.append(event)
                if condition(event):
                    return event
        raise AssertionError(f"the stream brought nothing more after {events[-3:]}")

    def test_a_turn_is_followed_and_history_is_the_same(self):
        stream, events = self.follow()
        self.browser.post("/agent/manager/send", {"text": "hello there"})
        start = self.until(stream, events, lambda e: e["kind"] == "turn_start" and "hello there" in e["payload"]["prompt"])
        end = self.until(stream, events, lambda e: e["kind"] == "turn_end" and e["turn"] == start["turn"])
        self.assertEqual(end["payload"]["result"], "ok")
        numbers = [event["seq"] for event in events]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        page = self.browser.get(f"/agent/manager/events/history?before={numbers[-1] + 1}").json()
        self.assertEqual(page["epoch"], end["epoch"])
        count = min(len(events), len(page["events"]))
        self.assertEqual(page["events"][-count:], events[-count:])
        state = self.state()
        self.assertEqual(state["source_errors"], [])
        self.assertEqual((state["page"]["epoch"], state["page"]["has_store"]), (end["epoch"], True))
        self.assertGreaterEqual(state["page"]["seq"], end["seq"])
        self.assertGreater(state["page"]["spent_today"], 0)
        turns = self.browser.get("/agent/manager/api/stats").json()["turns"]
        self.assertIn(end["payload"]["duration_ms"], [turn["duration_ms"] for turn in turns])

    def test_commands_are_taken_and_seen(self):
        stream, events = self.follow()
        self.assertEqual(self.browser.post("/agent/manager/api/model", {"model": "claude-opus-5-5"}).status, 200)
        self.until(stream, events, lambda e: e["kind"] == "note" and e["payload"].get("command") == "model")
        model = self.state()["page"]["model"]
        self.assertEqual((model["name"], model["from"]), ("claude-opus-5-5", "choice"))
        self.assertEqual(self.browser.post("/agent/manager/api/new-session").status, 200)
        self.until(stream, events, lambda e: e["kind"] == "note" and e["payload"].get("command") == "new_session")
        self.browser.post("/agent/manager/send", {"text": "hello again"})
        start = self.until(stream, events, lambda e: e["kind"] == "turn_start" and "hello again" in e["payload"]["prompt"])
        self.assertEqual(start["payload"]["model"], "claude-opus-5-5")
        self.until(stream, events, lambda e: e["kind"] == "turn_end" and e["turn"] == start["turn"])

    def refusal(self):
        [why] = [error["detail"] for error in self.state()["source_errors"] if error["source"] == "page"]
        return why

    def test_only_the_agents_own_socket_counts(self):
        folder = self.hive.root / "run/agents/manager/page"
        self.assertEqual((folder.stat().st_mode & 0o777, (folder / "page.sock").stat().st_mode & 0o777), (0o700, 0o600))
        os.rename(folder / "page.sock", folder / "away.sock")
        self.assertIn("nobody listens", self.refusal())
        (folder / "page.sock").symlink_to("away.sock")
        self.assertIn("is not a socket", self.refusal())
        (folder / "page.sock").unlink()
        os.rename(folder / "away.sock", folder / "page.sock")
        self.assertIn("page", self.state())

    def test_a_killed_harness_is_missed_and_comes_back(self):
        before = self.state()["page"]
        self.hive.call("lifecycle.stop", {"name": "manager"})
        self.hive.wait_for(lambda: (c := self.hive.container("manager"))["state"] == "stopped" and not c.get("pending"),
                           "the manager stopped")
        self.assertIn("manager", self.refusal())
        self.hive.call("lifecycle.start", {"name": "manager"})
        after = wait_for(lambda: self.state().get("page"), "the page of the next life")
        self.assertEqual(after["epoch"], before["epoch"])
        self.assertGreater(after["seq"], before["seq"])


if __name__ == "__main__":
    unittest.main()
