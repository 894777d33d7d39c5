#!/usr/bin/env python3
"""Finds types that have the name of another one. Prints one line for each such name; exit code 1.

usage: unique_names.py SOURCE_FOLDER

Two types of one name, namespaces included, may meet in one program, where the linker takes the functions of one for
those of both without a word. Types of unnamed namespaces and of functions are not looked at.
"""
import collections
import os
import re
import sys

from class_members import NOISE
from text_rules import committed_files

OPENS = re.compile(
    r"\bnamespace\s*(?P<namespace>[\w:]*)\s*\{|"
    r"(?<!friend )\b(?:class|struct|union|enum(?:\s+class|\s+struct)?)\s+(?:\[\[\w+\]\]\s*)?"
    r"(?P<type>[\w:]+(?:<[^{};]*?>)?)\s*(?:final\s*)?(?::(?!:)[^{};()]*)?\{|"
    r"[{}]")


def types_in(text):
    """The qualified names of the types that a source defines and other sources can name."""
    text = NOISE.sub(lambda match: '""' if match.group(0)[0] in 'R"' else " ", text)
    scopes = []  # (name, whether others see what is in it)
    for match in OPENS.finditer(text):
        if match.group(0) == "}":
            if scopes:
                scopes.pop()
            continue
        seen = not scopes or scopes[-1][1]
        if match.group("namespace") is not None:
            scopes.append((match.group("namespace"), seen and match.group("namespace") != ""))
        elif match.group("type") is not None:
            name = match.group("type")
            if seen:
                yield "::".join([scope for scope, _ in scopes] + [name])
            scopes.append((name, seen))
        else:
            scopes.append(("", False))


def taken_twice(defined):
    for name, paths in sorted(defined.items()):
        if len(paths) > 1:
            yield f"{name} is defined in {' and in '.join(sorted(paths))}; give one of them another name"


def main():
    root = sys.argv[1]
    defined = collections.defaultdict(list)
    for path in committed_files(root):
        if path.endswith((".hpp", ".cpp")):
            with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
                for name in types_in(file.read()):
                    defined[name].append(path)
    twice = list(taken_twice(defined))
    print("\n".join(twice) if twice else f"each of {len(defined)} types has a name of its own")
    return 1 if twice else 0


if __name__ == "__main__":
    sys.exit(main())
