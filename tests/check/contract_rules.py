#!/usr/bin/env python3
"""Holds that every public function, class, struct and enum of the SDK's headers (sdk/, below a folder `include`) has a
contract: a comment of `///` on the line above it. Prints one line for each that has none; exit code 1.

usage: contract_rules.py SOURCE_FOLDER

No contract of their own need: special members, conversions, operators; getters (`x()` that returns `x_`); what is an
override, or declared above in the file or in its class; members of specialisations and of a coroutine's machinery; the
hooks `fields`, `names`, `tags`, `columns`; what is in a namespace `detail`; and contracts/, which the reference shows.

Limits: this reads text as clang-format lays it out here, not C++. It passes over macros, variables, friends, pointers
to functions, and raw texts with quotes in them confuse it. It sees that a contract is there, not that it is true, and
does not ask for the word for the thread, which the comment of a class may say for all.
"""
import os
import re
import sys

from text_rules import committed_files

TYPE = re.compile(r"(?s)\b(enum class|class|struct|enum|union)\s+([\w:]+)\s*(<.*>)?\s*(?:final\b\s*)?(?::(?!:).*)?$")
BODY = re.compile(r"(\)|\}|&|\b(const|noexcept|override|final|mutable)|->[^=;]*)$")
REQUIRES = r"requires\s+requires\s*(?:\([^()]*\)\s*)?"
ACCESS = ("public", "protected", "private")
NO_FUNCTION = re.compile(r"(using|typedef|friend|static_assert|extern|concept)\b|.*\boperator\b", re.DOTALL)
DEMANDED = re.compile(r"(await_\w+|get_return_object|\w+_suspend|return_(void|value)|unhandled_exception)\(|"
                      r"(fields|names|tags|columns)\(Of<")
BLANK = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|(?<!\w)\'(?:[^\'\\\n]|\\.)\'|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*',
                   re.DOTALL | re.MULTILINE)


def end_of(text, at, pair):
    """Where the bracket that opens at `at` is closed."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == pair[0]) - (text[i] == pair[1])
        if depth == 0:
            return i
    return len(text) - 1


def bare(head):
    """`head` without attributes, `template <…>` and `requires (…)`."""
    head = re.sub(r"\[\[.*?\]\]\s*", "", head)
    while match := re.match(rf"\s*(template\s*(?=<)|requires\s*(?=\()|{REQUIRES}(?={{))", head):
        head = head[end_of(head, match.end(), {"<": "<>", "(": "()", "{": "{}"}[head[match.end()]]) + 1:]
    return head.strip()


def function_of(head):
    """(what stands before the name, the name, the parameters, what stands behind); None: it is no function."""
    for match in () if NO_FUNCTION.match(head) else re.finditer(r"(~?[\w:]+)\s*\(", head):
        before = head[:match.start()]
        if before.count("<") != before.count(">"):
            continue  # within the arguments of a template
        close = end_of(head, match.end() - 1, "()")
        params = " ".join(re.sub(r"=[^,]*", "", head[match.end():close]).split())
        is_one = not re.search("[={]", before) and not params.startswith("*")
        return (before, match.group(1), params, head[close + 1:]) if is_one else None


class Header:
    def __init__(self, text):
        self.lines = text.splitlines()
        self.text = BLANK.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)
        self.declared = set()

    def declarations(self, at, end):
        """(where it begins, its head, where its body begins or None, where it ends) for each from `at` to `end`."""
        start = at
        while at < end:
            sign = self.text[at]
            if sign in "{;:":
                head = self.text[start:at].strip()
                first = self.text.index(head, start)
            if sign == "(":
                at = end_of(self.text, at, "()")
            elif sign == "{":
                close = end_of(self.text, at, "{}")
                is_value = "=" in bare(head).split("(")[0] and "operator" not in head
                is_body = BODY.search(head) and not is_value and not re.search(rf"{REQUIRES}$", head)
                if head.startswith("namespace") or TYPE.search(bare(head)) or is_body:
                    yield first, head, at, close
                    start = close + 1
                at = close
            elif sign == ";" or sign == ":" and head in ACCESS:
                yield first, head, None, at
                start = at + 1
            at += 1

    def demanded(self, at, end, owner=None, is_public=True):
        """(where it begins, its name) for each in a scope that needs a contract; `owner`: whose scope it is."""
        for start, head, body, close in self.declarations(at, end):
            kind = body and TYPE.search(bare(head))
            if body is None and head in ACCESS:
                is_public = head == "public"
            elif not is_public:
                continue
            elif body and head.startswith("namespace"):
                if not re.search(r"\bdetail\b|namespace$", head):
                    yield from self.demanded(body + 1, close)
            elif kind and not kind.group(3) and "::" not in kind.group(2):
                yield start, kind.group(2)
                if not kind.group(1).startswith("enum"):
                    yield from self.demanded(body + 1, close, kind.group(2), kind.group(1) != "class")
            elif not kind and (function := function_of(bare(head))):
                if not self.is_covered(function, owner, self.text[body:close + 1] if body else ""):
                    yield start, function[1] + "()"

    def is_covered(self, function, owner, body):
        before, name, params, behind = function
        is_known = (owner, name, params) in self.declared
        # A constructor that takes nothing, copies, moves or converts: what it makes is said above its class.
        is_plain = "explicit" not in before and "," not in re.sub(r"<[^<>]*>|\([^()]*\)", "", params)
        self.declared.add((owner, name, params))
        return (is_known or "::" in name or name.startswith("~") or DEMANDED.match(f"{name}({params}") or
                re.search(r"=\s*(default|delete)$|\boverride\b", behind.strip()) or
                re.fullmatch(rf"\{{\s*return {name}_;\s*\}}", body) or name == owner and is_plain)

    def lacking(self):
        """(line, name) for each that lacks a contract."""
        for start, name in self.demanded(0, len(self.text)):
            line = self.text.count("\n", 0, start)
            above = [text.strip() for text in self.lines[:line] if not text.strip().startswith("// NOLINT")]
            if not above or not above[-1].startswith("///"):
                yield line + 1, name


def breaks(root, files):
    for path in files:
        if not re.match(r"sdk/(.*/)?include/.*\.hpp$", path) or "/contracts/" in path:
            continue
        with open(os.path.join(root, path), encoding="utf-8") as file:
            header = Header(file.read())
        for line, name in header.lacking():
            yield f"{path}:{line}: {name} has no contract; say above it, with ///, what it does, its errors, limits " \
                "and thread, and how long what it takes and gives lives"


def main():
    found = list(breaks(sys.argv[1], committed_files(sys.argv[1])))
    print("\n".join(found) if found else "everything public in the SDK has a contract")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
