#!/usr/bin/env python3
"""Counts the members of classes. Prints one line for each class that has too many; exit code 1.

usage: class_members.py SOURCE_FOLDER [--list]

A class is one responsibility: its functions and data together are at most MOST. Overloads count once, and so do
`size_` and the `size()` that tells it. What `override` marks is counted where it is declared first, constructors, operators, constants and types are not counted,
and a struct that has no functions is a value, however many members it has. A class that is still to be split
stands with its count and the reason in large_classes.txt beside this; the count has to fall with the class, so that
the list can only shrink. --list prints what every class has.
"""
import os
import re
import sys

from text_rules import committed_files, is_one_of

MOST = 24
# Tests' fixtures gather what their cases share.
NOT_COUNTED = ("tests/*", "*_test.cpp", "*/testing/*")

NOISE = re.compile(r'R"\((?:.|\n)*?\)"|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|(?<![\w])\'(?:\\.|[^\'\\\n])+\'|'
                   r"^[ \t]*#(?:.*\\\n)*.*$", re.MULTILINE)
CLASS = re.compile(r"(?<!enum )(?<![<,] )(?<!<)\b(?:class|struct)\s+(?:\[\[\w+\]\]\s*)?"
                   r"([\w:]+(?:<[^{};]*?>)?)\s*(?:final\s*)?(?::(?!:)[^{};()]*)?\{")
NO_MEMBER = re.compile(r"(using|typedef|friend|enum|class|struct|union|static_assert|static constexpr|constexpr static|"
                       r"inline static constexpr|operator)\b")
OPENING, CLOSING = "([{", ")]}"


def body_at(text, begin):
    """The text between the brace before `begin` and the one that closes it."""
    depth = 1
    for at in range(begin, len(text)):
        depth += (text[at] in OPENING) - (text[at] in CLOSING)
        if depth == 0:
            return text[begin:at]
    return text[begin:]


def without_nested(text):
    """Braces, parentheses and template arguments without what is in them."""
    out, depth = [], []
    for at, char in enumerate(text):
        before = text[at - 1] if at else ""
        if char in OPENING or (char == "<" and (before.isalnum() or before == "_" or text[:at].endswith("template "))):
            if not depth:
                out.append(char)
            depth.append(char)
        elif depth and (char in CLOSING or (char == ">" and depth[-1] == "<" and before != "-")):
            if char != ">":
                while depth[-1] == "<" and len(depth) > 1:  # it was a comparison
                    depth.pop()
            depth.pop()
            if not depth:
                out.append(char)
        elif not depth:
            out.append(char)
    return "".join(out)


def is_initializer(said):
    """Whether a brace after `said` belongs to a member's value and not to a function's body."""
    if "(" not in said or "=" in said.split("(")[0]:
        return True
    after = said[said.index(")") + 1:] if ")" in said else said
    return re.search(r"(?<!:):(?!:)", after) is not None and re.search(r"[\w>]\s*$", said) is not None


def declarations(body):
    """What a class's body declares, each without what nests in it."""
    said = ""
    for piece in re.split(r"(\{\}|;)", without_nested(body)):
        if piece == ";" or (piece == "{}" and not is_initializer(said)):
            yield said
            said = ""
        else:
            said += piece
    yield said


def names_of(declared, name):
    """The names that one declaration counts for, each with whether it is a function."""
    declared = re.sub(r"\b(public|protected|private):|\[\]|template <>", " ", declared)
    declared = re.sub(r"\s+", " ", declared).strip()
    if not declared or NO_MEMBER.match(declared) or " operator" in declared or declared.endswith(" override"):
        return
    head = declared.split("=")[0]
    if "(" in head:
        function = re.search(r"(~?\w+)\s*\(", head)
        if function and function.group(1).lstrip("~") != name and "override" not in declared \
                and not re.search(r"= (delete|default)$", declared):
            yield function.group(1), True
        return
    for part in declared.split(","):
        data = re.search(r"(\w+)\s*(?:\{\}|\(\))?\s*(?:=.*|:\s*\d+)?$", part)
        if data:
            yield data.group(1), False


def members(body, name):
    """The names of a class's members; none where it is a value."""
    found = {}
    for declared in declarations(body):
        found.update((member.rstrip("_"), is_function) for member, is_function in names_of(declared, name))
    return sorted(found) if any(found.values()) else []


def classes_in(text):
    """Each class with its members."""
    text = NOISE.sub(lambda match: '""' if match.group(0)[0] in 'R"' else " ", text)
    text = re.sub(r"\(\*(\w+)\)\s*\([^()]*\)", r"\1", text)  # a pointer to a function is data
    for match in CLASS.finditer(text):
        name = match.group(1)
        own = re.sub(r"<.*", "", name).split("::")[-1]
        yield name, members(body_at(text, match.end()), own)


def large_classes(folder):
    """{(path, class): its members} of large_classes.txt: `PATH CLASS MEMBERS REASON` a line."""
    allowed = {}
    with open(os.path.join(folder, "large_classes.txt"), encoding="utf-8") as file:
        for line in file:
            if not line.strip() or line.startswith("#"):
                continue
            path, name, count, reason = line.split(maxsplit=3)
            assert reason.strip(), f"large_classes.txt: {path} {name} has no reason"
            allowed[path, name] = int(count)
    return allowed


def counts(root, files):
    for path in files:
        if path.endswith((".hpp", ".cpp")) and not is_one_of(path, NOT_COUNTED):
            with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
                for name, found in classes_in(file.read()):
                    yield path, name, found


def breaks(counted, allowed):
    left = dict(allowed)
    for path, name, found in counted:
        granted = left.pop((path, name), None)
        if granted is None and len(found) > MOST:
            yield f"{path}: {name} has {len(found)} functions and data of at most {MOST}; split it by responsibility"
        elif granted is not None and len(found) != granted:
            to_do = "take it off" if len(found) <= MOST else f"say {len(found)} in" if len(found) < granted else \
                "split it, it may not grow; see"
            yield f"{path}: {name} has {len(found)} functions and data, not {granted}; {to_do} " \
                "tests/check/large_classes.txt"
    for path, name in left:
        yield f"{path}: has no class {name}; take it off tests/check/large_classes.txt"


def main():
    root = sys.argv[1]
    counted = list(counts(root, committed_files(root)))
    if sys.argv[2:] == ["--list"]:
        for path, name, found in sorted(counted, key=lambda one: -len(one[2])):
            print(len(found), path, name)
        return 0
    found = list(breaks(counted, large_classes(os.path.dirname(os.path.abspath(__file__)))))
    print("\n".join(found) if found else f"no class has more than {MOST} members that may not")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
