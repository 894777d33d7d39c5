"""Who gets to the operator's page and who does not, with the whole host behind it."""
import json
import pathlib
import shutil
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from browser import Browser, code_of, free_port, mac, port_of, signed_in  # noqa: E402
from hive import SOURCE, CallError, Hive  # noqa: E402

PAGES = ["/", "/agent/manager/", "/open/any"]
READS = ["/api/state", "/metrics", "/agent/manager/api/state", "/dashboard/stream?topics=broker.sent",
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
        address, answer = browser.sign_in(self.hive)
        self.assertEqual(answer.json()["phrase"], address["phrase"])
        self.assertEqual(browser.get("/api/state").status, 200)
        again = Browser(browser.port).enrol(address)
        self.assertEqual(again.status, 401)
        self.assertIn("used already", again.json()["detail"])

    def test_nothing_but_the_code_uses_an_address_up(self):
        browser = Browser(port_of(self.hive))
        address = self.hive.call("http.open")
        path, code = code_of(address)
        self.assertNotIn(code, path)  # what is sent before the page runs, and what is in logs, opens nothing
        for verb in ["GET", "HEAD", "OPTIONS", "POST"]:
            browser.request(verb, path)
        for proof in ["", "A" * 43, mac(code, "hive open host A"), mac("another", f"hive open browser {path[6:]} {'A' * 22}")]:
            tried = browser.post(path, {"nonce": "A" * 22, "proof": proof})
            self.assertEqual(tried.status, 401, proof)
        self.assertEqual(browser.enrol(address).status, 200)

    def test_what_passes_the_wire_makes_no_token(self):
        browser = signed_in(self.hive)
        nonce = "A" * 22
        heard = browser.greet(nonce).json()
        for proof in ["", heard["proof"], mac(heard["proof"], f"hive token {browser.session} {nonce} {heard['nonce']}"),
                      mac(browser.session, f"hive token {browser.session} {nonce} {heard['nonce']}")]:
            forged = f"{browser.session}.{nonce}.{heard['nonce']}.{proof}"
            self.assertEqual(browser.get("/api/state", x_hive_token=forged).status, 401, proof)
        for one in ["", "A" * 22, browser.session[:-1] + "!", "../" * 8]:
            browser.session = one
            self.assertEqual(browser.greet(nonce).status, 401, one)

    def test_no_cookie_is_set_and_none_is_asked_for(self):
        browser = signed_in(self.hive)
        for path in [*PAGES, *READS]:
            self.assertIsNone(browser.get(path).headers["set-cookie"] if "stream" not in path else None, path)
        for name in ["hive", "hive_session", "session", "token", "x-hive-token"]:
            self.assertEqual(Browser(browser.port).get("/api/state", cookie=f"{name}={browser.token}").status, 401, name)

    def test_the_command_line_prints_the_address(self):
        printed = self.hive.cli("open")
        self.assertRegex(printed, r"http://127\.0\.0\.1:\d+/open/[\w-]{22}#[\w-]{22}")
        self.assertRegex(printed, r"phrase: \w{4}-\w{4}-\w{4}")

    def test_without_a_session_nothing_is_told_or_done(self):
        stranger = Browser(port_of(self.hive))
        for path in PAGES:
            self.assertEqual(stranger.get(path).status, 200, path)
            self.assertNotIn(b"manager", stranger.get(path).body, path)
        for path in READS:
            self.assertEqual(stranger.get(path).status, 401, path)
            self.assertNotIn(b"manager", stranger.get(path).body, path)
        for path in POSTS:
            self.assertEqual(stranger.post(path).status, 401, path)
        shown = stranger.get("/api/state", accept="text/html")
        self.assertEqual((shown.status, shown.headers.get_content_type()), (401, "text/html"))
        self.assertEqual(stranger.get("/healthz").text, "ok\n")
        token = signed_in(self.hive).token
        self.assertEqual(stranger.get("/api/state", x_hive_token=token).status, 200)
        self.assertEqual(stranger.get("/api/state", x_hive_token=token[:-1] + "!").status, 401)

    def test_every_answer_carries_the_policy(self):
        browser = signed_in(self.hive)
        for path in ["/", "/api/state", "/nothing", "/healthz", "/agent/manager/"]:
            policy = browser.get(path).headers["content-security-policy"]
            self.assertIn("default-src 'none'; script-src 'self'; style-src 'self'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertIn("frame-ancestors 'none'", policy)

    def test_a_change_needs_the_sessions_token_and_the_page_itself(self):
        browser = signed_in(self.hive)
        send = {"to": "manager", "body": "forged"}
        self.assertEqual(browser.post("/op-send", send, x_hive_token="").status, 401)
        self.assertEqual(browser.post("/op-send", send, x_hive_token=None).status, 401)
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
            self.assertIn('data-password="wanted"', browser.get("/").text)
            nonce, secret = "A" * 22, "B" * 43

            def sign_in(password, scheme="https"):
                return browser.post("/sign-in", {"password": password, "nonce": nonce, "secret": secret},
                                    origin=f"{scheme}://127.0.0.1:{browser.port}")

            plain = sign_in("correct horse battery", "http")
            self.assertEqual((plain.status, "TLS" in plain.json()["detail"]), (403, True))
            self.assertEqual(sign_in("wrong").status, 401)
            right = sign_in("correct horse battery")
            self.assertEqual(right.status, 200)
            tries = [sign_in("guess").status for _ in range(8)]
            self.assertIn(429, tries)
            refused = sum(now == 429 and before != 429 for before, now in zip([0, *tries], tries))
            self.assertEqual(hive.output().count("too many passwords are tried"), refused)  # said once, not for each
            browser.keep(right.json(), secret, "password", nonce)
            self.assertEqual(browser.get("/api/state").status, 200)
            self.assertEqual(signed_in(hive).get("/api/state").status, 200)  # addresses work meanwhile
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
            shutil.copy(SOURCE / "tests/testing/attack.py", state)
            (state / "root").write_text(str(hive.root))
            hive.call("broker.send", {"to": "alice", "body": "go"})
            hive.wait_for((state / "seen.json").exists, "what alice saw")
            seen = json.loads((state / "seen.json").read_text())
            self.assertEqual(seen["health"], 200)  # it reaches the port
            self.assertEqual(set(seen["statuses"].values()), {401}, seen["statuses"])
            self.assertEqual(sorted(seen["doors"].values()), [401, 401, 404])  # no password is set
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

    def test_a_port_that_is_taken_costs_the_page_and_is_tried_again(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with Hive(settings=[f"plugins.dashboard.port={port}"]) as hive:
                hive.start()
                why = f"another program listens at 127.0.0.1:{port}; stop it, or configure another address or port " \
                    r"under \[plugins.dashboard\]; it is tried again"
                self.assertRegex(hive.output(), "the page is not served yet.*" + why)
                serving = hive.call("http.serving")
                self.assertEqual((serving["served"], serving["port"]), (False, port))
                self.assertRegex(serving["reason"], why)
                self.assertRegex(hive.cli("doctor", check=False).stdout, r"page +.*is not served: .*" + why)
                with self.assertRaisesRegex(CallError, why):
                    hive.call("http.open")
                other.close()
                hive.wait_for(lambda: hive.call("http.serving")["served"], "the page at the port that is free again")
                hive.wait_until_running("manager")
                self.assertEqual(signed_in(hive).get("/api/state").status, 200)
                self.assertNotIn("is not served", hive.cli("doctor", check=False).stdout)

    def test_who_had_the_port_has_no_session_of_before(self):
        port = free_port()
        with Hive(settings=[f"plugins.dashboard.port={port}"]) as hive:
            hive.start()
            before = signed_in(hive)
            hive.kill_host()
            with socket.create_server(("127.0.0.1", port)):
                hive.start()
            hive.wait_for(lambda: hive.call("http.serving")["served"], "the page")
            self.assertEqual(before.greet("A" * 22).status, 401)
            self.assertIn("every browser has to sign in again", hive.output())

    def test_beyond_loopback_there_must_be_a_password(self):
        with Hive(settings=["plugins.dashboard.port=0", 'plugins.dashboard.address="0.0.0.0"']) as hive:
            hive.start()
            self.assertEqual(plugin(hive, "dashboard")["state"], "faulted")
            self.assertIn("set password_file", plugin(hive, "dashboard")["reason"])

    def test_a_name_that_others_of_this_machine_may_answer_to_is_refused(self):
        with Hive(settings=["plugins.dashboard.port=0", 'plugins.dashboard.url="http://hive.localhost:7000"']) as hive:
            hive.start()
            self.assertEqual(plugin(hive, "dashboard")["state"], "faulted")
            self.assertIn("another program of this machine may answer", plugin(hive, "dashboard")["reason"])


if __name__ == "__main__":
    unittest.main()
