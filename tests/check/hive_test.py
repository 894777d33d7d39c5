"""The script `hive` on a tree of its own whose host is a stand-in of a few lines: what is tested is the
script alone. Everything runs in a temporary folder."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import tomllib
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../testing"))
from hive import cgroup_name  # noqa: E402

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NPM_BIN = os.environ.get("HIVE_NPM_BIN", os.path.join(SOURCE, "build/npm/bin"))
DEADLINE = 60  # seconds; no test waits for it unless it fails

# Serves until SIGTERM or shutdown; answers by the existence of run/alive; writes its arguments down.
HOST = r"""#!/usr/bin/env bash
for argument in "$@"; do [[ "$previous" == --root ]] && root="$argument"; previous="$argument"; done
case "$*" in
  *"call host.info") kill -0 "$(cat "$root/run/alive" 2>/dev/null)" 2>/dev/null ;;
  *"--json call lifecycle.list") echo '{"containers":[{"name":"manager"}]}' ;;
  *" spawn "*) echo "$*" >>"$root/calls"; [[ "$*" != *"spawn $(cat "$root/unwanted" 2>/dev/null)" ]] ;;
  *"open") echo "$*" >>"$root/opened"
    [[ -e "$root/no-page" ]] && { echo '{"error":{"code":"unavailable","message":"no \"plugin\" answers"}}' >&2; exit 69; }
    echo '{"url":"http://127.0.0.1:7000/open/code","phrase":"a-b-c"}' ;;
  *" doctor") cat "$root/no-page"; exit 1 ;;
  *"shutdown --agents") kill "$(cat "$root/run/alive")"; echo "$*" >>"$root/calls" ;;
  serve*)
    echo "$*" >>"$root/calls"
    grep -q broken "$root/hive.toml" && { echo "hive.toml: line 3 is broken"; exit 1; }
    trap 'rm -f "$root/run/alive"; exit 0' TERM
    echo $$ >"$root/run/alive"
    while :; do read -rt 1 <> <(:); done ;;
esac
"""
TOOL = "#!/bin/sh\nexit 0\n"


def write(path, text, mode=0o755):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def is_gone(pid):
    """A zombie counts as gone: who should reap it is not this test's affair."""
    try:
        return read(f"/proc/{pid}/stat").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def writable_cgroups():
    """The folder of the cgroup2 tree, where this process may add to it."""
    with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
        places = [line.split()[4] for line in mounts if " - cgroup2 " in line]
    return next((place for place in places if os.access(place, os.W_OK)), None)


CGROUPS = writable_cgroups()


