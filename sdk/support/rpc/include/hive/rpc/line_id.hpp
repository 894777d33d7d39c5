#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace hive::rpc {

/// Finds the id of a JSON-RPC message while its bytes pass, however long the line is and whatever else is wrong with
/// it, so that whoever asked is answered. Keeps kLongest bytes at most. One thread.
class LineId {
 public:
  static constexpr std::size_t kLongest = 1'024;  // bytes of an id

  /// The next bytes of the line.
  void take(std::string_view bytes);
  /// The id as written: a string or a number; the last one of several. Empty: there is none that could be answered.
  /// Valid until more is taken.
  const std::string& found() const { return id_; }

 private:
  void take(char c);
  void take_in_string(char c);
  void take_member(char c);
  void end_value();
  void append(char c);

  std::size_t depth_ = 0;
  bool in_string_ = false, escaped_ = false;
  bool is_id_ = false;  // what comes is the value of `id`
  std::string text_;    // of the string or number at hand, when it is a member's
  std::string id_;
};

/// The id of one whole line, as LineId finds it; empty: there is none. [any-thread]
std::string id_of(std::string_view line);

}  // namespace hive::rpc
