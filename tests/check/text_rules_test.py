import os
import tempfile
import unittest

import text_rules


def breaks(path, text, allowed=None):
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(text)
        return list(text_rules.breaks(root, [path], allowed or {}))


class TextRules(unittest.TestCase):
    def test_sizes(self):
        header = "sdk/include/hive/sdk/x.hpp"
        self.assertEqual(breaks(header, "\n" * 150), [])
        self.assertIn("151 lines of at most 150", breaks(header, "\n" * 151)[0])
        self.assertEqual(breaks("host/x.cpp", "\n" * 400), [])
        self.assertEqual(len(breaks("host/x.cpp", "\n" * 401)), 1)
        self.assertEqual(breaks("host/x.cpp", "\n" * 401, {"host/x.cpp": 410}), [])
        self.assertEqual(breaks("docs/x.md", "\n" * 1000), [])

    def test_words(self):
        for text in ("// TO" "DO later", "see iss" "ue 12", "cd /wo" "rk/main", "ls /tmp/w" "t/x"):
            self.assertEqual(len(breaks("docs/x.md", "fine\n" + text + "\n")), 1, text)
        self.assertEqual(breaks("docs/x.md", "the issue is /work of all, a session\n"), [])

    def test_trees_are_walked_in_one_way(self):
        text = "fs::remove_" "all(folder, ignored);\n"
        self.assertIn("hive/os/tree.hpp", breaks("plugins/x/x.cpp", text)[0])
        self.assertEqual(breaks("plugins/x/x_test.cpp", text), [])
        self.assertEqual(breaks("host/x.cpp", "methods_.remove_" "all(*this);\n"), [])

    def test_there_is_one_poll_loop(self):
        text = "if (::po" "ll(fds.data(), fds.size(), -1) < 0) continue;\n"
        self.assertIn("hive/os/event_loop.hpp", breaks("plugins/x/x.cpp", text)[0])
        self.assertEqual(breaks("sdk/support/os/src/wait.cpp", text), [])
        self.assertEqual(breaks("plugins/x/x_test.cpp", text), [])
        self.assertEqual(breaks("harness/x.cpp", "void CommandFeed::po" "ll() {\n"), [])

    def test_unit_tests_neither_sleep_nor_write_scripts(self):
        for text in ("std::this_thread::sle" "ep_for(1ms);\n", "::usle" "ep(1'000);\n", 'file << "#' '!/bin/sh";\n'):
            self.assertIn("hive/os/testing", breaks("harness/x_test.cpp", text)[0])
            for path in ("harness/x.cpp", "tests/integration/x_test.cpp"):
                self.assertEqual(breaks(path, text), [])
        self.assertEqual(breaks("sdk/x_test.cpp", "co_await host.sleep(1ms);\n"), [])

    def test_what_tests_share_lies_in_one_place(self):
        for path in ("harness/loop/loop_fixture.hpp", "host/fake_host.hpp", "host/testing/host_test_support.cpp",
                     "plugins/x/x_test_fakes.hpp", "tests/support/hive.py", "tests/integration/x/support.hpp",
                     "host/testing/host_support.hpp", "tests/fakes/model/server.mjs"):
            self.assertIn("belongs into a folder testing/", breaks(path, "")[0], path)
        for path in ("harness/testing/loop_fixture.hpp", "sdk/support/rpc/include/hive/rpc/testing/fake_host.hpp",
                     "host/testing/line_client.cpp", "tests/testing/hive.py", "plugins/x/x_test.cpp"):
            self.assertEqual(breaks(path, ""), [])

    def test_what_has_one_way_is_not_done_by_hand(self):
        for text in ('text = std::to_string(limit.count()) + " s";\n',
                     'text = std::to_string(deadline_ms / 1\'000) +\n        " s; look";\n',
                     'return std::to_string(time.count() / 60) + " minutes";\n', 'std::to_string(ms) + " ms"\n'):
            self.assertIn("hive/sdk/duration.hpp", breaks("host/x.cpp", text)[0])
            self.assertEqual(breaks("sdk/src/time.cpp", text), [])
        self.assertEqual(breaks("host/x.cpp", 'text = std::to_string(lines.size()) + " sources";\n'), [])
        size = "constexpr std::size_t kMost = 900 << 10;\n"
        self.assertIn("hive/sdk/bounded_list.hpp", breaks("plugins/x/x.cpp", size)[0])
        self.assertEqual(breaks("sdk/include/hive/sdk/bounded_list.hpp", size), [])
        for text in ('const auto cli = object_in(about, "cli");\n', 'about->at("params");\n'):
            self.assertIn("hive/sdk/contracts/host.hpp", breaks("host/x.cpp", text)[0])

    def test_the_pages_keep_what_they_keep_in_one_place(self):
        for text in ('localStorage.setItem("a", "b");\n', 'document.cookie = "a=b";\n', 'indexedDB.open("a");\n'):
            for path in ("plugins/x/web/panel.tsx", "sdk/web/src/state/x.ts"):
                self.assertIn("sdk/web/src/keep.ts", breaks(path, text)[0])
            for path in ("sdk/web/src/keep.ts", "sdk/web/src/x.test.ts", "tests/web/x_test.mjs", "docs/x.md"):
                self.assertEqual(breaks(path, text), [])

    def test_no_store_counts_columns_by_hand(self):
        for text in ("row.id = rows.integer(" "0);\n", 'k = "INSERT INTO t (a, b) VALUES (?' ', ?)";\n'):
            self.assertIn("describe the row", breaks("plugins/x/store.cpp", text)[0])
            self.assertEqual(breaks("plugins/x/store_test.cpp", text), [])
        self.assertEqual(breaks("plugins/x/store.cpp", 'k = "INSERT INTO t (a) VALUES (?)"; rows.integer(at);\n'), [])

    def test_a_description_stands_alone(self):
        for text in ('field<&Sent::id>("id", "of the message"),\n', 'field<&Sent::id>(\n    "id",\n    "that was sent")\n',
                     'app.add_option("name", wanted.name, "for which")\n', 'app.add_flag("-a", all, "in full")\n'):
            self.assertIn("does not stand alone", breaks("host/x.cpp", text)[0])
            self.assertIn("does not stand alone", breaks("sdk/include/hive/sdk/contracts/x.hpp", text)[0])
        for text in ('field<&Sent::id>("id", "id of the message"),\n', 'field<&Sent::of>("of", "offset, by bytes")\n',
                     'say("of the message");\n'):
            self.assertEqual(breaks("host/x.cpp", text), [])

    def test_the_place_is_named(self):
        self.assertTrue(breaks("a/b.md", "\n\nFIX" "ME\n")[0].startswith("a/b.md:3:"))


if __name__ == "__main__":
    unittest.main()
