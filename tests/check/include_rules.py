#!/usr/bin/env python3
"""Holds who may include whom (docs/architecture.md). Prints one line for each break; exit code 1.

usage: include_rules.py SOURCE_FOLDER
"""
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
SUFFIXES = (".cpp", ".hpp", ".h")

# Libraries that are named only where they belong: the beginning of the include, and the areas.
LIBRARIES = {
    "boost/asio": ("host", "sdk/support"),
    "boost/dll": ("host",),
    "boost/json": ("sdk", "host", "plugins", "harness"),
    "boost/": ("host",),
    "sqlite3": ("sdk/support/sqlite", "host/cli"),
    "SQLiteCpp": ("sdk/support/sqlite",),
    "git2": ("sdk/support/git",),
    "pistache": ("sdk/support/http",),
    "spdlog": ("host",),
    "CLI/": ("host", "harness"),
    "toml++": ("sdk/support/toml_text",),
    "sodium": ("sdk/support/http", "plugins/dashboard"),
    "gtest": ("sdk/testing",),
    "gmock": ("sdk/testing",),
    "benchmark": (),
}


# The page knows no other plugin: what it shows and calls comes from what plugins declare.
PAGE = "plugins/dashboard/"
PAGE_CONTRACTS = ("host", "http", "page", "unreadable")


def is_test(path):
    """Tests, and what stands beside them for them alone."""
    if path.startswith("tests/") or re.search(r"_(test|bench)\.\w+$", path):
        return True
    return not path.startswith("sdk/testing/") and "testing" in path.split("/")[:-1]


def area(path):
    """The part of the tree that a rule speaks of: host, harness, sdk, sdk/support/git, plugins/x."""
    parts = path.split("/")
    if parts[0] == "plugins" and len(parts) > 2:
        return "/".join(parts[:2])
    if parts[:2] == ["sdk", "support"] and len(parts) > 3:
        return "/".join(parts[:3])
    if parts[:2] in (["sdk", "testing"], ["sdk", "template"]):
        return "/".join(parts[:2])
    return parts[0]


def may_use(user, used):
    """Whether code of the area `user` may include a header of the area `used`."""
    if user == used or user.startswith(("tests", "sdk/template")):
        return True
    if used == "sdk":
        return True
    if used.startswith("sdk/support/"):
        return user != "sdk"
    return used == "sdk/testing" and user.startswith("sdk/testing")


class Tree:
    def __init__(self, root):
        self.root = root
        self.files = sorted(self.walk())

    def walk(self):
        for top in ("sdk", "host", "plugins", "harness", "tests"):
            for folder, _, names in os.walk(os.path.join(self.root, top)):
                for name in names:
                    if name.endswith(SUFFIXES):
                        yield os.path.relpath(os.path.join(folder, name), self.root)

    def found(self, path, include):
        """Files of the tree that `include` can mean; the one beside the includer comes alone."""
        beside = os.path.normpath(os.path.join(os.path.dirname(path), include))
        if beside in self.files:
            return [beside]
        return [file for file in self.files if file == include or file.endswith("/" + include)]


def own_break(tree, path, include):
    """What is wrong with an include of the project's own header, or None."""
    candidates = tree.found(path, include)
    user = area(path)
    allowed = [file for file in candidates if may_use(user, area(file)) or
               (is_test(path) and area(file) == "sdk/testing")]
    if not candidates or allowed:
        return None
    return f"{user} may not use {area(candidates[0])}"


def library_break(path, include):
    """What is wrong with an include of another project's header, or None."""
    for library, areas in LIBRARIES.items():
        if not include.startswith(library):
            continue
        if is_test(path) and library not in ("boost/asio", "sqlite3"):
            return None
        if not any(path.startswith(place) for place in areas) and not path.startswith("tests/"):
            return f"{library} belongs to {', '.join(areas) or 'tests'}"
        if library == "boost/asio" and path.startswith("sdk/") and not path.endswith(".cpp"):
            return "Asio is never in a header of the SDK: it costs each file eight seconds"
        return None
    return None


def page_breaks(tree, path, text):
    """Other roles' contracts, and names of what is in them, in the page's server. Its tests may name them."""
    if not path.startswith(PAGE) or is_test(path):
        return
    roles = {os.path.basename(file)[:-len(".hpp")] for file in tree.files if "/sdk/contracts/" in file}
    others = "|".join(sorted(roles - set(PAGE_CONTRACTS))) or "-"
    for match in re.finditer(rf"\bcontracts/({others})\.hpp|\"({others})\.(?!html)[a-z_]+|\b({others})::k[A-Z]\w*", text):
        yield match.start(), f"names {match.group()}, but the page knows no other plugin"


def breaks(tree):
    for path in tree.files:
        with open(os.path.join(tree.root, path), encoding="utf-8") as file:
            text = file.read()
        for match in INCLUDE.finditer(text):
            include = match.group(2)
            problem = library_break(path, include) or own_break(tree, path, include)
            if problem:
                line = text.count("\n", 0, match.start(1)) + 1
                yield f"{path}:{line}: includes {include}, but {problem}"
        for start, problem in page_breaks(tree, path, text):
            line = text.count("\n", 0, start) + 1
            yield f"{path}:{line}: {problem}"


def main():
    found = list(breaks(Tree(sys.argv[1])))
    print("\n".join(found) if found else "every include keeps the rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
