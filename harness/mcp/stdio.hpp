#pragma once
#include <hive/os/fd.hpp>

#include "base/poller.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace hive::harness {

/// Lines in and lines out over two descriptors, neither of which is ever waited for. One thread: that
/// of the poller, which outlives it.
class LineStream {
 public:
  struct Handlers {
    std::function<void(std::string_view line)> line;
    std::function<void()> too_long;  // a line over the limit was thrown away
    std::function<void()> ended;     // end of input, or nobody reads any more
  };

  LineStream(Poller& poller, os::Fd in, os::Fd out, Handlers handlers);
  ~LineStream();
  LineStream(const LineStream&) = delete;

  void write(std::string line);

 private:
  void read_some();
  void take(std::string_view bytes);
  void write_some();
  void end();

  Poller& poller_;
  os::Fd in_, out_;
  Handlers handlers_;
  std::string partial_, unsent_;
  bool skipping_ = false, writing_ = false, ended_ = false;
};

}  // namespace hive::harness
