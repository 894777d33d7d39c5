import unittest

import class_members

BOX = """
class Box final : public Base {
 public:
  enum class Kind { small, large };
  struct Part {
    int a, b;
    int sum() const { return a + b; }
  };
  explicit Box(int size) : size_(size), parts_{1, 2} {}
  Box(const Box&) = delete;
  ~Box() override { close(); }
  static Result<Box> open(const std::map<int, std::function<void()>>& by_name = {});
  void close();  // void not_there();
  void close(int how) noexcept;
  bool operator==(const Box&) const = default;
  void settled(int token) noexcept override;
  int size() const { return size_; }
  template <class Job>
  auto enter(Job job) {
    return [job = std::move(job)] { job(); };
  }

 private:
  friend class Other;
  static constexpr int kMost = 3;
  int size_;
  std::map<std::string, std::vector<int>, std::less<>> names_;
  std::function<void(int, int)> told_ = [](int, int) {};
  bool open_ = true, full_ = false;
  Timer first_{*this}, second_{*this};
  void (*free_)(void*, int) = nullptr;
};
"""


def breaks(text, allowed=None):
    counted = [("x.hpp", name, found) for name, found in class_members.classes_in(text)]
    return list(class_members.breaks(counted, allowed or {}))


def class_of(count):
    return "class Many {\n void f();\n" + "".join(f" int m{i}_;\n" for i in range(count - 1)) + "};\n"


class ClassMembers(unittest.TestCase):
    def test_functions_and_data_are_counted_once_each(self):
        found = dict(class_members.classes_in(BOX))
        self.assertEqual(found["Box"], ["close", "enter", "first", "free", "full", "names", "open", "second", "size",
                                        "told"])
        self.assertEqual(found["Part"], ["a", "b", "sum"])

    def test_a_value_may_have_any_number_of_members(self):
        self.assertEqual(dict(class_members.classes_in("struct Row {\n int a, b;\n std::string c = f();\n};\n")),
                         {"Row": []})

    def test_a_large_class_is_to_be_split(self):
        most = class_members.MOST
        self.assertEqual(breaks(class_of(most)), [])
        self.assertIn(f"Many has {most + 1}", breaks(class_of(most + 1))[0])

    def test_what_is_still_large_can_only_shrink(self):
        most = class_members.MOST
        allowed = {("x.hpp", "Many"): most + 2}
        self.assertEqual(breaks(class_of(most + 2), allowed), [])
        self.assertIn("it may not grow", breaks(class_of(most + 3), allowed)[0])
        self.assertIn(f"say {most + 1} in", breaks(class_of(most + 1), allowed)[0])
        self.assertIn("take it off", breaks(class_of(most), allowed)[0])
        self.assertIn("has no class Many", breaks("", allowed)[0])


if __name__ == "__main__":
    unittest.main()
