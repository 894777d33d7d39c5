"""A plugin author's first hour: install the SDK, `plugin new`, build and test it out of tree, load it, call it."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hive import BUILD, SOURCE, Hive  # noqa: E402

C0RE = BUILD / "bin/hive-c0re"
MOST_LINES = 40  # of the hello plugin, its contract included


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
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hive-template-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def build(self, source):
        prefix = self.folder / "prefix"
        run("cmake", "--install", BUILD, "--component", "sdk", "--prefix", prefix)
        run("cmake", "-G", "Ninja", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
            f"-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror -O0 {sanitizer_flags()}")
        run("cmake", "--build", source / "build", "--parallel", "2")
        tested = run("ctest", "--test-dir", source / "build", "--no-tests=error", "--output-on-failure")
        self.assertIn("100% tests passed", tested)
        return source / "build"

    def test_a_new_plugin_is_built_tested_loaded_and_called(self):
        run(C0RE, "plugin", "new", "word_count", self.folder / "word_count")
        built = self.build(self.folder / "word_count")
        told = run(C0RE, "plugin", "validate", built / "word_count.so")
        self.assertRegex(told, r"word_count 1\.0\.0, ABI 1\.\d+\n")
        self.assertIn("word_count.greeted (operator)", told)
        # Loaded by name: a host with nothing but this plugin.
        with Hive(config=f'[host]\nplugin_dirs = ["{built}"]\n') as hive:
            hive.start()
            answered = run(C0RE, "--root", hive.root, "word_count", "greet", "alice")
            self.assertIn("word_count, alice", answered)

    def test_a_plugin_with_a_store_and_an_outbox_is_built_and_its_letter_arrives(self):
        shutil.copytree(SOURCE / "tests/plugins/ledger", self.folder / "ledger")
        built = self.build(self.folder / "ledger")
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
            self.build(source)

    def test_the_example_stays_small(self):
        template = BUILD / "share/hyperhive/template"
        lines = sum(len((template / name).read_text().splitlines()) for name in ("hello.hpp", "entry.cpp"))
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
