#pragma once
#include <hive/os/event_loop.hpp>
#include <hive/os/fd.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace hive::harness {

/// Lines in and lines out over two descriptors, neither of which is ever waited for. While more waits to be
/// written than `Limits::unsent` nothing is read and no line is handed out, so that whoever asks without reading
/// the answers holds up nobody but himself. One thread: that of the event loop, which outlives it.
class LineStream {
 public:
  struct Limits {
    std::size_t line = 1u << 20;    // bytes of a line, without its newline
    std::size_t unsent = 1u << 20;  // bytes
  };
  /// None of them may destroy the stream.
  struct Handlers {
    std::function<void(std::string_view line)> line;
    std::function<void()> too_long;                        // a line over the limit has passed
    std::function<void()> ended;                           // once: end of input, or nobody reads any more
    std::function<void()> written{};                       // some of what waited was written; may be empty
    std::function<void(std::string_view part)> skipped{};  // of a line over the limit, before `too_long`; may be empty
  };

  LineStream(os::EventLoop& event_loop, os::Fd in, os::Fd out, Limits limits, Handlers handlers);
  LineStream(const LineStream&) = delete;

  /// `lines` are whole, with their newlines. Nothing happens when it has ended.
  void write(std::string_view lines);
  std::size_t unsent() const { return unsent_.size() - sent_; }

 private:
  bool is_full() const { return unsent() > limits_.unsent; }
  void read_some(short events);
  void take_lines();
  void take(std::string_view line);
  void skip(std::string_view part);
  void written();
  void write_some();
  void watch();
  void end();

  os::EventLoop& event_loop_;
  os::Fd in_, out_;
  const Limits limits_;
  Handlers handlers_;
  std::string unread_, unsent_;
  std::size_t searched_ = 0;  // of unread_: there is no newline before it
  std::size_t sent_ = 0;      // of unsent_
  bool skipping_ = false, taking_ = false, ended_ = false;
  os::EventLoop::Watch reading_, writing_;
};

}  // namespace hive::harness
