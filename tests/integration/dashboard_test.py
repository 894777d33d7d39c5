"""The operator's page over HTTP, with the whole host behind it: what is shown, what is done, what is missed."""
import http.client
import os
import pathlib
import random
import sys
import threading
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from browser import free_port, signed_in  # noqa: E402
from hive import CallError, Hive, wait_for  # noqa: E402

def send_many(hive, count, body, to="operator"):
    """Ids, oldest first. The calls are under way together."""
    connection = hive.operator()
    out = []
    for start in range(0, count, 32):
        calls = [connection.begin("broker.send", {"to": to, "body": f"{body} {i}"}) for i in range(start, min(start + 32, count))]
        answers = {}
        while len(answers) < len(calls):
            reply = connection.read()
            answers[reply["id"]] = reply["result"]["id"]
        out += [answers[call] for call in calls]
    connection.close()
    return sorted(out)


class WithHost(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hive = Hive()
        cls.hive.start()
        cls.hive.wait_for(lambda: cls.hive.inbox("manager"), "the manager's greeting")  # an event of its own

    @classmethod
    def tearDownClass(cls):
        cls.hive.__exit__(None, None, None)


class OverRestarts(unittest.TestCase):
    def setUp(self):
        self.port = free_port()
        self.hive = Hive(settings=[f"plugins.dashboard.port={self.port}"])
        self.addCleanup(self.hive.__exit__, None, None, None)
        self.hive.start()
        self.hive.wait_for(lambda: self.hive.inbox("manager"), "the manager's greeting")

    def test_a_session_outlives_the_host_and_a_sign_out_too(self):
        stays, leaves = signed_in(self.hive), signed_in(self.hive)
        self.assertEqual(leaves.post("/sign-out").status, 200)
        self.assertEqual(leaves.get("/api/state").status, 401)
        self.hive.restart()
        self.assertEqual(stays.post("/op-send", {"to": "manager", "body": "hello"}).status, 200)
        self.assertEqual(leaves.get("/api/state").status, 401)
        for file in ["operator.key", "hive.id", "sessions.json"]:
            self.assertEqual((self.hive.root / "run" / file).stat().st_mode & 0o777, 0o600, file)

    def test_a_sign_out_ends_the_sessions_streams_and_no_other(self):
        stays, leaves = signed_in(self.hive), signed_in(self.hive)
        kept, ended = stays.stream(["broker.sent"]), leaves.stream(["broker.sent"])
        self.assertEqual(leaves.post("/sign-out").status, 200)
        self.hive.call("broker.send", {"to": "operator", "body": "after it"})
        self.assertEqual(list(ended), [])
        self.assertEqual(kept.next()[2]["message"]["body"], "after it")
        self.assertEqual(leaves.stream(["broker.sent"]).status, 401)
        kept.close()

    def test_what_was_stored_and_never_answered_is_stored_once(self):
        browser = signed_in(self.hive)
        posts = {"broker.send.unanswered": ("/op-send", {"to": "manager", "body": "once", "key": "a"}),
                 "turns.command.unanswered": ("/agent/manager/send", {"text": "once", "key": "a"})}
        for point, (path, body) in posts.items():
            self.hive.restart({"HIVE_CRASH_POINT": point})
            with self.assertRaises((OSError, http.client.HTTPException)):
                browser.post(path, body)
            self.hive.restart()
            again = browser.post(path, body)
            self.assertEqual(again.status, 200, again)
            self.assertEqual(browser.post(path, body).json(), again.json())
            self.assertGreater(browser.post(path, body | {"key": "b"}).json()["id"], again.json()["id"])
        self.assertEqual([message["body"] for message in self.hive.inbox("manager")].count("once"), 2)

        def typed():
            events = browser.get("/agent/manager/events/history").json()["events"]
            return [event["payload"]["id"] for event in events if event["payload"].get("typed") == "once"]

        wait_for(lambda: len(typed()) >= 2, "both commands at the harness")
        self.assertEqual(len(typed()), 2)

    def test_the_stream_says_that_the_host_was_started_anew(self):
        browser = signed_in(self.hive)
        first = browser.stream(["broker.sent"])
        self.hive.call("broker.send", {"to": "operator", "body": "one"})
        self.assertEqual(first.next()[2]["message"]["body"], "one")
        self.hive.restart()
        self.assertEqual(list(first), [])
        again = browser.stream(["broker.sent"], first.last)
        identity, event, data = again.next()
        self.assertEqual((identity, event), (None, "resync"))
        self.assertIn("started anew", data["reason"])
        state = browser.state()
        self.hive.call("broker.send", {"to": "operator", "body": "two"})
        identity, event, data = again.next()
        self.assertEqual(data["message"]["body"], "two")
        epoch, number = identity.rsplit("-", 1)
        self.assertEqual(epoch, state["epoch"])
        self.assertGreater(int(number), state["seq"])
        first.close()
        again.close()


class Showing(WithHost):
    def test_the_state_is_what_the_plugins_say(self):
        self.hive.call("broker.send", {"to": "operator", "body": "for the page"})
        browser = signed_in(self.hive)
        wait_for(lambda: browser.state()["containers"] == self.hive.call("lifecycle.list")["containers"],
                 "a moment without a change between the two")
        state = browser.state()
        self.assertEqual([row["name"] for row in state["containers"]], ["manager"])
        self.assertEqual(state["operator_inbox"][0]["message"]["body"], "for the page")
        self.assertEqual(state["tombstones"], [])
        self.assertEqual(state["source_errors"], [])
        self.assertEqual({panel["plugin"] for panel in state["panels"]}, {"broker", "lifecycle"})
        self.assertNotIn("approvals", state)

    def test_every_list_of_a_manifest_is_one_that_its_method_answers(self):
        methods = {method["name"]: method for method in self.hive.call("host.methods")["methods"]}
        for row in self.hive.call("host.plugins")["plugins"]:
            for word in row.get("snapshot", []):
                asked, member, *part = word.split("=", 1)[1].split("/")
                method = asked.partition("?")[0]
                result = methods[method]["about"]["result"]["properties"][member]
                self.assertEqual(result["type"], "array", word)
                self.assertLessEqual(set(part), set(result["items"].get("properties", {})), word)
                self.assertIn("operator", methods[method]["callers"])

    def test_a_file_is_shown_as_it_is_and_nothing_else_is(self):
        browser, root = signed_in(self.hive), self.hive.root
        state = root / "agents/manager/state"

        def shown(path):
            return browser.get("/api/state-file?path=" + urllib.parse.quote(path, safe=""))

        text = "# grüße\n\x1b[1m<script>" + "\x01\n\"ü" * 200_000
        (state / "notes €+%41.md").write_text(text)
        for path in ["/agents/manager/state/notes €+%41.md", f"{root}/agents/manager/state/notes €+%41.md"]:
            answer = shown(path)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(answer.headers["content-type"], "application/json")
            self.assertEqual(answer.json()["text"], text)
            self.assertEqual(answer.json()["path"], "/agents/manager/state/notes €+%41.md")
            self.assertEqual(answer.json()["bytes"], len(text.encode()))
        (state / "large").write_bytes(b"x" * ((1 << 20) + 1))
        (state / "bytes").write_bytes(b"a\0b")
        (state / "link").symlink_to("../../../run/operator.key")
        (state / "folder").symlink_to("../../../run")
        os.mkfifo(state / "fifo")
        wanted = {"/agents/manager/state/large": 413, "/agents/manager/state/bytes": 400, "/agents/manager/state/link": 403,
                  "/agents/manager/state/folder/operator.key": 403, "/agents/manager/state/fifo": 403,
                  "/agents/manager/state": 403, "/agents/nobody/state/x": 404, "/etc/passwd": 403, "/Shared/x": 403,
                  f"{root}/run/operator.key": 403, "/shared/../run/operator.key": 400, "run/operator.key": 400,
                  "/shared/%2e%2e/run/operator.key": 404, "/state/notes.md": 400, "/shared/" + "x" * 4000: 400,
                  "/shared/" + "x" * 5000: 400, "/shared/a\nb": 400, "/shared/\u202etxt": 400}
        (state / "sessions").symlink_to("../../../run/sessions.json")
        wanted |= {"/agents/manager/state/sessions": 403, f"{root}/run/sessions.json": 403}
        key = (root / "run/operator.key").read_text()
        for path, status in wanted.items():
            answer = shown(path)
            self.assertEqual(answer.status, status, path)
            self.assertNotIn(key, answer.text, path)
            self.assertEqual(answer.headers["content-type"], "application/problem+json", path)
        for query in ["", "?path=", "?path=/shared/a&path=/shared/b", "?path=/shared/%ff", "?path=/shared/a%00b", "?path=%", "?file=x",
                      "?path=/shared/a&offset=1"]:
            self.assertEqual(browser.get("/api/state-file" + query).status, 400, query)
        self.assertIn("# grüße\n␛[1m<script>", self.hive.cli("files", "read", "/agents/manager/state/notes €+%41.md"))
        manager = self.hive.agent("manager")
        piece = manager.call("files.read_state", {"name": "manager", "path": "notes €+%41.md"})
        self.assertTrue(text.startswith(piece["text"]))
        self.assertEqual(piece["next"], len(piece["text"].encode()))
        with self.assertRaisesRegex(CallError, "is a link"):
            manager.call("files.read_state", {"name": "manager", "path": "/state/link"})
        manager.close()

    def test_pages_and_their_files(self):
        browser = signed_in(self.hive)
        page = browser.get("/").text
        self.assertIn('data-theme="auto"', page)
        hive = page.split('data-hive="')[1].split('"')[0]
        self.assertRegex(hive, r"^[\w-]{16}$")
        self.assertIn('data-theme="light"', browser.get("/agent/manager/", cookie=f"theme-{hive}=light").text)
        self.assertIn('data-theme="auto"', browser.get("/agent/manager/", cookie="theme=light; theme-other=light").text)
        script = page.split('src="')[1].split('"')[0]
        self.assertRegex(script, r"^/assets/[0-9a-f]+/dashboard\.js$")
        file = browser.get(script)
        self.assertEqual((file.status, "immutable" in file.headers["cache-control"]), (200, True))
        self.assertEqual(browser.get("/agent/manager").headers["location"], "/agent/manager/")

    def test_reading_goes_to_the_methods(self):
        browser = signed_in(self.hive)
        self.hive.call("broker.send", {"to": "manager", "body": "history"})
        self.assertEqual(browser.get("/dashboard/history").json()["messages"][0]["message"]["body"], "history")
        newest = browser.get("/dashboard/history").json()["messages"][0]["message"]["id"]
        self.assertTrue(all(row["message"]["id"] < newest for row in browser.get(f"/dashboard/history?before={newest}").json()["messages"]))
        self.assertIn("agent.toml", [file["path"] for file in browser.get("/api/agent-config/manager").json()["files"]])
        wait_for(lambda: browser.get("/api/journal/manager?unit=&lines=5").json()["lines"], "the harness's first words")
        self.assertIn("hive_http_requests_total", browser.get("/metrics").text)
        state = browser.get("/agent/manager/api/state").json()
        self.assertEqual((state["name"], state["container"]["name"]), ("manager", "manager"))
        for path in ["/api/journal/nobody", "/api/agent-config/nobody", "/agent/nobody/api/state"]:
            self.assertEqual(browser.get(path).status, 404, path)
        for path in ["/nowhere", "/agent/No-Name/"]:
            lost = browser.get(path, accept="text/html")
            self.assertEqual((lost.status, lost.headers.get_content_type()), (404, "text/html"))
            self.assertIn('href="/"', lost.text)
            self.assertEqual(browser.get(path).headers.get_content_type(), "application/problem+json")


class Acting(WithHost):
    def setUp(self):
        self.browser = signed_in(self.hive)

    def test_a_post_is_the_methods_answer_and_its_event_follows(self):
        stream = self.browser.stream(["broker.sent"])
        sent = self.browser.post("/op-send", {"to": "manager", "body": "from the page"})
        self.assertEqual(sent.status, 200)
        message = stream.next()[2]["message"]
        self.assertEqual((message["id"], message["from"], message["body"]), (sent.json()["id"], "operator", "from the page"))
        stream.close()

    def test_containers_are_acted_on(self):
        self.hive.spawn("alice")
        self.assertEqual(self.browser.post("/kill/alice").json(), {"name": "alice", "action": "stopping"})
        self.hive.wait_for(lambda: (c := self.hive.container("alice"))["state"] == "stopped" and not c.get("pending"), "alice stopped")
        self.assertEqual(self.browser.post("/start/alice", "").status, 200)
        self.hive.wait_until_running("alice")
        self.assertEqual(self.browser.post("/start/alice").status, 409)
        form = self.browser.post("/destroy/alice", "purge=on", content_type="application/x-www-form-urlencoded")
        self.assertEqual(form.status, 200)
        self.hive.wait_for(lambda: self.hive.container("alice") is None, "the end of alice")
        self.assertFalse((self.hive.root / "agents/alice").exists())

    def test_the_swarm_is_paused_and_resumed(self):
        self.assertEqual(self.browser.post("/pause").status, 200)
        self.assertTrue(self.hive.call("turns.list")["paused"])
        self.assertEqual(self.browser.post("/resume").status, 200)
        self.assertFalse(self.hive.call("turns.list")["paused"])

    def test_any_method_is_called_as_the_operator(self):
        called = self.browser.post("/api/call/broker.recent", {"of": "*", "limit": 1})
        self.assertEqual(len(called.json()["messages"]), 1)
        self.assertEqual(self.browser.post("/api/call/broker.recv").status, 403)
        self.assertEqual(self.browser.post("/api/call/no.such").status, 404)

    def test_what_is_wrong_is_named(self):
        for body, status, field in [({"to": "manager"}, 400, "body"), ({"to": "manager", "body": "x", "evil": 1}, 400, "evil"),
                                    ({"to": 5, "body": "x"}, 400, "to")]:
            answer = self.browser.post("/op-send", body)
            self.assertEqual((answer.status, answer.json()["field"], answer.json()["code"]), (status, field, "invalid_params"))
            self.assertEqual(answer.headers["content-type"], "application/problem+json")
        self.assertEqual(self.browser.post("/op-send", {"to": "nobody", "body": "x"}).status, 404)
        self.assertEqual(self.browser.post("/op-send", "{").status, 400)
        self.assertEqual(self.browser.post("/op-send", "[1]").status, 400)
        self.assertEqual(self.browser.post("/op-send", "a", content_type="text/plain").status, 400)
        self.assertEqual(self.browser.post("/op-send", "x" * 70_000).status, 413)
        self.assertEqual(self.browser.get("/op-send").status, 405)
        self.assertEqual(self.browser.get("/op-send").headers["allow"], "POST, OPTIONS")
        self.assertEqual(self.browser.post("/api/state").status, 405)
        self.assertEqual(self.browser.get("/dashboard/history?before=x").json()["field"], "before")
        self.assertEqual(self.browser.get("/dashboard/history?evil=1").status, 400)

    def test_hostile_names_and_paths(self):
        names = ["..", "%2e%2e", "..%2f..%2fetc", "%00", "a%00b", "A", "-a", "a" * 4_000, "%ff%fe", "a%0d%0aSet-Cookie:x", "%3Cscript%3E",
                 "%E2%80%AEx", "a%2fb", "a;b", "a b".replace(" ", "%20")]
        opening = self.browser.get("/open/any").body
        for name in names:
            for path in [f"/agent/{name}/", f"/agent/{name}/api/state", f"/agent/{name}/events/history", f"/api/journal/{name}",
                         f"/api/agent-config/{name}", f"/assets/{name}", f"/api/state-file?path={name}",
                         f"/dashboard/stream?topics=agent/{name}"]:
                answer = self.browser.get(path)
                self.assertIn(answer.status, (400, 401, 404, 431), f"{path[:80]}: {answer}")
                self.assertIsNone(answer.headers["x"])
            for path in [f"/start/{name}", f"/destroy/{name}", f"/agent/{name}/send", f"/agent/{name}/api/cancel", f"/api/call/{name}"]:
                answer = self.browser.post(path, {"text": "x"} if path.endswith("send") else {})
                self.assertIn(answer.status, (400, 404, 431), f"{path[:80]}: {answer}")
            shown = self.browser.get(f"/open/{name}")  # the page is the same for every code
            self.assertTrue(shown.status in (400, 404, 431) or shown.body == opening, f"{name[:80]}: {shown}")
            tried = self.browser.post(f"/open/{name}", {"nonce": "A" * 22, "proof": "A" * 43})
            self.assertIn(tried.status, (400, 401, 404, 431), f"{name[:80]}: {tried}")
        self.assertEqual([row["name"] for row in self.browser.state()["containers"]][:1], ["manager"])

    def test_commands_reach_the_harness(self):
        self.assertEqual(self.browser.post("/agent/manager/send", {"text": "typed"}).status, 200)
        self.assertEqual(self.browser.post("/agent/manager/api/model", {"model": "opus"}).status, 200)
        self.assertEqual(self.browser.post("/agent/manager/api/new-session").status, 200)
        self.assertEqual(self.browser.post("/agent/manager/send", {"text": 1}).json()["field"], "text")
        self.assertEqual(self.browser.post("/agent/nobody/send", {"text": "x"}).status, 404)


class Following(WithHost):
    def test_random_cuts_lose_nothing_and_double_nothing(self):
        browser = signed_in(self.hive)
        seed = random.randrange(1 << 30)
        dice = random.Random(seed)
        topics = ["broker.sent", "broker.settled"]
        state = browser.state()
        sent = []
        sender = threading.Thread(target=lambda: sent.extend(send_many(self.hive, 400, "cut")))
        last, seen = f"{state['epoch']}-{state['seq']}", []
        sender.start()
        while True:
            stream = browser.stream(topics, last)
            for _ in range(dice.randrange(1, 20)):
                try:
                    frame = stream.next()
                except StopIteration:
                    break
                last = frame[0]
                seen.append(frame)
                if len([1 for one in seen if one[1] == "broker.sent"]) == 400:
                    break
            stream.close()
            if len([1 for one in seen if one[1] == "broker.sent"]) >= 400:
                break
        sender.join()
        self.assertNotIn("resync", [event for _, event, _ in seen], f"seed {seed}")
        ids = [data["message"]["id"] for _, event, data in seen if event == "broker.sent"]
        self.assertEqual(ids, sent, f"seed {seed}")
        numbers = [int(identity.rsplit("-", 1)[1]) for identity, _, _ in seen]
        self.assertEqual(numbers, sorted(set(numbers)), f"seed {seed}")

    def test_fifty_streams_get_all_while_one_reads_nothing(self):
        with Hive(settings=["plugins.broker.body_bytes=49152"]) as hive:
            hive.start()
            browser = signed_in(hive)
            stuck = browser.stream(["broker.sent"], receive_buffer=4_096)
            streams = [browser.stream(["broker.sent"]) for _ in range(50)]
            seen = [[] for _ in streams]

            def read(stream, out):
                for identity, _, data in stream:
                    if data["message"]["to"] == "operator":  # the manager is greeted some time
                        out.append((identity, data["message"]["id"]))

            readers = [threading.Thread(target=read, args=pair) for pair in zip(streams, seen)]
            for reader in readers:
                reader.start()
            sent = []
            while len(sent) < 208:  # 10 MB, in parts: what they are slow at is no fault of the host's
                sent += send_many(hive, 8, "x" * 48_000)
                wait_for(lambda: all(len(out) >= len(sent) for out in seen), "every reader's events")
            for out in seen:
                self.assertEqual([message for _, message in out], sent)
                self.assertEqual(out, seen[0])
            self.assertLess(len(list(stuck)), len(sent))  # it was cut off
            self.assertIn("hive_http_cut_total 1", browser.get("/metrics").text)
            for stream in [stuck, *streams]:
                stream.close()
            for reader in readers:
                reader.join()
            wait_for(lambda: "hive_http_streams 0" in browser.get("/metrics").text, "the end of all streams")

    def test_no_topic_or_a_wrong_one_is_named(self):
        browser = signed_in(self.hive)
        for query in ["", "?topics=", "?topics=a,,b", "?topics=A", "?topics=" + ",".join(f"t.t{i}" for i in range(300))]:
            answer = browser.get("/dashboard/stream" + query)
            self.assertEqual((answer.status, answer.json()["field"]), (400, "topics"), query)


if __name__ == "__main__":
    unittest.main()
