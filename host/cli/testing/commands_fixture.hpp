#pragma once
#include <hive/os/loop_thread.hpp>
#include <hive/rpc/testing/fake_host.hpp>
#include <hive/sdk/contracts/broker.hpp>
#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/contracts/page.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gtest/gtest.h>
#include <built_in_contracts.hpp>

#include <future>

#include "cli.hpp"

namespace hive::host::cli {

using rpc::testing::FakeHost;

/// What a command printed and its exit code.
struct Ran {
  int code = 0;
  std::string out, err;
};

/// Runs the command line in this process, against `root`.
inline Ran run_command(const std::filesystem::path& root, const std::vector<std::string>& words) {
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

/// For tests of commands: a root whose host the test plays in a thread of its own, once it is started. It lists the
/// built-in methods and refuses those that the test says nothing about.
class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() {
    host_.go();
    host_.script = [this](const FakeHost::Call& call) {
      host_.refuse(call, Code::method_not_found, "nobody plays " + call.method);
    };
    host_.answer(host_api::kMethodsList, [this](host_api::ListMethods) -> Result<host_api::Methods> {
      host_api::Methods all{built_in_methods()};
      std::erase_if(all.methods, [this](const auto& method) { return !method.name.starts_with(offered_); });
      return all;
    });
  }
  ~CommandsTest() override { thread_->stop(); }

  void start() {
    host_.come();
    thread_->start();
  }
  Ran run(const std::vector<std::string>& words) { return run_command(root_, words); }
  /// "method params" of every call but methods.list, in order. After start().
  std::vector<std::string> calls() {
    std::promise<std::vector<std::string>> told;
    thread_->post([&] {
      std::vector<std::string> calls;
      for (const auto& call : host_.calls)
        if (call.method != host_api::kMethodsList.name) calls.push_back(call.method + " " + write_json(call.params));
      told.set_value(std::move(calls));
    });
    return told.get_future().get();
  }
  static constexpr Time kNoon{1'777'636'800'000};  // of the first of May 2026
  static broker::Message message_of(std::int64_t id, std::string from, std::string to, std::string body) {
    return {.id = id, .from = std::move(from), .to = std::move(to), .body = std::move(body), .sent_at = kNoon};
  }
  static broker::Entry entry_of(std::int64_t id, std::string from, std::string to, std::string body) {
    return {message_of(id, std::move(from), std::move(to), std::move(body)), broker::State::settled};
  }

  const hive::testing::TemporaryFolder folder_;
  const std::filesystem::path root_ = folder_.path();
  const std::filesystem::path run_ = (std::filesystem::create_directory(root_ / "run"), root_ / "run");
  const std::unique_ptr<os::LoopThread> thread_ = std::move(*os::LoopThread::create());
  FakeHost host_{thread_->loop(), run_};
  std::string offered_;  // methods.list gives only methods whose names begin so
};

}  // namespace hive::host::cli
