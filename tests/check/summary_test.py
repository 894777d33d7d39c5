import contextlib
import io
import os
import sys
import tempfile
import unittest
from unittest import mock

import summary

CASES = {
    "passed": '<testcase name="a" status="run"/>',
    "failed": '<testcase name="b" status="fail"><failure message="x"/></testcase>',
    "skipped": '<testcase name="c" status="notrun">'
               '<skipped message="SKIP_RETURN_CODE=77"/></testcase>',
    "unstarted": '<testcase name="d" status="notrun">'
                 '<skipped message="Unable to find executable"/></testcase>',
    "disabled": '<testcase name="e" status="disabled"><skipped message="Disabled"/></testcase>',
}


def run(*kinds, ctest_failed=0):
    """(exit code, last line) of the summary of one file with these cases."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "junit.xml")
        with open(file, "w", encoding="utf-8") as out:
            out.write("<testsuite>" + "".join(CASES[kind] for kind in kinds) + "</testsuite>")
        return main("--ctest-failed", str(ctest_failed), file)


def main(*arguments):
    shown = io.StringIO()
    with mock.patch.object(sys, "argv", ["summary", *arguments]), contextlib.redirect_stdout(shown):
        code = summary.main()
    return code, shown.getvalue().splitlines()[-1]


class Summary(unittest.TestCase):
    def test_counts(self):
        self.assertEqual(run("passed", "passed"), (0, "2 passed, 0 failed"))
        self.assertEqual(run("passed", "failed"), (1, "1 passed, 1 failed"))
        self.assertEqual(run("passed", "skipped"), (0, "1 passed, 0 failed, 1 skipped"))

    def test_a_test_that_did_not_start_has_failed(self):
        self.assertEqual(run("passed", "unstarted"), (1, "1 passed, 1 failed"))
        self.assertEqual(run("disabled"), (1, "0 passed, 1 failed"))

    def test_nothing_ran_is_a_failure(self):
        self.assertEqual(run(), (1, "0 passed, 1 failed"))
        self.assertEqual(main("/nowhere/junit.xml"), (1, "0 passed, 1 failed"))

    def test_a_failure_that_ctest_alone_saw_counts(self):
        self.assertEqual(run("passed", ctest_failed=1), (1, "1 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
