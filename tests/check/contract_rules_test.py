import os
import tempfile
import unittest

import contract_rules


def lacking(text, path="sdk/support/x/include/hive/x/x.hpp"):
    """What lacks a contract in one header, as `LINE: NAME`."""
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.dirname(os.path.join(root, path)))
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(text)
        return [found.removeprefix(path + ":").split(" has ")[0] for found in contract_rules.breaks(root, [path])]


def in_class(members, kind="struct X"):
    return "/// One.\n" + kind + " {\n" + "".join(f"  {line}\n" for line in members.split("\n")) + "};\n"


class ContractRules(unittest.TestCase):
    def covered(self, *texts):
        for text in texts:
            self.assertEqual(lacking(text), [], text)

    def refused(self, name, *texts):
        for text in texts:
            found = lacking(text)
            self.assertEqual(len(found), 1, text)
            self.assertTrue(found[0].endswith(": " + name), found)

    def test_a_public_function_needs_one(self):
        self.refused("f()", "int f(int a);\n", "[[nodiscard]] int f();\n", "auto f() -> std::set<int> {\n  g();\n}\n")
        self.refused("f()", "template <class T>\nT f() {\n  return {};\n}\n",
                     "template <class T>\n  requires requires(T t) { t.g(); }\nint f(T t) {\n  return 1;\n}\n",
                     "namespace hive::x {\nstd::function<void(int)> f(std::map<int, int> a = {}) noexcept;\n}\n")
        self.refused("f()", "// Not for others.\nint f();\n", "/// Of something else.\n\nint f();\n",
                     "int before;  /// at its side\nint f();\n")
        self.covered("/// Does it. [any-thread]\nint f(int a);\n",
                     "/// Does it.\ntemplate <class T>\n  requires(sizeof(T) > 1)\nT f();\n",
                     "/// Does it.\n// NOLINTNEXTLINE(some-check)\nint f();\n")

    def test_a_type_needs_one(self):
        self.refused("X", "struct X {\n  int a = 0;\n};\n", "class [[nodiscard]] X final : public Y {\n};\n",
                     "enum class X : int { a, b };\n",
                     "template <class T>\n  requires requires { T(); }\nclass X {\n};\n")
        self.refused("Inner", in_class("struct Inner {};"))
        self.covered("class X;\n", in_class("class Inner {};\nint f();", "class X"))

    def test_its_public_members_need_one(self):
        self.refused("f()", in_class("virtual int f() = 0;"), in_class("public:\nint f(int a) const;", "class X"),
                     in_class("X() : a_{1}, b_{} {}\nint f() const { return a_; }"))
        self.covered(in_class("int f();\npublic:\n/// Does it.\nvoid g();\nprivate:\nvoid h();", "class X : public Y"))

    def test_a_constructor_that_only_makes_the_value_needs_none(self):
        self.covered(in_class("X() = default;\nX(X&& other) noexcept;\nX(const X&) = delete;\nX& operator=(X other);"),
                     in_class("X(int number) : a(number) {}\n~X() { f(); }\nexplicit operator bool() const;"))
        self.refused("X()", in_class("explicit X(int owned);"), in_class("X(int a, int b);"))

    def test_what_says_itself_or_was_said_needs_none(self):
        self.covered(in_class("const A& name() const { return name_; }\nvoid f() override;"),
                     "/// Does it.\ntemplate <class T>\nT f(int a = 1);\ntemplate <class T>\nT f(int a) {\n  g();\n}\n",
                     "int X::f() {\n  return 1;\n}\n", "template <>\nstruct X<int> {\n  int f();\n};\n",
                     "Fields fields(Of<X>);\nconstexpr auto names(Of<E>) {\n  return 1;\n}\n",
                     in_class("bool await_ready() noexcept { return false; }"))
        self.refused("f()", "/// Does it.\nint f(int a);\nint f(double a);\n")

    def test_what_is_not_for_others_needs_none(self):
        self.covered("namespace hive::detail {\nint f();\n}\n", "namespace hive {\nnamespace {\nint f();\n}\n}\n",
                     "namespace hive {\nnamespace detail {\nclass X {};\nint f();\n}\n}\n")
        self.refused("f()", "namespace hive {\nnamespace detail {\nint g();\n}\nint f();\n}\n")

    def test_what_is_no_function_needs_none(self):
        self.covered("#define F(x) \\\n  int f(x)\n", "inline constexpr int kA = g(1) + 2;\n", "using F = int(int);\n",
                     'static_assert(f(1), "int f();");\n', "/* int f(); */\n", "constexpr int kMost = 1'000;\n",
                     "inline constexpr auto kF = [](int a) {\n  if (a) g();\n  return '{';\n};\n",
                     in_class("void (*f)(int a);\nstd::function<void(int)> g;\nstd::atomic<int> h{f(1)};"),
                     in_class("friend bool operator==(X, X) = default;"))

    def test_only_headers_for_others_are_looked_at(self):
        for path in ("sdk/include/hive/sdk/x.hpp", "sdk/testing/include/hive/testing/x.hpp"):
            self.assertEqual(lacking("int f();\n", path), ["1: f()"])
        for path in ("sdk/support/x/src/x.hpp", "sdk/include/hive/sdk/contracts/x.hpp", "host/x.hpp",
                     "plugins/x/include/x.hpp"):
            self.assertEqual(lacking("int f();\n", path), [])

    def test_the_place_is_named(self):
        self.assertEqual(lacking("#pragma once\n\n/// One.\nint f();\nint g();\n"), ["5: g()"])


if __name__ == "__main__":
    unittest.main()
