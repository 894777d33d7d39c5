import unittest

import unique_names

SOURCE = """
// class Comment {};
namespace hive::http {
namespace {
struct Hidden {};
}  // namespace
class Later;
class Client final : public Base {
  friend class Other;
  struct Part {
    int a = 0;
  };
  enum class Kind { one, two };
};
void run() {
  struct Local {
    int b;
  };
}
}  // namespace hive::http
struct Outside {};
"""


class UniqueNamesTest(unittest.TestCase):
    def test_types_that_others_can_name_are_found_with_their_namespaces(self):
        self.assertEqual(list(unique_names.types_in(SOURCE)), [
            "hive::http::Client", "hive::http::Client::Part", "hive::http::Client::Kind", "Outside"])

    def test_a_name_of_two_types_is_told_with_both_files(self):
        self.assertEqual(list(unique_names.taken_twice({"A": ["x.hpp"], "B": ["y.hpp", "x.cpp"]})),
                         ["B is defined in x.cpp and in y.hpp; give one of them another name"])


if __name__ == "__main__":
    unittest.main()
