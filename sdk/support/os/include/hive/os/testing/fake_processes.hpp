#pragma once
#include <hive/os/event_loop.hpp>
#include <hive/os/processes.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::os::testing {

/// What a fake process does, one step after the other. One without an end stays until a signal ends it, as any signal
/// does that it says nothing about.
class Program {
 public:
  /// Text on standard output.
  Program& writes(std::string_view text) { return add({.text = std::string(text), .output = 1}); }
  /// Text and a line's end on standard output.
  Program& line(std::string_view text) { return writes(std::string(text) + '\n'); }
  /// Text on standard error.
  Program& complains(std::string_view text) { return add({.text = std::string(text), .output = 2}); }
  /// What was recorded of a real one's standard output.
  Program& plays(const std::filesystem::path& recording) {
    std::ifstream file(recording);
    if (!file) std::abort();
    return writes(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  /// By the time of the event loop.
  Program& waits(EventLoop::Clock::duration time) { return add({.wait = time}); }
  /// Ends with this exit code.
  Program& exits(int code) { return add({.ending = Ending{.exited = true, .code = code}}); }
  /// Begins again at its first step, without end.
  Program& repeats() { return is_endless = true, *this; }
  /// Goes on with `then` in place of what is left when the signal comes.
  Program& on(int signal, const Program& then) { return reactions[signal] = {then}, *this; }
  /// Goes on as if the signal had not come.
  Program& ignores(int signal) { return reactions[signal] = {}, *this; }
  /// Children of it hold its output until kill_children().
  Program& leaves_children() { return is_outlived = true, *this; }

  /// One thing that it does; what is empty or 0 is not part of it.
  struct Step {
    std::string text{};
    int output = 0;  // the descriptor that the text goes to
    EventLoop::Clock::duration wait{};
    std::optional<Ending> ending{};
  };
  std::vector<Step> steps;
  std::map<int, std::vector<Program>> reactions;  // by signal; none: it is ignored
  bool is_endless = false, is_outlived = false;

 private:
  Program& add(Step step) { return steps.push_back(std::move(step)), *this; }
};

/// Processes in memory: they get their standard input, which is a file, write to the descriptors that they were given,
/// end and are signalled as real ones, but in the thread and by the time of one event loop, which outlives this.
class FakeProcesses final : public Processes {
 public:
  /// How a process was started.
  struct Started {
    std::vector<std::string> argv, environment;
    std::string directory, input;
    /// Whether it was given this argument.
    bool has(std::string_view argument) const { return std::ranges::count(argv, argument) > 0; }
    /// What stands behind `option`; empty: nothing does.
    std::string value_of(std::string_view option) const {
      const auto found = std::ranges::find(argv, option);
      return found == argv.end() || found + 1 == argv.end() ? std::string() : *(found + 1);
    }
  };

  /// Processes that run in the thread of `event_loop`.
  explicit FakeProcesses(EventLoop& event_loop) : event_loop_(event_loop) {}

  /// What becomes of a start.
  std::function<Result<Program>(const Started&)> program;
  std::vector<Started> started;
  std::size_t unkillable = 0;  // what kill_children() says
  /// Of those that were started, how many have not ended.
  std::size_t running() const {
    return std::size_t(std::ranges::count_if(running_, [](const auto& one) { return !one.second.ending; }));
  }

  Result<Child> start(const Command& command) override {
    started.push_back({command.argv, command.environment, command.directory, all_of(command.in)});
    auto chosen = program(started.back());
    if (!chosen) return chosen.error();
    auto life = make_pipe();
    if (!life) return life.error();
    const pid_t pid = kFirst + pid_t(started.size());
    auto& one = running_[pid];
    one.program = std::move(*chosen);
    one.out = writable(command.out), one.err = writable(command.err);
    one.life = std::move(life->second);
    go_on_soon(one);
    return Child{pid, std::move(life->first)};
  }
  Status signal(const Child& child, int signal) override {
    auto& one = running_.at(child.pid);
    if (one.ending) return {};
    const auto reaction = one.program.reactions.find(signal);
    if (signal == SIGKILL || reaction == one.program.reactions.end()) return end(one, {.signal = signal}), Status{};
    if (reaction->second.empty()) return {};
    one.program = Program(reaction->second.front());
    one.next = one.written = 0;
    go_on_soon(one);
    return {};
  }
  Ending wait_for(const Child& child) override { return running_.at(child.pid).ending.value(); }
  std::size_t kill_children() override {
    for (auto& [pid, one] : running_) {
      if (!one.ending) end(one, {.signal = SIGKILL});
      one.out.reset(), one.err.reset();
    }
    return unkillable;
  }

 private:
  static constexpr pid_t kFirst = 1 << 22;  // the system gives no number above it

  struct Running {
    Program program;
    std::size_t next = 0, written = 0;  // the step, and bytes of its text
    Fd out, err, life;                  // life: of a pipe whose other end stands for the pidfd
    std::optional<Ending> ending;
    EventLoop::Timer timer;
  };

  static std::string all_of(int fd) {
    std::string text;
    std::array<char, 65'536> buffer;
    for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) text.append(buffer.data(), got);
    return text;
  }
  static Fd writable(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }

  void go_on_soon(Running& one) {
    one.timer = event_loop_.after({}, [this, &one] { go_on(one); });
  }
  void go_on(Running& one) {
    if (one.next == one.program.steps.size() && one.program.is_endless) one.next = 0;
    if (one.next == one.program.steps.size()) return;
    const auto& step = one.program.steps[one.next];
    if (step.ending) return end(one, *step.ending);
    if (!has_written(one, step)) return go_on_soon(one);  // when somebody has read
    ++one.next, one.written = 0;
    one.timer = event_loop_.after(step.wait, [this, &one] { go_on(one); });
  }
  static bool has_written(Running& one, const Program::Step& step) {
    const auto rest = std::string_view(step.text).substr(one.written);
    if (rest.empty()) return true;
    const auto put = ::write((step.output == 1 ? one.out : one.err).get(), rest.data(), rest.size());
    if (put > 0) one.written += std::size_t(put);
    return put == ssize_t(rest.size());
  }
  static void end(Running& one, const Ending& how) {
    one.ending = how;
    one.timer.reset();
    if (!one.program.is_outlived) one.out.reset(), one.err.reset();
    one.life.reset();
  }

  EventLoop& event_loop_;
  std::map<pid_t, Running> running_;
};

}  // namespace hive::os::testing
