"""The command line as a program in a terminal uses it: piped, interrupted, and asked by a shell."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
from hive import BUILD, PATIENCE, Hive  # noqa: E402

C0RE = BUILD / "bin/hive-c0re"


class CliTest(unittest.TestCase):
    def setUp(self):
        self.hive = self.enterContext(Hive())
        self.hive.start()
        self.hive.wait_until_running("manager")

    def run_with(self, words, text):
        return subprocess.run([C0RE, "--root", self.hive.root, *words], input=text, capture_output=True, text=True,
                              timeout=PATIENCE)

    def follow(self, *words):
        """A command that goes on, and the list of the lines that it has printed so far."""
        follower = subprocess.Popen([C0RE, "--root", self.hive.root, *words], text=True, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(follower.stdout.readline, "")), daemon=True)
        reader.start()
        self.addCleanup(follower.stdout.close)
        self.addCleanup(follower.stderr.close)
        self.addCleanup(reader.join, PATIENCE)
        self.addCleanup(follower.wait, PATIENCE)
        self.addCleanup(follower.kill)
        return follower, lines

    def interrupt(self, follower):
        """What it said on standard error until then."""
        self.assertIsNone(follower.poll())
        follower.send_signal(signal.SIGINT)
        self.assertEqual(follower.wait(PATIENCE), -signal.SIGINT)
        return follower.stderr.read()

    def said_by_manager(self):
        return [line.split("  ", 1)[1] for line in self.hive.cli("logs", "manager").splitlines()]

    def test_logs_are_followed_until_it_is_interrupted(self):
        shown = self.hive.wait_for(lambda: self.hive.cli("logs", "manager").splitlines(), "a line of the manager")
        follower, lines = self.follow("logs", "-f", "manager")
        self.hive.wait_for(lambda: len(lines) >= len(shown), "what was written before")
        self.hive.cli("restart", "manager")
        more = self.hive.wait_for(lambda: len(now := self.said_by_manager()) > len(shown) and now, "lines of the restart")
        self.hive.wait_for(lambda: len(lines) >= len(more), "the same lines from the follower")
        self.assertEqual([line.rstrip("\n").split("  ", 1)[1] for line in lines[:len(more)]], more)
        self.assertEqual(self.interrupt(follower), "")

    def test_what_is_followed_goes_on_over_a_restart_of_the_host(self):
        mail, letters = self.follow("inbox", "--follow", "--sent", "--json")
        log, written = self.follow("logs", "-f", "manager")
        self.hive.cli("send", "manager", "one")
        self.hive.wait_for(lambda: letters, "the first message")
        self.hive.wait_for(lambda: written, "what was written before")
        self.hive.kill_host()
        self.hive.start()
        self.hive.wait_until_running("manager")
        self.hive.cli("send", "manager", "two")
        self.hive.wait_for(lambda: len(letters) >= 2, "the message after the restart")
        self.assertEqual([json.loads(line)["body"] for line in letters], ["one", "two"])
        before = len(self.said_by_manager())
        self.hive.cli("restart", "manager")
        more = self.hive.wait_for(lambda: len(now := self.said_by_manager()) > before and now, "lines of the restart")
        self.hive.wait_for(lambda: len(written) >= len(more), "the same lines from the follower")
        self.assertEqual([line.rstrip("\n").split("  ", 1)[1] for line in written[:len(more)]], more)
        for follower in (mail, log):
            self.assertIn("waiting for it to come back", self.interrupt(follower))

    def test_what_is_followed_ends_when_nobody_can_be_told(self):
        self.hive.call("broker.send", {"to": "operator", "body": "one"})
        for words in (["inbox", "--follow"], ["logs", "-f", "manager"]):
            with self.subTest(words), open("/dev/full", "w") as full:
                done = subprocess.run([C0RE, "--root", self.hive.root, *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                      timeout=PATIENCE)
                self.assertEqual(done.returncode, 74, done.stderr)
                self.assertIn("the output cannot be written", done.stderr)

    def test_call_takes_its_params_from_standard_input(self):
        body = "two\nlines and a \" in one"
        called = self.run_with(["call", "broker.send", "-"], json.dumps({"to": "manager", "body": body}))
        self.assertEqual(called.returncode, 0, called.stderr)
        [message] = [mail for mail in self.hive.inbox("manager") if mail["from"] == "operator"]
        self.assertEqual((message["id"], message["body"]), (json.loads(called.stdout)["id"], body))
        for nonsense in ("", "[]", "{", "{} {}"):
            refused = self.run_with(["call", "broker.send", "-"], nonsense)
            self.assertEqual((refused.returncode, refused.stdout), (64, ""), nonsense)
            self.assertIn("the params of broker.send are not a JSON object", refused.stderr)

    def complete(self, *words):
        """What bash would offer for the last word."""
        script = '''source <("$1" completion bash); complete -p hive-c0re >&2
                    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
                    _hive_c0re; printf "%s\\n" "${COMPREPLY[@]}"'''
        done = subprocess.run(["bash", "-uc", script, "bash", C0RE, *words], capture_output=True, text=True,
                              env=os.environ | {"HYPERHIVE_ROOT": str(self.hive.root)}, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, "complete -o default -F _hive_c0re hive-c0re\n"))
        return done.stdout.split()

    def test_bash_completes_commands_verbs_options_and_agents(self):
        self.assertEqual(self.complete("sen"), ["send"])
        self.assertEqual(self.complete("broker", "requ"), ["requeue", "requeue_all"])
        self.assertEqual(self.complete("restart", "ma"), ["manager"])
        self.assertEqual(self.complete("destroy", "manager", "--pu"), ["--purge"])
        self.assertEqual(self.complete("no-such-word-is-there"), [])


if __name__ == "__main__":
    unittest.main()
