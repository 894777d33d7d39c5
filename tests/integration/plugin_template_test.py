"""A plugin author's first hour: install the SDK, `plugin new`, build and test it out of tree, load it, call it."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "testing"))
import hive as support  # noqa: E402
from hive import BUILD, NPM_BIN, SOURCE, Hive  # noqa: E402
from mcp import server_of  # noqa: E402

C0RE = BUILD / "bin/hive-c0re"
MOST_LINES = 150  # of the plugin that `plugin new` writes, with its panel, its test and its page
VISIT = SOURCE / "tests/web/visit_panel.mjs"
NO_BROWSER = 77


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def sanitizer_flags():
    cache = (BUILD / "CMakeCache.txt").read_text()
    names = [line.split("=", 1)[1] for line in cache.splitlines() if line.startswith("HIVE_SANITIZE:")]
    return f"-fsanitize={names[0]}" if names and names[0] else ""


class PluginTemplateTest(unittest.TestCase):
    def setUp(self):
        # Agents' users must be able to run what is installed here.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hive-template-"))
        self.folder.chmod(0o755)
        self.prefix = self.folder / "prefix"
        self.addCleanup(shutil.rmtree, self.folder)

    def build(self, source, *what):
        """Against the installed SDK, or with `what` of it empty against all of the product."""
        run("cmake", "--install", BUILD, "--prefix", self.prefix, *what)
        run("cmake", "-G", "Ninja", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DHIVE_NODE={NPM_BIN / 'node'}",
            f"-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror -O0 {sanitizer_flags()}")
        run("cmake", "--build", source / "build", "--parallel", "2")
        tested = run("ctest", "--test-dir", source / "build", "--no-tests=error", "--output-on-failure")
        self.assertIn("100% tests passed", tested)
        return source / "build"

    def test_a_new_plugin_is_built_tested_and_used_in_an_installed_hive(self):
        run(C0RE, "plugin", "new", "word_count", self.folder / "word_count")
        built = self.build(self.folder / "word_count")
        told = run(self.prefix / "bin/hive-c0re", "plugin", "validate", built / "word_count.so")
        self.assertRegex(told, r"word_count 1\.0\.0, ABI 1\.\d+\n")
        self.assertIn("word_count.greeted (operator)", told)
        support.BUILD = self.prefix  # whatever this process starts from here on is the installed program
        with Hive(config=f'[plugins.word_count]\npath = "{built / "word_count.so"}"\n') as hive:
            hive.start()
            self.assertIn("alice", hive.cli("word_count", "greet", "alice"))
            hive.wait_until_running("manager")
            config = self.folder / "manager"
            config.mkdir()
            server = server_of(hive, "manager", config)
            self.addCleanup(server.end)
            self.assertIn("sees it", server.tools()["word_count"]["description"])
            self.assertEqual(server.use("word_count", {"name": "bob"}), ("Greeted bob.", False))
            self.visit(hive)
            self.assertEqual([row["name"] for row in hive.call("word_count.list")["names"]], ["alice", "bob", "carol", "dave"])

    def visit(self, hive):
        """In a browser: the panel shows whom others greeted, greets carol, and dave comes to it as an event."""
        visitor = subprocess.Popen([NPM_BIN / "node", VISIT, hive.call("http.open")["url"], "word_count", "bob", "carol", "dave"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = visitor.stdout.readline()
        if said == "greeted\n":
            hive.cli("word_count", "greet", "dave")
        said += visitor.communicate()[0]
        if visitor.returncode == NO_BROWSER:
            self.skipTest(said)
        self.assertEqual((visitor.returncode, said), (0, "greeted\n"))

    def test_a_panel_is_built_by_what_its_plugin_gives_and_installed_with_it(self):
        source = self.folder / "word_count"
        run(C0RE, "plugin", "new", "word_count", source)
        built = self.build(source, "--component", "sdk")
        run("cmake", "--install", built, "--prefix", self.folder / "own")
        self.assertEqual(sorted(os.listdir(self.folder / "own/lib/hyperhive/plugins")),
                         ["panel-word_count.js", "word_count.so", "word_count.toml"])
        panel = source / "web/panel.tsx"
        panel.write_text(panel.read_text().replace("greeted.upsert(row)", "greeted.upsert({ name: row.nom })"))
        with self.assertRaisesRegex(AssertionError, "Property 'nom' does not exist on type"):
            run("cmake", "--build", built)

    def test_a_plugin_with_a_store_and_an_outbox_is_built_and_its_letter_arrives(self):
        shutil.copytree(SOURCE / "tests/plugins/ledger", self.folder / "ledger")
        built = self.build(self.folder / "ledger", "--component", "sdk")
        with Hive(config=f'[host]\nplugin_dirs = ["{built}"]\n[plugins.lifecycle]\nmanager = false\n') as hive:
            hive.start()
            self.assertIn("1", hive.cli("ledger", "write", "operator", "rent"))
            letter = hive.wait_for(lambda: hive.inbox("operator"), "the letter")[0]
            self.assertEqual((letter["from"], letter["body"]), ("system", "noted: rent"))
            self.assertTrue((hive.root / "ledger.sqlite").exists())

    def test_a_part_of_the_sdk_that_is_not_there_is_named(self):
        source = self.folder / "wanting"
        source.mkdir()
        (source / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(wanting LANGUAGES CXX)\n"
                                               "find_package(HyperhiveSDK REQUIRED COMPONENTS sqlight)\n")
        with self.assertRaisesRegex(AssertionError, "there is no component sqlight; known: sqlite"):
            self.build(source, "--component", "sdk")

    def test_the_example_stays_small(self):
        files = [file for file in (BUILD / "share/hyperhive/template").resolve().rglob("*") if file.is_file()]
        lines = sum(len(file.read_text().splitlines()) for file in files)
        self.assertLessEqual(lines, MOST_LINES)

    def test_validate_says_what_is_wrong(self):
        wrong = self.folder / "wrong.so"
        wrong.write_text("no shared object")
        done = subprocess.run([C0RE, "plugin", "validate", wrong], capture_output=True, text=True)
        self.assertEqual(done.returncode, 73)
        self.assertIn("wrong.so", done.stderr)
        self.assertIn("manifest", done.stderr)

    def test_validate_names_what_a_host_leaves_out(self):
        garble = BUILD / "tests/plugins/garble.so"
        done = subprocess.run([C0RE, "plugin", "validate", garble], capture_output=True, text=True)
        self.assertEqual(done.returncode, 73, done)
        self.assertIn("garble.latin: is left out: its description is not UTF-8", done.stderr)
        self.assertIn("garble.send is left out: broker.send already has a tool named send", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_validate_refuses_a_plugin_that_hangs(self):
        sulk = BUILD / "tests/plugins/sulk.so"  # which hangs in its destructor
        for words in ([], ["--json"]):
            done = subprocess.run([C0RE, *words, "plugin", "validate", sulk], capture_output=True, text=True)
            self.assertEqual(done.returncode, 75, done)
            self.assertIn("sulk.so: the plugin hangs in start() or in its destructor", done.stderr)
            self.assertEqual(done.stdout, "")

    def test_validate_refuses_what_the_host_refuses(self):
        built = BUILD / "tests/plugins"
        renamed = self.folder / "hullo.so"
        shutil.copy(built / "hello.so", renamed)
        shutil.copy(built / "hello.toml", renamed.with_suffix(".toml"))
        sentence = f"{renamed}: holds the plugin hello; name the file after it"
        done = subprocess.run([C0RE, "plugin", "validate", renamed], capture_output=True, text=True)
        self.assertEqual(done.returncode, 73)
        self.assertIn(sentence, done.stderr)
        with Hive(config=f'[host]\nplugin_dirs = ["{self.folder}"]\n') as hive:
            hive.start()
            reasons = {plugin["id"]: plugin.get("reason", "") for plugin in hive.call("host.plugins")["plugins"]}
            self.assertEqual(reasons["hullo"], sentence)

    def test_new_overwrites_nothing(self):
        full = self.folder / "full"
        full.mkdir()
        (full / "mine.txt").write_text("mine")
        done = subprocess.run([C0RE, "plugin", "new", "thing", full], capture_output=True, text=True)
        self.assertEqual(done.returncode, 73)
        self.assertEqual(os.listdir(full), ["mine.txt"])


if __name__ == "__main__":
    unittest.main()
