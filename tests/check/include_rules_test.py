import os
import tempfile
import unittest

import include_rules


def breaks(files):
    """The breaks in a tree of {path: text}."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return list(include_rules.breaks(include_rules.Tree(root)))


TREE = {
    "sdk/include/hive/sdk/host.hpp": "#include <boost/json.hpp>\n#include <string>\n",
    "sdk/support/git/hive/git/git.hpp": "#include <hive/sdk/host.hpp>\n",
    "sdk/testing/hive/testing/host.hpp": "#include <gmock/gmock.h>\n",
    "host/router.hpp": "#include <boost/asio.hpp>\n#include <spdlog/spdlog.h>\n",
    "plugins/a/a.hpp": '#include <hive/git/git.hpp>\n',
    "plugins/a/a_test.cpp": '#include "a.hpp"\n#include <hive/testing/host.hpp>\n',
    "plugins/a/testing/a_fixture.hpp": "#include <hive/testing/host.hpp>\n#include <gtest/gtest.h>\n",
    "harness/testing/peer.hpp": "#include <gtest/gtest.h>\n",
    "harness/turn.hpp": "#include <hive/sdk/host.hpp>\n",
}


class IncludeRules(unittest.TestCase):
    def refused(self, path, text):
        found = breaks({**TREE, path: text})
        self.assertEqual(len(found), 1, found)
        self.assertIn(path, found[0])

    def test_a_tree_that_keeps_them(self):
        self.assertEqual(breaks(TREE), [])

    def test_each_break_is_found(self):
        self.refused("host/x.cpp", '#include "../plugins/a/a.hpp"\n')
        self.refused("host/x.cpp", '#include "a.hpp"\n')
        self.refused("plugins/b/x.cpp", '#include "a.hpp"\n')
        self.refused("plugins/b/x.cpp", '#include "host/router.hpp"\n')
        self.refused("plugins/b/x.cpp", "#include <boost/asio/post.hpp>\n")
        self.refused("harness/x.cpp", '#include "router.hpp"\n')
        self.refused("harness/x.cpp", '#include "../plugins/a/a.hpp"\n')
        self.refused("sdk/include/hive/sdk/x.hpp", "#include <hive/git/git.hpp>\n")
        self.refused("sdk/include/hive/sdk/x.hpp", "#include <spdlog/spdlog.h>\n")
        self.refused("sdk/support/git/x.hpp", "#include <boost/asio.hpp>\n")
        self.refused("sdk/support/git/x.cpp", "#include <sqlite3.h>\n")
        self.refused("plugins/a/x.cpp", "#include <hive/testing/host.hpp>\n")
        self.refused("plugins/a/x.cpp", "#include <gtest/gtest.h>\n")

    def test_the_page_names_no_other_plugin(self):
        contract = {"sdk/include/hive/sdk/contracts/pots.hpp": "", "sdk/include/hive/sdk/contracts/page.hpp": ""}
        for text, count in [("#include <hive/sdk/contracts/pots.hpp>\n", 1), ('call("pots.list");\n', 1), ("pots::kList;\n", 1),
                            ("#include <hive/sdk/contracts/page.hpp>\npage::kState;\n", 0), ("// of pots.\n", 0)]:
            found = breaks({**TREE, **contract, "plugins/dashboard/x.cpp": text})
            self.assertEqual(len(found), count, found)


if __name__ == "__main__":
    unittest.main()
