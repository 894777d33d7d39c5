#!/usr/bin/env python3
"""Adds up the JUnit files that ctest wrote and prints the one summary line, `N passed, N failed`.

usage: summary.py [--ctest-failed 0|1] FILE...

Exit code 1 when something failed, when nothing ran, or when ctest says that it failed and no test
shows it. A test that is skipped is named; one that could not be started has failed.
"""
import argparse
import pathlib
import sys
import xml.etree.ElementTree as xml

# What ctest writes for a test that decided to skip. Any other skip (no executable, a failed
# fixture) is a test that did not do its work.
SKIPPED_ON_PURPOSE = ("SKIP_RETURN_CODE", "SKIP_REGULAR_EXPRESSION")


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    if skipped is None:
        return "passed" if case.get("status", "run") == "run" else "failed"
    return "skipped" if skipped.get("message", "").startswith(SKIPPED_ON_PURPOSE) else "failed"


def cases(file):
    """The (name, outcome) pairs of one file; a file that is not there is one failure."""
    try:
        root = xml.parse(file).getroot()
    except (OSError, xml.ParseError) as problem:
        return [(f"{file} cannot be read: {problem}", "failed")]
    return [(case.get("name", "?"), outcome(case)) for case in root.iter("testcase")]


def read(file):
    """The same, each name with the preset that it was built with where that is a sanitizer's."""
    preset = pathlib.Path(file).resolve().parent.name
    suite = f"{preset}: " if preset in ("asan", "tsan") else ""
    return [(suite + name, how) for name, how in cases(file)]


def line(results):
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for _, how in results:
        count[how] += 1
    text = f"{count['passed']} passed, {count['failed']} failed"
    return text + (f", {count['skipped']} skipped" if count["skipped"] else "")


def judged(results, ctest_failed):
    if not results:
        return [("no test ran", "failed")]
    if ctest_failed and all(how != "failed" for _, how in results):
        return results + [("ctest failed and no test shows it", "failed")]
    return results


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--ctest-failed", type=int, default=0)
    options.add_argument("files", nargs="+")
    given = options.parse_args()
    results = judged([case for file in given.files for case in read(file)], given.ctest_failed)
    for how in ("skipped", "failed"):
        for name, found in results:
            if found == how:
                print(f"{how.upper()}: {name}")
    print(line(results))
    return 1 if any(how == "failed" for _, how in results) else 0


if __name__ == "__main__":
    sys.exit(main())