class Hive(unittest.TestCase):
    def setUp(self):
        self.tree = tempfile.mkdtemp(prefix="hive-script-")
        self.addCleanup(shutil.rmtree, self.tree)
        self.root = os.path.join(self.tree, ".hive")
        shutil.copy(os.path.join(SOURCE, "hive"), self.tree)
        for folder in ("tests/npm", "tests/testing/model"):
            shutil.copytree(os.path.join(SOURCE, folder), os.path.join(self.tree, folder))
        npm = os.path.join(self.tree, "build/npm")
        os.makedirs(npm)
        os.symlink(NPM_BIN, os.path.join(npm, "bin"))
        shutil.copy(os.path.join(os.path.dirname(NPM_BIN), "installed"), npm)
        write(os.path.join(self.tree, "build/release/bin/hive-c0re"), HOST)
        write(os.path.join(self.tree, "build/release/build.ninja"), "")
        for tool in ("ninja", "cmake"):
            write(os.path.join(self.tree, "tools", tool), TOOL)
        self.addCleanup(self.end_everything)

    def end_everything(self):
        for name in ("run/alive", "run/model.pid"):
            try:
                os.kill(int(read(os.path.join(self.root, name)).split()[0]), signal.SIGKILL)
            except (OSError, ValueError, IndexError):
                pass

    def run_in_tree(self, words, **environment):
        path = os.path.join(self.tree, "tools") + ":" + os.environ["PATH"]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HIVE_")}
        return subprocess.run(words, cwd=self.tree, text=True, env={**inherited, "PATH": path, **environment},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE, check=False)

    def hive(self, *arguments, under=(), **environment):
        return self.run_in_tree([*under, os.path.join(self.tree, "hive"), *arguments], **environment)

    def calls(self):
        return read(os.path.join(self.root, "calls")).splitlines()

    def test_up_and_down(self):
        started = self.hive("up", "--detach")
        self.assertEqual(started.returncode, 0, started.stderr)
        self.assertIn("api_key_file or oauth_token_file", started.stderr)
        self.assertIn('open the page          http://127.0.0.1:7000/open/code (once, within two minutes; it shows "a-b-c")',
                      started.stderr)
        again = self.hive("up", "--detach")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("it runs already", again.stderr)
        self.assertIn("started without --demo", self.hive("up", "--demo", "--detach").stderr)
        stopped = self.hive("down")
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        self.assertIn("no process, mount or cgroup", stopped.stderr)
        self.assertEqual([call.split()[0] for call in self.calls()], ["serve", "--root"])

    # What profiles export, by what it would change: words of the shell, of the tools, and of the compiler.
    PROFILE = {
        "SHELLOPTS": "braceexpand:noglob:nounset:posix", "BASHOPTS": "failglob:nocasematch", "CDPATH": "/:/tmp:.",
        "GLOBIGNORE": "*", "POSIXLY_CORRECT": "1", "LC_ALL": "C", "GREP_OPTIONS": "--color=always",
        "GREP_COLORS": "mt=01;31", "BASH_FUNC_grep%%": "() { command grep --color=always \"$@\"; }",
        "BASH_FUNC_cd%%": "() { builtin cd \"$@\" && echo entered; }", "BASH_FUNC_stat%%": "() { return 1; }",
        "BASH_FUNC_kill%%": "() { echo no; }", "BASH_FUNC_env%%": "() { echo mine; }", "NODE_OPTIONS": "--require=/nowhere.js",
        "CXXFLAGS": "-Dint=float", "LDFLAGS": "-lnowhere", "CMAKE_GENERATOR": "Unix Makefiles", "NINJA_STATUS": "hm",
        "DESTDIR": "/nowhere", "PYTHONHOME": "/nowhere", "AWKPATH": "/nowhere", "GTEST_FILTER": "None.*",
    }

    def test_what_a_profile_exports_changes_nothing(self):
        write(os.path.join(self.tree, "tools/ninja"), f"#!/bin/sh\nenv >>{self.tree}/environment\n")
        write(os.path.join(self.tree, "profile"), "grep() { echo profile; }; set -f\n", 0o644)
        profile = {**self.PROFILE, "BASH_ENV": os.path.join(self.tree, "profile")}
        runs = []
        for exported in ({}, profile):
            started = self.hive("up", "--demo", "--detach", **exported)
            again = self.hive("up", "--detach", **exported)
            stopped = self.hive("down", **exported)
            said = [run.stderr + run.stdout for run in (started, again, stopped)]
            runs.append(([run.returncode for run in (started, again, stopped)], said[1:], self.calls()[-1]))
            self.assertEqual(runs[-1][0], [0, 0, 0], said)
        self.assertEqual(*runs)
        environment = read(os.path.join(self.tree, "environment"))
        for name in ("CXXFLAGS", "LDFLAGS", "CMAKE_GENERATOR", "DESTDIR", "GTEST_FILTER", "CDPATH", "BASH_FUNC"):
            self.assertNotIn(name, environment)

    def test_what_reaches_the_registries_and_the_build_is_kept(self):
        write(os.path.join(self.tree, "tools/ninja"), f"#!/bin/sh\nenv >{self.tree}/environment\n")
        kept = {"https_proxy": "http://proxy:3128", "NODE_EXTRA_CA_CERTS": "/ca.pem", "CCACHE_DIR": "/cache",
                "HIVE_JOBS": "3", "TZ": "Europe/Vienna", "npm_config_registry": "http://127.0.0.1:1/a b"}
        self.assertEqual(self.hive("build", **kept).returncode, 0)
        lines = read(os.path.join(self.tree, "environment")).splitlines()
        for name, value in kept.items():
            self.assertIn(f"{name}={value}", lines)

    def test_what_is_printed_can_be_pasted(self):
        root = os.path.join(self.tree, "it's \"two\" \\ words $HOME")
        started = self.hive("up", "--detach", "--root", root)
        self.assertEqual(started.returncode, 0, started.stderr)
        [line] = [line for line in started.stderr.splitlines() if "stop everything" in line]
        command = line.partition("./hive")[2]
        with open(os.path.join(root, "hive.toml"), "rb") as file:
            self.assertTrue(os.path.isabs(tomllib.load(file)["claude"]["command"]))
        stopped = self.run_in_tree(["bash", "-c", "./hive" + command])
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        [listed] = [line for line in started.stderr.splitlines() if "who is there" in line]
        words = subprocess.run(["bash", "-c", 'printf "%s\\n" ' + listed.split("there", 1)[1]], capture_output=True,
                               text=True, check=True).stdout.splitlines()
        self.assertEqual(words[1:], ["--root", root, "list"])

    def test_words_of_others_command_no_terminal(self):
        for words in (["\x1b[2J"], ["up", "\x1b[2J"], ["test", "\x1b[2J"], ["up", "--port", "\x1b[2J"],
                      ["down", "--root", "/\x1b[2J"], ["up", "--demo", "--script", "/\x1b[2J"]):
            self.assertNotIn("\x1b", self.hive(*words).stderr, words)

    def test_a_folder_with_a_line_break_in_its_name_is_refused(self):
        refused = self.hive("up", "--detach", "--root", os.path.join(self.tree, "two\nlines"))
        self.assertEqual(refused.returncode, 1)
        self.assertIn("control character", refused.stderr)

    def test_down_does_not_say_stopped_when_it_could_not_look(self):
        os.makedirs(os.path.join(self.root, "logs"))
        for tool in ("stat", "awk", "grep", "find", "sort"):
            broken = os.path.join(self.tree, "tools", tool)
            write(broken, "#!/bin/sh\necho broken >&2; exit 127\n")
            stopped = self.hive("down", HIVE_STOP_SECONDS="0")
            os.remove(broken)
            self.assertNotEqual(stopped.returncode, 0, tool)
            self.assertNotIn("stopped;", stopped.stderr, tool)
            self.assertIn("looked at", stopped.stderr, tool)
        self.assertEqual(self.hive("down").returncode, 0)

    def test_down_does_not_take_a_folder_that_it_cannot_see_for_none(self):
        hidden = os.path.join(self.tree, "tools/stat")
        write(hidden, "#!/bin/sh\necho 'stat: cannot statx: Permission denied' >&2; exit 1\n")
        stopped = self.hive("down", "--root", os.path.join(self.tree, "hidden/root"))
        self.assertEqual(stopped.returncode, 1)
        self.assertNotIn("nothing runs", stopped.stderr)
        os.remove(hidden)
        self.assertIn("nothing runs", self.hive("down", "--root", os.path.join(self.tree, "hidden/root")).stderr)

    def test_up_says_why_there_is_no_page(self):
        write(os.path.join(self.root, "no-page"),
              "WRONG  plugins: dashboard is faulted: 127.0.0.1:7000 cannot be listened on\n", 0o644)
        started = self.hive("up", "--detach")
        self.assertIn("there is no page       the plugin dashboard is faulted: 127.0.0.1:7000 cannot be", started.stderr)
        write(os.path.join(self.root, "no-page"), "", 0o644)
        self.assertIn('there is no page       no "plugin" answers\n', self.hive("up", "--detach").stderr)
        self.assertEqual(len(read(os.path.join(self.root, "opened")).splitlines()), 2, "once each time")

    def test_a_folder_that_cannot_be_had_is_refused_before_anything_is_built(self):
        write(os.path.join(self.tree, "taken"), "", 0o644)
        write(os.path.join(self.tree, "tools/ninja"), f"#!/bin/sh\ntouch {self.tree}/built\n")
        refused = self.hive("up", "--detach", "--root", os.path.join(self.tree, "taken"))
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, r"^hive: nothing can be written to .*/taken; .* --root\n$")
        self.assertFalse(os.path.exists(os.path.join(self.tree, "built")))

    def test_what_a_command_does_not_know_is_refused(self):
        for command in ("up", "down", "build", "generate", "clean"):
            refused = self.hive(command, "surplus")
            self.assertEqual(refused.returncode, 2, command)
            self.assertIn(f"{command} does not know surplus", refused.stderr)

    def test_the_users_settings_are_never_overwritten(self):
        write(os.path.join(self.root, "hive.toml"), "[claude]\napi_key_file = '/k'\n", 0o644)
        started = self.hive("up", "--detach")
        self.assertNotIn("no login", started.stderr)
        self.assertEqual(read(os.path.join(self.root, "hive.toml")), "[claude]\napi_key_file = '/k'\n")

    def test_a_start_that_fails_shows_why(self):
        write(os.path.join(self.root, "hive.toml"), "broken", 0o644)
        started = self.hive("up", "--detach")
        self.assertEqual(started.returncode, 1)
        self.assertIn("line 3 is broken", started.stderr)

    def test_a_demo_that_fails_leaves_no_model(self):
        write(os.path.join(self.root, "hive.toml"), "broken", 0o644)
        self.assertEqual(self.hive("up", "--demo", "--detach").returncode, 1)
        self.assertFalse(os.path.exists(os.path.join(self.root, "run/model.pid")))
        port = read(os.path.join(self.root, "run/model.port")).strip()
        with socket.socket() as probe:
            self.assertNotEqual(probe.connect_ex(("127.0.0.1", int(port))), 0)

    def test_options_that_make_no_sense_are_refused(self):
        for words, why in ((["--script", __file__], "--demo"), (["--port", "http"], "1 to 65535"),
                           (["--port", "70000"], "1 to 65535"), (["--port"], "wants a value"),
                           (["--port", "0"], "1 to 65535"), (["--demo", "--script", "/nowhere"], "cannot be read")):
            refused = self.hive("up", "--detach", *words)
            self.assertNotEqual(refused.returncode, 0, words)
            self.assertIn(why, refused.stderr)
        self.assertFalse(os.path.exists(self.root))

    def test_demo_gives_the_host_a_model_and_down_ends_it(self):
        started = self.hive("up", "--demo", "--detach")
        self.assertEqual(started.returncode, 0, started.stderr)
        port = read(os.path.join(self.root, "run/model.port")).strip()
        self.assertIn(f"claude.base_url=http://127.0.0.1:{port}/{{{{name}}}}", self.calls()[0])
        self.assertEqual(os.stat(os.path.join(self.root, "demo.key")).st_mode & 0o777, 0o600)
        pid = int(read(os.path.join(self.root, "run/model.pid")).split()[0])
        self.assertEqual(self.hive("down").returncode, 0)
        self.assertTrue(is_gone(pid))

    def spawned(self):
        return [call.split()[-1] for call in self.calls() if " spawn " in call]

    def test_the_demos_agents_are_made_once(self):
        self.assertEqual(self.hive("up", "--demo", "--detach").returncode, 0)
        self.assertEqual(self.spawned(), ["alice", "bob"])
        self.hive("down")
        self.assertEqual(self.hive("up", "--demo", "--detach").returncode, 0)
        self.assertEqual(self.spawned(), ["alice", "bob"])

    def test_a_demo_goes_on_without_an_agent_that_cannot_be_made_and_tries_again(self):
        write(os.path.join(self.root, "unwanted"), "bob")
        started = self.hive("up", "--demo", "--detach")
        self.assertEqual(started.returncode, 0)
        self.assertIn("goes on without bob", started.stderr)
        self.hive("down")
        os.remove(os.path.join(self.root, "unwanted"))
        self.hive("up", "--demo", "--detach")
        self.assertEqual(self.spawned()[-1], "bob")

    def test_another_script_gets_no_agents_of_the_demo(self):
        script = os.path.join(self.tree, "tests/testing/model/demo.json")
        self.assertEqual(self.hive("up", "--demo", "--script", script, "--detach").returncode, 0)
        self.assertEqual(self.spawned(), [])

    def test_a_second_demo_keeps_the_port_that_agents_know(self):
        self.assertEqual(self.hive("up", "--demo", "--detach").returncode, 0)
        port = read(os.path.join(self.root, "run/model.port"))
        os.kill(int(read(os.path.join(self.root, "run/alive"))), signal.SIGKILL)
        self.assertEqual(self.hive("up", "--demo", "--detach").returncode, 0)
        self.assertEqual(read(os.path.join(self.root, "run/model.port")), port)

    def test_a_recycled_pid_is_not_killed(self):
        bystander = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(bystander.wait)
        self.addCleanup(bystander.kill)
        write(os.path.join(self.root, "run/model.pid"), f"{bystander.pid} 1 another-boot\n", 0o644)
        self.assertEqual(self.hive("down").returncode, 0)
        self.assertIsNone(bystander.poll())

    def test_down_names_what_is_left(self):
        os.makedirs(self.root)
        left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)", self.root])
        self.addCleanup(left.wait)
        self.addCleanup(left.kill)
        write(os.path.join(self.tree, "build/release/bin/hive-c0re"), "#!/bin/sh\nexit 1\n")
        os.makedirs(os.path.join(self.root, "logs"))
        stopped = self.hive("down", HIVE_STOP_SECONDS="0")
        self.assertEqual(stopped.returncode, 1)
        self.assertIn(f"process {left.pid}", stopped.stderr)

    def test_down_takes_nobody_who_called_it_for_a_leftover(self):
        os.makedirs(os.path.join(self.root, "logs"))
        stopped = self.hive("down", "--root", self.root, under=("timeout", str(DEADLINE)), HIVE_STOP_SECONDS="0")
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        self.assertNotIn("starting one to stop them", stopped.stderr)

    @unittest.skipUnless(CGROUPS, "no cgroup can be made here")
    def test_down_removes_the_cgroups_of_agents_that_were_killed(self):
        os.makedirs(os.path.join(self.root, "logs"))
        left = os.path.join(CGROUPS, cgroup_name(os.path.realpath(self.root)))
        os.makedirs(os.path.join(left, "alice"))
        self.assertEqual(self.hive("down").returncode, 0)
        self.assertFalse(os.path.exists(left))

    @unittest.skipUnless(CGROUPS, "no cgroup can be made here")
    def test_down_names_a_cgroup_that_the_host_left(self):
        self.assertEqual(self.hive("up", "--detach").returncode, 0)
        left = os.path.join(CGROUPS, cgroup_name(os.path.realpath(self.root)))
        os.makedirs(left)
        self.addCleanup(os.rmdir, left)
        stopped = self.hive("down", HIVE_STOP_SECONDS="0")
        self.assertEqual(stopped.returncode, 1)
        self.assertIn(f"cgroup {left}", stopped.stderr)

    def test_down_starts_a_host_for_agents_without_one(self):
        os.makedirs(os.path.join(self.root, "run"))
        os.makedirs(os.path.join(self.root, "logs"))
        write(os.path.join(self.root, "hive.toml"), "", 0o644)
        # Many with long command lines: more than a pipe holds.
        for _ in range(8):
            left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)", self.root, "x" * 30000])
            self.addCleanup(left.wait)
            self.addCleanup(left.kill)
        self.hive("down", HIVE_STOP_SECONDS="0")
        self.assertEqual([call.split()[0] for call in self.calls()], ["serve", "--root"])

    def generate(self, stale="", code=0):
        """Of a tree with two plugins and a generator that finds files of the part `stale` stale."""
        order, generator = os.path.join(self.tree, "order"), os.path.join(self.tree, "tests/contracts/generated.py")
        write(generator, f"import sys\nprint('write', sys.argv[2], file=open('{order}', 'a'))\n"
              f"if sys.argv[2] == '{stale}': print('docs/cli.md')\nsys.exit({code})\n")
        write(os.path.join(self.tree, "build/dev/build.ninja"), "")
        write(os.path.join(self.tree, "tools/ninja"), f'#!/bin/sh\nshift 4; echo "build $*" >>{order}\n')
        for plugin in ("broker", "turns"):
            write(os.path.join(self.tree, "plugins", plugin, "entry.cpp"), "")
        return self.hive("generate"), read(order).splitlines()

    def test_generate_builds_no_tests_and_writes_types_before_it_builds_the_pages(self):
        done, order = self.generate()
        self.assertEqual((done.returncode, done.stderr.splitlines()[-1]), (0, "hive: every generated file is up to date"))
        self.assertEqual(order, ["build hive-c0re broker turns", "write described",
                                 "build web hive-ag3nt hive-m1nd hive-supervisor", "write answered"])

    def test_generate_names_what_it_wrote(self):
        for part in ("described", "answered"):
            done, _ = self.generate(stale=part)
            self.assertEqual((done.returncode, done.stderr.splitlines()[-1]),
                             (0, "hive: wrote docs/cli.md anew; read the difference and commit it"))

    def test_generate_ends_where_files_could_not_be_made(self):
        done, order = self.generate(code=1)
        self.assertEqual((done.returncode, order), (1, ["build hive-c0re broker turns", "write described"]))

    def test_wrong_usage_is_told(self):
        for arguments in (["upp"], ["up", "--prot", "1"], ["up", "--root"], ["down", "now"],
                          ["test", "unti"], ["install", "chekc"], ["install", "check", "now"]):
            refused = self.hive(*arguments)
            self.assertEqual(refused.returncode, 2, arguments)
            self.assertIn("./hive --help", refused.stderr)


if __name__ == "__main__":
    unittest.main()
