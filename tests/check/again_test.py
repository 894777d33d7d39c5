"""A failed test that runs again: by the real ctest, in a tree of four tests that are scripts of a line each."""
import contextlib
import io
import os
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

import again

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Fails the first time, every time, the first two times; does not want to run the second time.
TESTS = {
    "once-fails.[1]+": 'test -e "$0.ran" || { touch "$0.ran"; exit 1; }',
    "always.fails": "exit 1",
    "twice.fails": 'echo x >>"$0.runs"; [ "$(wc -l <"$0.runs")" -gt 2 ]',
    "fails.then.skips": '[ -e "$0.ran" ] && exit 77; touch "$0.ran"; exit 1',
    "passes": "exit 0",
}


def make_tree(folder, *names):
    """A build tree of those tests; whoever calls ctest there finds them."""
    os.makedirs(folder)
    with open(os.path.join(folder, "CTestTestfile.cmake"), "w", encoding="utf-8") as listed:
        for i, name in enumerate(names):
            script = os.path.join(folder, f"test{i}")
            with open(script, "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\n{TESTS[name]}\n")
            os.chmod(script, 0o755)
            listed.write(f'add_test([=[{name}]=] "{script}")\n'
                         f"set_tests_properties([=[{name}]=] PROPERTIES SKIP_RETURN_CODE 77)\n")


class Again(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hive-again-")
        self.addCleanup(shutil.rmtree, self.folder)

    def again(self, *names):
        """(exit code, lines of its own) after one run of all of them."""
        tree = os.path.join(self.folder, "tree")
        make_tree(tree, *names)
        subprocess.run(["ctest", "--test-dir", tree, "--output-junit", os.path.join(tree, "junit.xml")],
                       check=False, capture_output=True)
        shown = io.StringIO()
        with mock.patch.object(again.sys, "argv", ["again", tree]), contextlib.redirect_stdout(shown):
            code = again.main()
        return code, shown.getvalue().splitlines()

    def test_one_that_passes_twice_is_flaky(self):
        self.assertEqual(self.again("once-fails.[1]+", "passes"), (0, ["FLAKY once-fails.[1]+", "1 flaky, 0 failed"]))

    def test_one_that_fails_again_has_failed(self):
        code, lines = self.again("always.fails", "once-fails.[1]+", "twice.fails")
        self.assertEqual(code, 1)
        self.assertEqual(lines, ["FAILED AGAIN always.fails", "FLAKY once-fails.[1]+", "FAILED AGAIN twice.fails",
                                 "1 flaky, 2 failed"])

    def test_one_that_is_skipped_then_did_not_pass(self):
        self.assertEqual(self.again("fails.then.skips")[1][-1], "0 flaky, 1 failed")

    def test_many_failures_are_no_accident(self):
        with mock.patch.object(again, "MOST", 1):
            code, lines = self.again("once-fails.[1]+", "always.fails")
        self.assertEqual((code, lines[-1]), (1, "0 flaky, 2 failed"))

    def test_no_run_is_begun_after_the_time(self):
        times = iter([0, again.SECONDS + 1])
        self.assertEqual(again.judged(self.folder, ["passes"], lambda: next(times)), [])

    def test_a_report_that_is_not_there_is_a_failure(self):
        os.makedirs(os.path.join(self.folder, "tree"))
        with mock.patch.object(again.sys, "argv", ["again", os.path.join(self.folder, "tree")]):
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(again.main(), 1)


# Runs ctest in the tree of its preset as the script does, and ends with its line.
HIVE = """#!/usr/bin/env bash
case "$1" in install) exit 0 ;; esac
tree="build/$HIVE_PRESET"
ctest --test-dir "$tree" --output-junit "$PWD/$tree/junit.xml" >/dev/null && failed=0 || failed=1
python3 tests/check/summary.py --ctest-failed $failed "$tree/junit.xml"
"""


class Ci(unittest.TestCase):
    """The whole of .ci/run, on a tree whose script `hive` is the few lines above."""

    def setUp(self):
        self.tree = tempfile.mkdtemp(prefix="hive-ci-")
        self.addCleanup(shutil.rmtree, self.tree)
        for path in (".ci/run", "tests/check/again.py", "tests/check/summary.py"):
            os.makedirs(os.path.dirname(os.path.join(self.tree, path)), exist_ok=True)
            shutil.copy(os.path.join(SOURCE, path), os.path.join(self.tree, path))
        for path, text in (("hive", HIVE), (".ci/lint", "#!/bin/sh\necho 1 passed, 0 failed\n")):
            with open(os.path.join(self.tree, path), "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(os.path.join(self.tree, path), 0o755)

    def run_ci(self, **tests):
        for preset in ("dev", "asan", "tsan"):
            make_tree(os.path.join(self.tree, "build", preset), "passes", *tests.get(preset, ()))
        ran = subprocess.run(["bash", ".ci/run"], cwd=self.tree, check=False, capture_output=True, text=True)
        return ran.returncode, ran.stdout.splitlines()

    def test_a_flaky_test_is_named_above_the_last_line_and_the_run_goes_on(self):
        code, lines = self.run_ci(dev=["once-fails.[1]+"], tsan=["once-fails.[1]+"])
        self.assertEqual(code, 0)
        self.assertEqual(lines[-3:], ["FLAKY once-fails.[1]+ (tests)", "FLAKY once-fails.[1]+ (threads)",
                                      "6 passed, 0 failed"])

    def test_a_deterministic_failure_stays_one(self):
        code, lines = self.run_ci(asan=["always.fails", "once-fails.[1]+"])
        self.assertEqual(code, 1)
        self.assertEqual(lines[-2:], ["FLAKY once-fails.[1]+ (sanitizers)", "5 passed, 1 failed"])

    def test_nothing_is_named_where_all_is_well(self):
        code, lines = self.run_ci()
        self.assertEqual((code, lines[-1]), (0, "4 passed, 0 failed"))
        self.assertNotIn("FLAKY", "\n".join(lines))


if __name__ == "__main__":
    unittest.main()
