#pragma once
#include "folders.hpp"
#include "hive.hpp"
#include "keeper.hpp"
#include "supervisor/output_log.hpp"

#include <hive/os/files.hpp>
#include <hive/os/lock.hpp>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>

namespace hive::runtime_local {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using runtime::State;

inline constexpr auto kPatience = 20s;
inline constexpr const char* kForever = "echo up; exec sleep 1000\n";
inline constexpr const char* kWithDaemon = "setsid sleep 1000 & echo $! > /state/pid; echo up; exec sleep 1001\n";

/// A keeper without a plugin around it, and plans that the plugin would not make.
class SupervisorTest : public ::testing::Test {
 protected:
  SupervisorTest() {
    fs::permissions(root(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    EXPECT_TRUE(folders_.make_common());
    user_ = *folders_.make_for("alice");
    keeper_ = open();
  }
  ~SupervisorTest() override {
    ::unsetenv("HIVE_CRASH_POINT");
    if (state_of(last()) == State::running) stop(0ms);
  }

  std::unique_ptr<Keeper> open(std::chrono::milliseconds start_limit = 60s) {
    KeeperEvents events{[this](Change change) { record(std::move(change)); },
                        [this](std::string, std::int64_t cursor) { told_ = cursor; }, [](const std::string&) {}};
    const auto program = Hive::binaries() / "libexec/hyperhive/hive-supervisor";
    auto keeper = Keeper::create({root(), program, start_limit}, events, found_);
    EXPECT_TRUE(keeper);
    return std::move(*keeper);
  }
  void record(Change change) {
    const std::lock_guard hold(mutex_);
    seen_.push_back(change.name + " " + std::string(name_of(change.state)));
    if (change.name == "alice") last_ = std::move(change);
    arrived_.notify_all();
  }
  std::vector<std::string> seen() {
    const std::lock_guard hold(mutex_);
    return seen_;
  }
  bool sees(const std::string& what) {
    std::unique_lock hold(mutex_);
    return arrived_.wait_for(hold, kPatience, [&] { return std::ranges::count(seen_, what) > 0; });
  }
  std::optional<Change> last() {
    const std::lock_guard hold(mutex_);
    return last_;
  }
  static State state_of(const std::optional<Change>& change) { return change ? change->state : State::absent; }
  /// Waits until the agent is in none of the passing states.
  Change settled() {
    std::unique_lock hold(mutex_);
    const bool came = arrived_.wait_for(hold, kPatience, [this] {
      return last_ && last_->state != State::starting && last_->state != State::stopping;
    });
    EXPECT_TRUE(came);
    return came ? *last_ : Change{};
  }
  Change start(supervisor::Plan plan) {
    forget();
    keeper_->start(std::move(plan));
    return settled();
  }
  Change stop(std::chrono::milliseconds grace) {
    forget();
    keeper_->stop("alice", grace);
    return settled();
  }
  void forget() {
    const std::lock_guard hold(mutex_);
    last_.reset();
    seen_.clear();
  }
  Change next_end() {
    std::unique_lock hold(mutex_);
    EXPECT_TRUE(arrived_.wait_for(hold, kPatience, [this] { return state_of(last_) == State::stopped; }));
    return last_.value_or(Change{});
  }

  supervisor::Plan plan(const std::string& script, const std::string& name = "alice") {
    const auto user = folders_.make_for(name);
    const auto state = root() / "agents" / name / "state";
    Hive::write(state / "main.new", script, fs::perms::all);
    fs::rename(state / "main.new", state / "main.sh");  // the shell of an earlier plan may not have read its own yet
    supervisor::Plan out{.root = root(), .name = name, .uid = user->uid, .gid = user->gid};
    out.binds = {{.source = state, .target = "/state", .writable = true}};
    out.argv = {"/bin/sh", "/state/main.sh"};
    out.environment = {{"PATH", "/usr/bin:/bin"}};
    out.config = "{}";
    return out;
  }
  supervisor::Plan unconfined_plan(const std::string& script) {
    auto out = plan(script);
    out.bwrap = "/nonexistent/bwrap";
    out.allow_unsandboxed = true;
    return out;
  }
  /// A supervisor that never answers: its agent looks as if bubblewrap had not made way for it yet.
  supervisor::Plan plan_without_answer() {
    auto out = unconfined_plan(kForever);
    fs::create_symlink("/bin/sleep", root() / "agents/alice/state/bwrap");
    out.argv = {"/state/bwrap", "1000"};
    return out;
  }
  bool shows(const std::string& text) {
    for (int i = 0; i < 2'000; ++i, ::usleep(10'000))
      for (const auto& line : supervisor::read_log(root() / "logs/alice", {}).lines)
        if (line.text == text) return true;
    return false;
  }
  os::Identity supervisor() {
    const auto folder = os::open_folder(root() / "run/supervisors");
    return os::identity_of(os::lock_holder(folder->get(), "alice.lock"));
  }
  std::optional<supervisor::Record> written() {
    const auto text = os::read_file(root() / "run/supervisors/alice.json");
    auto record = decode_text<supervisor::Record>(text ? *text : "", Unknown::ignore);
    return record ? std::optional(*record) : std::nullopt;
  }
  /// The line that answers `request`.
  static std::string ask(int socket, const std::string& request) {
    EXPECT_EQ(::send(socket, request.data(), request.size(), MSG_NOSIGNAL), ssize_t(request.size()));
    return heard(socket);
  }
  /// What comes next; nothing once it is closed.
  static std::string heard(int socket) {
    const timeval patience{20, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string line(4'096, '\0');
    const auto got = ::recv(socket, line.data(), line.size(), 0);
    line.resize(got > 0 ? std::size_t(got) : 0);
    return line;
  }
  /// All that runs for this hive, whoever its parent is: by the root among its words, or the agent's mark.
  std::vector<pid_t> processes() {
    const auto mark = std::string("\0HIVE_MARK=", 11) + root().string() + ":", word = '\0' + root().string() + '\0';
    const auto has = [](const fs::path& file, const std::string& wanted) {
      const auto text = os::read_file(file);
      return text && ('\0' + *text).find(wanted) != std::string::npos;
    };
    std::vector<pid_t> out;
    std::error_code failure;
    for (fs::directory_iterator at("/proc", failure), end; !failure && at != end; at.increment(failure)) {
      const auto pid = std::atoi(at->path().filename().c_str());
      if (pid <= 0 || pid == ::getpid() || os::start_time_of(pid) == 0) continue;
      if (has(at->path() / "environ", mark) || has(at->path() / "cmdline", word)) out.push_back(pid);
    }
    return out;
  }
  /// A process that the agent has left outside of every container, by the file with its pid.
  os::Identity left_behind() {
    const auto text = os::read_file(root() / "agents/alice/state/pid");
    return text ? os::identity_of(std::atoi(text->c_str())) : os::Identity{};
  }
  fs::path root() const { return folder_.path(); }

  testing::TemporaryFolder folder_;
  Settings settings_;
  Folders folders_{folder_.path(), settings_};
  AgentUser user_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<Change> last_;
  std::vector<std::string> seen_;
  std::atomic<std::int64_t> told_ = 0;  // cursor of the last notice of output
  std::vector<Change> found_;
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace hive::runtime_local
