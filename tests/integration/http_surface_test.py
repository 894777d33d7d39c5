"""Every address of the operator's page: what it calls, and how it refuses. The addresses of methods come from
`methods.list`; this is the one place that lists them by hand, so that none comes or goes unseen."""
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from browser import Browser, port_of, signed_in  # noqa: E402
from hive import BUILD, SOURCE, Hive  # noqa: E402

# docs/web.md: (verb, path): (method, what every request says, the text that is joined)
SURFACE = {
    ("POST", "/op-send"): ("broker.send", "", ""),
    ("GET", "/dashboard/history"): ("broker.recent", "of=*&limit=50", ""),
    ("POST", "/start/{name}"): ("lifecycle.start", "", ""),
    ("POST", "/kill/{name}"): ("lifecycle.stop", "", ""),
    ("POST", "/restart/{name}"): ("lifecycle.restart", "", ""),
    ("POST", "/rebuild/{name}"): ("lifecycle.rebuild", "", ""),
    ("POST", "/update-all"): ("lifecycle.update_all", "", ""),
    ("POST", "/destroy/{name}"): ("lifecycle.destroy", "", ""),
    ("POST", "/purge-tombstone/{name}"): ("lifecycle.purge_tombstone", "", ""),
    ("GET", "/api/agent-config/{name}"): ("lifecycle.config", "", ""),
    ("GET", "/api/journal/{name}"): ("journal.read", "", ""),
    ("GET", "/api/state-file"): ("files.read", "", "text"),
    ("POST", "/pause"): ("turns.pause", "", ""),
    ("POST", "/resume"): ("turns.resume", "", ""),
    ("POST", "/agent/{name}/send"): ("turns.command", "kind=operator_message", ""),
    ("POST", "/agent/{name}/api/cancel"): ("turns.command", "kind=cancel", ""),
    ("POST", "/agent/{name}/api/compact"): ("turns.command", "kind=compact", ""),
    ("POST", "/agent/{name}/api/model"): ("turns.command", "kind=model", ""),
    ("POST", "/agent/{name}/api/new-session"): ("turns.command", "kind=new_session", ""),
}
# What the page has itself: its pages and their files, and what needs a session.
PUBLIC = {("GET", "/"), ("GET", "/agent/{name}"), ("GET", "/agent/{name}/"), ("GET", "/assets/{path}"), ("GET", "/healthz"),
          ("GET", "/open/{code}"), ("POST", "/open/{code}"), ("POST", "/session"), ("POST", "/sign-in")}
OWN = {("GET", "/agent/{name}/api/state"), ("GET", "/agent/{name}/api/stats"), ("GET", "/agent/{name}/events/history"),
       ("GET", "/api/state"), ("GET", "/dashboard/stream"), ("GET", "/metrics"), ("POST", "/api/call/{method}"),
       ("POST", "/sign-out")}
NOT_FOR_PAGES = {"http.open", "http.password_line", "http.serving", "lifecycle.spawn"}
FORM = "application/x-www-form-urlencoded"


def real(path):
    return re.sub(r"\{\w+\}", "manager", path)


def matching(pattern):
    """What `/open/{path*}` and the like match."""
    parts = [".+" if part.endswith("*}") else "[^/]+" if part.startswith("{") else re.escape(part) for part in pattern.split("/")]
    return re.compile("/".join(parts))


def listed(hive):
    """{method: what it says of itself}, of those whose plugin is away too."""
    return {method["name"]: method["about"] for method in hive.call("methods.list", {"away": True})["methods"]}


