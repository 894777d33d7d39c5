#pragma once
#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>

#include "base/line_stream.hpp"
#include "json_read.hpp"

#include <fcntl.h>

#include <filesystem>
#include <vector>

namespace hive::harness::testing {

/// The other side of a socket that the tested code serves, on the same event loop: what came stands in `lines`.
class LineClient {
 public:
  LineClient(os::EventLoop& event_loop, os::Fd socket) : event_loop_(event_loop) {
    os::Fd out(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
    stream_.emplace(event_loop, std::move(socket), std::move(out),
                    LineStream::Limits{.line = 4u << 20, .unsent = 64u << 20},
                    LineStream::Handlers{.line = [this](std::string_view line) { lines.emplace_back(line); },
                                         .too_long = [] { std::abort(); },
                                         .ended = [this] { has_ended = true; }});
  }
  LineClient(os::EventLoop& event_loop, const std::filesystem::path& folder, const std::string& name)
      : LineClient(event_loop, std::move(*os::connect_in(os::open_folder(folder)->get(), name))) {}

  void write(std::string_view text) { stream_->write(text); }
  void ask(std::string_view method, std::string_view params = "{}") {
    write(R"({"jsonrpc":"2.0","id":)" + std::to_string(++last_id_) + R"(,"method":")" + std::string(method) +
          R"(","params":)" + std::string(params) + "}\n");
  }
  /// The next line that was not given yet; waits for it.
  json::value next() {
    event_loop_.run_until([this] { return lines.size() > given_ || has_ended; });
    return lines.size() > given_ ? json::parse(lines[given_++]) : json::value();
  }
  /// Of the next line: the result, or the error's code as text.
  json::value answer_to(std::string_view method, std::string_view params = "{}") {
    ask(method, params);
    const auto line = next();
    if (const auto* result = member(line, "result")) return *result;
    return json::string(code_of(line));
  }
  static std::string_view code_of(const json::value& line) {
    return text_at(object_at(object_at(line, "error"), "data"), "code");
  }

  std::vector<std::string> lines;
  bool has_ended = false;

 private:
  os::EventLoop& event_loop_;
  std::optional<LineStream> stream_;
  std::size_t given_ = 0;
  int last_id_ = 0;
};

}  // namespace hive::harness::testing
