"""Who gets to the operator's page and who does not, with the whole host behind it."""
import json
import pathlib
import shutil
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from browser import Browser, free_port, port_of, signed_in  # noqa: E402
from hive import SOURCE, CallError, Hive  # noqa: E402

PAGES = ["/", "/api/state", "/metrics", "/agent/manager/", "/agent/manager/api/state", "/dashboard/stream?topics=broker.sent",
         "/dashboard/history", "/api/journal/manager", "/api/agent-config/manager", "/api/state-file?path=/shared/x", "/nothing"]
POSTS = ["/op-send", "/start/manager", "/kill/manager", "/destroy/manager", "/pause", "/api/call/broker.send",
         "/agent/manager/send", "/sign-out", "/nothing"]


def plugin(hive, name):
    return next(row for row in hive.call("host.plugins")["plugins"] if row["id"] == name)


class GettingIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hive = Hive()
        cls.hive.start()
        cls.hive.wait_until_running("manager")

    @classmethod
    def tearDownClass(cls):
        cls.hive.__exit__(None, None, None)

    def test_a_one_time_address_signs_one_browser_in_once(self):
        browser = Browser(port_of(self.hive))
        address, shown = browser.sign_in(self.hive)
        self.assertIn(address["phrase"], shown.text)
        cookie = shown.headers["set-cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        self.assertEqual(browser.get("/").status, 200)
        again = Browser(browser.port).get("/open/" + address["url"].rsplit("/", 1)[1], accept="text/html")
        self.assertEqual(again.status, 401)
        self.assertIsNone(again.headers["set-cookie"])
        self.assertIn("used already", again.text)

    def test_fetching_ahead_does_not_use_the_address_up(self):
        browser = Browser(port_of(self.hive))
        path = "/open/" + self.hive.call("http.open")["url"].rsplit("/", 1)[1]
        self.assertEqual(browser.get(path, sec_purpose="prefetch;prerender").status, 503)
        for verb in ["HEAD", "OPTIONS", "POST"]:
            self.assertIsNone(browser.request(verb, path).headers["set-cookie"], verb)
        self.assertEqual(browser.get(path).status, 200)

    def test_the_command_line_prints_the_address(self):
        printed = self.hive.cli("open")
        self.assertRegex(printed, r"http://127\.0\.0\.1:\d+/open/[\w-]{22}")
        self.assertRegex(printed, r"phrase: \w{4}-\w{4}-\w{4}")

    def test_without_a_session_nothing_is_told_or_done(self):
        stranger = Browser(port_of(self.hive))
        for path in PAGES:
            self.assertEqual(stranger.get(path).status, 401, path)
            self.assertNotIn(b"manager", stranger.get(path).body, path)
        for path in POSTS:
            self.assertEqual(stranger.post(path).status, 401, path)
        shown = stranger.get("/", accept="text/html")
        self.assertEqual(shown.status, 401)
        self.assertIn("hive-c0re open", shown.text)
        self.assertEqual(stranger.get("/healthz").text, "ok\n")
        stranger.cookie = signed_in(self.hive).cookie[:-1] + "!"
        self.assertEqual(stranger.get("/api/state").status, 401)

    def test_every_answer_carries_the_policy(self):
        browser = signed_in(self.hive)
        for path in ["/", "/api/state", "/nothing", "/healthz", "/agent/manager/"]:
            policy = browser.get(path).headers["content-security-policy"]
            self.assertIn("default-src 'none'; script-src 'self'; style-src 'self'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertIn("frame-ancestors 'none'", policy)

    def test_a_change_needs_the_sessions_token_and_the_page_itself(self):
        browser, other = signed_in(self.hive), signed_in(self.hive)
        send = {"to": "manager", "body": "forged"}
        self.assertEqual(browser.post("/op-send", send, x_hive_token="").status, 403)
        self.assertEqual(browser.post("/op-send", send, x_hive_token=other.token).status, 403)
        for origin in ["http://127.0.0.1:1", "http://evil.example", "null"]:
            self.assertEqual(browser.post("/op-send", send, origin=origin).status, 403, origin)
        self.assertEqual(browser.post("/op-send", send, sec_fetch_site="same-site").status, 403)
        for host in ["evil.example", f"evil.example:{browser.port}", "127.0.0.1.evil.example"]:
            self.assertEqual(browser.post("/op-send", send, host=host).status, 421, host)
            self.assertEqual(browser.get("/api/state", host=host).status, 421, host)
        self.assertEqual(browser.get("/api/state", sec_fetch_site="same-site", sec_fetch_mode="no-cors").status, 403)
        self.assertFalse([m for m in self.hive.messages() if m["body"] == "forged"])
        own = f"http://127.0.0.1:{browser.port}"
        self.assertEqual(browser.post("/op-send", send | {"body": "real"}, origin=own, sec_fetch_site="same-origin").status, 200)

    def test_a_session_makes_no_session_and_no_agent(self):
        browser = signed_in(self.hive)
        for method in ["http.open", "http.password_line", "lifecycle.spawn"]:
            self.assertEqual(browser.post(f"/api/call/{method}", {"name": "eve"}).status, 403)

    def test_an_agent_cannot_open_the_page(self):
        agent = self.hive.agent("manager")
        with self.assertRaises(CallError) as refused:
            agent.call("http.open")
        self.assertEqual(refused.exception.code, "forbidden")
        agent.close()


class Password(unittest.TestCase):
    def test_signs_in_and_is_not_guessed(self):
        with Hive() as hive:
            hive.start()
            line = hive.call("http.password_line", {"password": "correct horse battery"})["line"]
            with self.assertRaisesRegex(CallError, "shorter than 12"):
                hive.call("http.password_line", {"password": "short"})
            hive.kill_host()
            file = hive.folder / "password"
            file.write_text(line + "\n")
            hive.settings.append(f"plugins.dashboard.password_file={file}")
            hive.start()
            browser = Browser(port_of(hive))
            self.assertIn('type="password"', browser.get("/", accept="text/html").text)
            form = {"content_type": "application/x-www-form-urlencoded"}
            self.assertEqual(browser.post("/sign-in", "password=wrong", **form).status, 401)
            right = browser.post("/sign-in", "password=correct+horse+battery", **form)
            self.assertEqual((right.status, right.headers["location"]), (303, "/"))
            tries = [browser.post("/sign-in", "password=guess", **form).status for _ in range(8)]
            self.assertIn(429, tries)
            refused = sum(now == 429 and before != 429 for before, now in zip([0, *tries], tries))
            self.assertEqual(hive.output().count("too many passwords are tried"), refused)  # said once, not for each
            browser.take_cookie(right)
            self.assertEqual(browser.get("/").status, 200)
            self.assertEqual(signed_in(hive).get("/").status, 200)  # addresses work meanwhile
            self.assertNotIn("battery", hive.output())


class InsideTheSandbox(unittest.TestCase):
    """An agent shares the loopback with the host: what it can reach there must not help it."""

    def test_an_agent_neither_reads_nor_decides(self):
        port = free_port()
        command = f"python3 /state/attack.py {port} $$(cat /state/root) /state/new.json && mv /state/new.json /state/seen.json"
        script = {"agents": {"alice": {"rules": [{"when": "^go", "steps": [
            {"tool": "Bash", "input": {"command": command, "description": "look around"}}, {"text": "Looked."}]}]},
            "*": {"rules": [{"steps": [{"text": "Nothing."}]}]}}}
        with Hive(script=script, settings=[f"plugins.dashboard.port={port}"]) as hive:
            hive.start()
            hive.wait_until_running("manager")
            hive.spawn("alice")
            state = hive.root / "agents/alice/state"
            shutil.copy(SOURCE / "tests/support/attack.py", state)
            (state / "root").write_text(str(hive.root))
            hive.call("broker.send", {"to": "alice", "body": "go"})
            hive.wait_for((state / "seen.json").exists, "what alice saw")
            seen = json.loads((state / "seen.json").read_text())
            self.assertEqual(seen["health"], 200)  # it reaches the port
            self.assertEqual({status for what, status in seen["statuses"].items() if " /sign-in " not in what}, {401})
            self.assertEqual({status for what, status in seen["statuses"].items() if " /sign-in " in what}, {404})  # no password is set
            self.assertEqual({code for code in seen["calls"].values()} - {"forbidden", "method_not_found", "invalid_params"}, set(), seen["calls"])
            self.assertEqual((seen["sockets"], seen["files"]), ([], []))
            self.assertFalse(hive.call("turns.list")["paused"])
            self.assertEqual([row["state"] for row in hive.call("lifecycle.list")["containers"]], ["running", "running"])


class Failing(unittest.TestCase):
    def test_a_source_that_fails_is_said_and_the_rest_is_shown(self):
        with Hive() as hive:
            (hive.root / "broker.sqlite").mkdir()
            hive.start()
            hive.wait_until_running("manager")
            state = signed_in(hive).state()
            self.assertEqual(state["operator_inbox"], [])
            self.assertEqual([one["source"] for one in state["source_errors"]], ["operator_inbox"])
            self.assertIn("broker", state["source_errors"][0]["detail"])
            self.assertEqual(len(state["containers"]), 1)
            self.assertIn("the page's state lacks operator_inbox", hive.output())

    def test_a_port_that_is_taken_costs_the_page_and_nothing_else(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with Hive(settings=[f"plugins.dashboard.port={port}"]) as hive:
                hive.start()
                hive.wait_until_running("manager")
                faulted = plugin(hive, "dashboard")
                self.assertEqual(faulted["state"], "faulted")
                self.assertRegex(faulted["reason"], f"the page is not served: .*{port}.*another address or port under .plugins.dashboard.")
                self.assertIn("dashboard is faulted", hive.cli("doctor", check=False).stdout)
                with self.assertRaisesRegex(CallError, "dashboard is not running"):
                    hive.call("http.open")
            other.close()

    def test_beyond_loopback_there_must_be_a_password(self):
        with Hive(settings=["plugins.dashboard.port=0", 'plugins.dashboard.address="0.0.0.0"']) as hive:
            hive.start()
            self.assertEqual(plugin(hive, "dashboard")["state"], "faulted")
            self.assertIn("set password_file", plugin(hive, "dashboard")["reason"])


if __name__ == "__main__":
    unittest.main()
