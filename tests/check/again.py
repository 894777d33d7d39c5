#!/usr/bin/env python3
"""Runs the tests that failed in a build tree again, each alone and twice, and says which of them are flaky.

usage: again.py TREE

TREE/junit.xml names the tests that failed. One that passes twice is flaky: its line is `FLAKY name`. One that fails
again has failed. When more than MOST tests failed, none is run again, because that many are no accident. The last line
is `N flaky, N failed`; the exit code is 1 when a test failed again.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

import summary

MOST = 10
RUNS = 2
SECONDS = 1200  # no run is begun after this


def failed_tests(tree):
    return [name for name, how in summary.cases(os.path.join(tree, "junit.xml")) if how == "failed"]


def passes(tree, name):
    """Whether one run of the test alone passes. A run that is skipped or finds no test does not."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "junit.xml")
        ran = subprocess.run(
            ["ctest", "--test-dir", tree, "-R", f"^{re.escape(name)}$", "--no-tests=error", "--output-on-failure",
             "--output-junit", report], check=False, stdin=subprocess.DEVNULL)
        return ran.returncode == 0 and [how for _, how in summary.cases(report)] == ["passed"]


def judged(tree, names, clock=time.monotonic):
    """The names that are flaky."""
    if len(names) > MOST:
        print(f"{len(names)} tests failed, which is more than {MOST}: none of them is run again")
        return []
    end = clock() + SECONDS
    return [name for name in names if all(clock() < end and passes(tree, name) for _ in range(RUNS))]


def main():
    tree = sys.argv[1]
    names = failed_tests(tree)
    flaky = judged(tree, names)
    for name in names:
        print(f"FLAKY {name}" if name in flaky else f"FAILED AGAIN {name}")
    print(f"{len(flaky)} flaky, {len(names) - len(flaky)} failed")
    return 0 if len(flaky) == len(names) else 1


if __name__ == "__main__":
    sys.exit(main())