class Surface(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hive = Hive()
        cls.hive.start()
        cls.hive.wait_until_running("manager")
        cls.methods = listed(cls.hive)
        cls.mounted = {(route["verb"], route["path"]): (name, route["with"], route["joins"])
                       for name, about in cls.methods.items() for route in about["http"]}
        cls.browser = signed_in(cls.hive)

    @classmethod
    def tearDownClass(cls):
        cls.hive.__exit__(None, None, None)

    def verbs(self, path):
        return {verb for verb, at in {*self.mounted, *OWN, *PUBLIC} if at == path}

    def test_the_methods_name_the_surface_and_nothing_else(self):
        self.assertEqual(self.mounted, SURFACE)
        self.assertEqual({name for name, about in self.methods.items() if not about["from_pages"]}, NOT_FOR_PAGES)

    def test_what_the_page_has_itself_is_kept_from_methods(self):
        header = (SOURCE / "sdk/include/hive/sdk/contracts/http.hpp").read_text()
        kept = re.findall(r'"(/[^"]*)"', header[header.index("kOwnAddresses"):header.index("};")])
        kept = [matching(path) for path in kept]
        browser = signed_in(self.hive)  # one of them signs it out
        for verb, path in OWN | PUBLIC - {("GET", "/agent/{name}/")}:
            self.assertTrue(any(one.fullmatch(real(path)) for one in kept), f"{verb} {path}")
            self.assertNotEqual(browser.request(verb, real(path), "" if verb == "POST" else None).status, 405, path)

    def test_without_a_session_nothing_is_asked(self):
        stranger = Browser(self.browser.port)
        for verb, path in {*self.mounted, *OWN}:
            answer = stranger.request(verb, real(path), "{}" if verb == "POST" else None, {"content-type": "application/json"})
            self.assertEqual((answer.status, answer.headers["content-type"]), (401, "application/problem+json"), path)

    def test_a_wrong_verb_is_told_which_are_right(self):
        for path in {path for _, path in {*self.mounted, *OWN, *PUBLIC}}:
            verbs = self.verbs(path)
            allowed = ", ".join([*(["GET, HEAD"] if "GET" in verbs else []), *(["POST"] if "POST" in verbs else []), "OPTIONS"])
            for wrong in {"GET", "POST", "PUT", "PATCH", "DELETE"} - verbs:
                answer = self.browser.request(wrong, real(path), "{}" if wrong != "GET" else None)
                self.assertEqual((answer.status, answer.headers["allow"]), (405, allowed), f"{wrong} {path}")

    def test_beside_an_address_is_nothing(self):
        for verb, path in self.mounted:
            for beside in [real(path) + "/nothing", real(path) + "/", real(path) + "x/y"]:
                self.assertEqual(self.browser.request(verb, beside, "{}" if verb == "POST" else None).status, 404, beside)

    def test_a_body_that_is_too_large_is_refused(self):
        for verb, path in self.mounted:
            if verb == "POST":
                self.assertEqual(self.browser.post(real(path), "x" * 65_537).status, 413, path)

    def test_what_is_wrong_with_a_body_is_named(self):
        for verb, path in self.mounted:
            if verb != "POST":
                continue
            for body, kind, field in [('{"evil":1}', "application/json", "evil"), ("evil=1", FORM, "evil"),
                                      ("evil=1&evil=2", FORM, "evil"), ("evil=%ff", FORM, "evil"), ("{", "application/json", None),
                                      ("[1]", "application/json", None), ("x", "text/plain", None)]:
                # What is missing would be named first.
                required = set(self.methods[self.mounted[verb, path][0]]["params"].get("required", []))
                if body == '{"evil":1}' and required - {"name", "kind"}:
                    body = '{"evil":1,"to":"manager","body":"x"}'
                elif body == "evil=1" and required - {"name", "kind"}:
                    body = "evil=1&to=manager&body=x"
                answer = self.browser.post(real(path), body, content_type=kind)
                self.assertEqual((answer.status, answer.headers["content-type"]), (400, "application/problem+json"), f"{path} {body}")
                self.assertEqual(answer.json().get("field"), field, f"{path} {body}")

    def test_what_is_wrong_with_a_query_is_named(self):
        for verb, path in self.mounted:
            if verb != "GET":
                continue
            fixed = [pair.split("=")[0] for pair in self.mounted[verb, path][1].split("&") if pair]
            for name in ["evil", *fixed, *re.findall(r"\{(\w+)\}", path), *(["offset"] if self.mounted[verb, path][2] else [])]:
                answer = self.browser.get(f"{real(path)}?{name}=1")
                self.assertEqual((answer.status, answer.json()["field"]), (400, name), f"{path} {name}")

    def test_a_form_is_as_good_as_json(self):
        sent = self.browser.post("/op-send", "to=manager&body=by+a+form", content_type=FORM)
        self.assertEqual(sent.status, 200, sent)
        self.assertIn("by a form", [message["body"] for message in self.hive.inbox("manager")])
        self.assertEqual(self.browser.post("/agent/manager/send", "text=typed", content_type=FORM).status, 200)

    def test_what_the_address_says_stands(self):
        self.assertEqual(self.browser.post("/agent/manager/send", {"text": "x", "kind": "nonsense", "name": "nobody"}).status, 200)
        rows = self.browser.get("/dashboard/history").json()["messages"]
        self.assertLessEqual(len(rows), 50)


class Away(unittest.TestCase):
    def test_an_address_whose_plugin_is_away_is_unavailable(self):
        with Hive() as hive:
            (hive.root / "broker.sqlite").mkdir()  # it cannot start
            hive.start()
            browser = signed_in(hive)
            for answer in [browser.post("/op-send", {"to": "manager", "body": "x"}), browser.get("/dashboard/history")]:
                self.assertEqual((answer.status, answer.json()["code"]), (503, "unavailable"), answer)
            self.assertEqual(browser.get("/op-send").status, 405)
            self.assertEqual({name for name, about in listed(hive).items() if about["http"]}, {name for name, *_ in SURFACE.values()})


class Strangers(unittest.TestCase):
    """A plugin of somebody else's, which the page was not built with."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hive-stranger-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def add(self, *names):
        for name in names:
            for file in BUILD.rglob(f"{name}.so"):
                shutil.copy(file, self.folder)
                shutil.copy(file.with_suffix(".toml"), self.folder)

    def hive(self, more=""):
        return Hive(config=f'[host]\nplugin_dirs = ["{self.folder}"]\n[plugins.lifecycle]\nmanager = false\n{more}')

    def test_its_address_is_there_as_it_is_and_goes_and_comes_with_it(self):
        self.add("hello")
        with self.hive() as hive:
            hive.start()
            browser = signed_in(hive)
            hive.wait_for(lambda: browser.post("/hello/bob").status == 200, "the stranger's address")
            self.assertEqual(browser.post("/hello/bob").json(), {"text": "hello, bob"})
            self.assertEqual(browser.post("/hello/bob", {"evil": 1}).json()["field"], "evil")
            self.assertEqual(browser.get("/hello/bob").headers["allow"], "POST, OPTIONS")
            config = hive.root / "hive.toml"
            config.write_text(config.read_text() + "[plugins.hello]\nenabled = false\n")
            hive.call("host.reload", {"plugin": "hello"})
            self.assertEqual(browser.post("/hello/bob").status, 503)
            config.write_text(config.read_text().replace("enabled = false", 'greeting = "hi"'))
            hive.call("host.reload", {"plugin": "hello"})
            self.assertEqual(browser.post("/hello/bob").json(), {"text": "hi, bob"})

    def test_what_it_may_not_have_costs_nobody_else_anything(self):
        self.add("hello", "garble")
        with self.hive() as hive:
            hive.start()
            browser = signed_in(hive)
            hive.wait_for(lambda: browser.post("/hello/bob").status == 200, "the other stranger's address")
            self.assertEqual(browser.post("/op-send", {"to": "operator", "body": "x"}).status, 200)
            self.assertEqual(browser.get("/garble").status, 404)
            garble = next(row for row in hive.call("host.plugins")["plugins"] if row["id"] == "garble")
            self.assertIn("garble.taken is left out: broker.send already answers POST /op-send; choose another address",
                          garble["left_out"])
            self.assertIn("garble.taken is left out", hive.output())


if __name__ == "__main__":
    unittest.main()
