#include "claude/run.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace hive::harness {
namespace {

/// A line holds at most one tool result; of what is longer the texts are cut.
constexpr LongLine::Limits kLongestLine{.most = 8u << 20, .text = 64u << 10};
constexpr std::size_t kErrorTail = 2'048;
/// Everything that could hold the pipes is dead by then; this bounds what cannot be killed.
constexpr std::chrono::milliseconds kPipePatience{2'000};

Result<os::Fd> memory_file(std::string_view text) {
  os::Fd file(::memfd_create("prompt", MFD_CLOEXEC));
  if (!file) return os::last_error("memfd_create");
  while (!text.empty()) {
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return os::last_error("write of the prompt");
    text.remove_prefix(std::size_t(written));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

void set_nonblocking(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

Result<std::unique_ptr<CliRun>> CliRun::start(System system, os::Command command, std::string_view prompt,
                                              Handlers handlers) {
  auto in = memory_file(prompt);
  auto out = os::make_pipe();
  auto err = os::make_pipe();
  if (!in) return in.error();
  if (!out) return out.error();
  if (!err) return err.error();
  command.in = in->get();
  command.out = out->second.get();
  command.err = err->second.get();
  auto child = system.processes.start(command);
  if (!child) return child.error();
  return std::unique_ptr<CliRun>(
      new CliRun(system, std::move(*child), {std::move(out->first), std::move(err->first)}, std::move(handlers)));
}

CliRun::CliRun(System system, os::Child child, Pipes pipes, Handlers handlers)
    : system_(system), child_(std::move(child)), handlers_(std::move(handlers)), line_(kLongestLine) {
  set_nonblocking(pipes.out.get());
  set_nonblocking(pipes.err.get());
  out_ = system_.event_loop.watch(std::move(pipes.out), POLLIN, [this](short) { read_output(); });
  err_ = system_.event_loop.watch(std::move(pipes.err), POLLIN, [this](short) { read_errors(); });
  ending_ = system_.event_loop.watch(child_.pidfd.get(), POLLIN, [this](short) { child_ended(); });
}

CliRun::~CliRun() {
  close_pipes();
  if (!has_ended_) system_.processes.kill_children();
}

void CliRun::stop(Patience patience) {
  if (end_.asked_to_stop || has_ended_) return;
  end_.asked_to_stop = true;
  patience_ = patience;
  send(SIGINT);
  signal_later(SIGTERM);
}

/// One that has ended needs no signal.
void CliRun::send(int signal) {
  (void)system_.processes.signal(child_, signal);
}

void CliRun::signal_later(int signal) {
  const auto delay = signal == SIGTERM ? patience_.interrupt : patience_.terminate;
  timer_ = system_.event_loop.after(delay, [this, signal] {
    if (has_ended_) return;
    send(signal);
    if (signal == SIGTERM) signal_later(SIGKILL);
  });
}

/// One read each time: a flood leaves commands and deadlines their turn.
void CliRun::read_output() {
  std::array<char, 65'536> buffer;
  const auto got = ::read(out_.fd(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got > 0) return take_output(std::string_view(buffer.data(), std::size_t(got)));
  if (!line_.is_empty()) handlers_.line(line_.take());
  out_.reset();
  finish_if_done();
}

void CliRun::take_output(std::string_view bytes) {
  for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    line_.add(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    if (!line_.is_empty()) handlers_.line(line_.take());
  }
  line_.add(bytes);
}

void CliRun::read_errors() {
  std::array<char, 4'096> buffer;
  const auto got = ::read(err_.fd(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got > 0) {
    end_.stderr_tail.append(buffer.data(), std::size_t(got));
    if (end_.stderr_tail.size() > kErrorTail) end_.stderr_tail.erase(0, end_.stderr_tail.size() - kErrorTail);
    return;
  }
  err_.reset();
  finish_if_done();
}

void CliRun::child_ended() {
  ending_.reset();
  const auto ending = system_.processes.wait_for(child_);
  end_.exited = ending.exited;
  end_.code = ending.code;
  end_.signal = ending.signal;
  has_ended_ = true;
  end_.left = system_.processes.kill_children();
  timer_ = system_.event_loop.after(kPipePatience, [this] {
    close_pipes();
    finish_if_done();
  });
  finish_if_done();
}

void CliRun::close_pipes() {
  out_.reset(), err_.reset();
}

void CliRun::finish_if_done() {
  if (!has_ended_ || out_ || err_ || !handlers_.ended) return;
  while (!end_.stderr_tail.empty() && end_.stderr_tail.back() == '\n') end_.stderr_tail.pop_back();
  const auto ended = std::exchange(handlers_.ended, {});
  ended(end_);
}

}  // namespace hive::harness
