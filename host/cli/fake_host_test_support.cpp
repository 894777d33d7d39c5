#include "fake_host_test_support.hpp"

#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/sdk/contracts/host.hpp>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>
#include <boost/json.hpp>
#include <built_in_contracts.hpp>

#include "cli.hpp"

namespace hive::host::cli {

FakeHost::FakeHost() {
  std::filesystem::create_directory(root_ / "run");
}

FakeHost::~FakeHost() {
  stop_write_.reset();
  if (thread_.joinable()) thread_.join();
}

void FakeHost::start() {
  const auto folder = os::open_folder(root_ / "run");
  ASSERT_TRUE(folder);
  auto listener = os::listen_in(folder->get(), "host.sock");
  ASSERT_TRUE(listener) << listener.error().message;
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  listener_ = std::move(*listener);
  stop_read_ = std::move(pipe->first), stop_write_ = std::move(pipe->second);
  thread_ = std::thread([this] { serve(); });
}

std::vector<std::string> FakeHost::calls() {
  std::lock_guard lock(mutex_);
  return calls_;
}

void FakeHost::publish_after_reply(const std::string& topic, const std::string& payload) {
  after_reply_ += R"({"jsonrpc":"2.0","method":"event","params":{"stamp":"e-1","topic":")" + topic + R"(","payload":)" +
                  payload + "}}\n";
}

/// One connection at a time: commands use one.
void FakeHost::serve() {
  for (;;) {
    pollfd polled[2] = {{listener_.get(), POLLIN, 0}, {stop_read_.get(), POLLIN, 0}};
    ::poll(polled, 2, -1);
    if (polled[1].revents != 0) return;
    serve_one(os::Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
  }
}

void FakeHost::serve_one(const os::Fd& connection) {
  std::string buffer, piece(65'536, '\0');
  for (;;) {
    pollfd polled[2] = {{connection.get(), POLLIN, 0}, {stop_read_.get(), POLLIN, 0}};
    ::poll(polled, 2, -1);
    const auto got = polled[1].revents != 0 ? 0 : ::read(connection.get(), piece.data(), piece.size());
    if (got <= 0) return;
    buffer.append(piece, 0, std::size_t(got));
    for (const auto& line : os::take_lines(buffer)) {
      auto reply = reply_to(line);
      reply += std::exchange(after_reply_, {});
      for (std::size_t at = 0; at < reply.size();) {
        const auto sent = ::send(connection.get(), reply.data() + at, reply.size() - at, MSG_NOSIGNAL);
        if (sent < 0) return;
        at += std::size_t(sent);
      }
      if (std::exchange(closing_, false)) return;
    }
  }
}

std::string FakeHost::reply_to(const std::string& line) {
  const auto request = parse_json(line)->as_object();
  const auto method = std::string(request.at("method").as_string());
  const auto params = write_json(request.at("params"));
  const auto head = R"({"jsonrpc":"2.0","id":)" + write_json(request.at("id"));
  if (method == "methods.list") {
    host_api::Methods all{built_in_methods()};
    std::erase_if(all.methods, [this](const auto& entry) { return !entry.name.starts_with(offered_); });
    return head + ",\"result\":" + encode_text(all) + "}\n";
  }
  {
    std::lock_guard lock(mutex_);
    calls_.push_back(method + " " + params);
  }
  for (const auto& [name, play] : plays_) {
    if (name != method) continue;
    auto text = play(params);
    if (text.empty()) return "";
    std::erase(text, '\n');  // a line each, however the test wrote it
    return head + (text.starts_with('!') ? ",\"error\":" + text.substr(1) : ",\"result\":" + text) + "}\n";
  }
  return head + R"(,"error":{"code":-32601,"message":"nobody plays )" + method +
         R"(","data":{"code":"method_not_found"}}})" + "\n";
}

Ran run_command(const std::filesystem::path& root, const std::vector<std::string>& words) {
  std::vector<std::string> line{"hive-c0re", "--root", root.string()};
  line.insert(line.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (auto& word : line) arguments.push_back(word.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Ran ran;
  ran.code = run_cli(int(arguments.size()), arguments.data());
  ran.out = ::testing::internal::GetCapturedStdout();
  ran.err = ::testing::internal::GetCapturedStderr();
  return ran;
}

}  // namespace hive::host::cli
