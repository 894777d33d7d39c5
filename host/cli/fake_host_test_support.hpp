#pragma once
#include <hive/os/fd.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace hive::host::cli {

/// For tests: a root in a temporary folder with a host that a test plays. It answers `methods.list`
/// from the built-in contracts, and each other method with what the test gave for it.
class FakeHost {
 public:
  /// Gives the JSON text of a result, or of an error object after `!`, or nothing for no reply at all. Runs in the
  /// host's thread.
  using Play = std::function<std::string(const std::string& params)>;

  FakeHost();
  FakeHost(const FakeHost&) = delete;
  ~FakeHost();

  const std::filesystem::path& root() const { return root_; }
  /// `methods.list` gives only methods whose names begin so. Before `start`.
  void offer_only(std::string prefix) { offered_ = std::move(prefix); }
  /// Before `start`.
  void answer(const std::string& method, Play play) { plays_.emplace_back(method, std::move(play)); }
  void answer(const std::string& method, const std::string& result) {
    answer(method, [result](const std::string&) { return result; });
  }
  /// To be called in a `Play`: the event is sent, or the connection is closed, after its reply.
  void publish_after_reply(const std::string& topic, const std::string& payload);
  void close_after_reply() { closing_ = true; }
  bool closes() const { return closing_; }
  void start();
  /// "method params" of every call but methods.list, in order.
  std::vector<std::string> calls();

 private:
  void serve();
  void serve_one(const os::Fd& connection);
  std::string reply_to(const std::string& line);

  const hive::testing::TemporaryFolder folder_;
  const std::filesystem::path root_ = folder_.path();
  std::vector<std::pair<std::string, Play>> plays_;
  std::string offered_, after_reply_;
  bool closing_ = false;  // of the host's thread alone
  os::Fd listener_, stop_read_, stop_write_;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<std::string> calls_;
};

/// What a command printed and its exit code.
struct Ran {
  int code = 0;
  std::string out, err;
};
/// Runs the command line in this process, against `root`.
Ran run_command(const std::filesystem::path& root, const std::vector<std::string>& words);

}  // namespace hive::host::cli
