#include "breadcrumb.hpp"

#include <hive/os/fd.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <csignal>
#include <cstring>
#include <string>

namespace hive::host {
namespace {

constexpr std::size_t kLanes = 60;

struct Lane {
  char plugin[32], what[32];
};
struct Page {
  char magic[8];
  std::uint32_t state;   // State
  std::uint32_t signal;  // that ended the run; 0: none was seen
  Lane crashed;
  Lane lanes[kLanes];
};
static_assert(sizeof(Page) <= 4'096 && kLanes <= 64);
enum State : std::uint32_t { kNeverRan = 0, kRunning = 1, kEnded = 2 };
constexpr char kMagic[8] = "crumb-1";

// Process-wide because signal handlers and threads reach it without an argument. Null until opened.
std::atomic<Page*> page = nullptr;
std::atomic<std::uint64_t> lanes_in_use = 0;  // a bit each
// -1: none. A number alone, for a signal handler reads it.
constinit thread_local int lane_here = -1;

/// The lane of this thread, given back when the thread ends.
class OwnLane {
 public:
  OwnLane() = default;
  OwnLane(const OwnLane&) = delete;
  ~OwnLane() {
    if (lane_here >= 0) lanes_in_use.fetch_and(~(std::uint64_t{1} << lane_here));
    lane_here = -1;
  }
  /// Takes one that is free, unless there is none.
  void take() noexcept {
    for (auto in_use = lanes_in_use.load(); lane_here < 0;) {
      const int free = std::countr_one(in_use);
      if (free >= int(kLanes)) return;
      if (lanes_in_use.compare_exchange_weak(in_use, in_use | std::uint64_t{1} << free)) lane_here = free;
    }
  }
};

/// A stack for signal handlers, so that a thread that overflowed its own can still be named. Its pages cost nothing
/// until a signal comes.
class SignalStack {
 public:
  SignalStack() noexcept {
    stack_t present{};
    if (sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0) return;  // a sanitizer has its own
    size_ = std::max<std::size_t>(65'536, std::size_t(std::max(sysconf(_SC_SIGSTKSZ), 0L)));
    memory_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory_ == MAP_FAILED) return;
    stack_t own{};
    own.ss_sp = memory_, own.ss_size = size_;
    sigaltstack(&own, nullptr);
  }
  SignalStack(const SignalStack&) = delete;
  ~SignalStack() {
    if (memory_ == MAP_FAILED) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
    munmap(memory_, size_);
  }

 private:
  void* memory_ = MAP_FAILED;
  std::size_t size_ = 0;
};

Lane* lane_of_this_thread() noexcept {
  Page* mapped = page.load(std::memory_order_acquire);
  return mapped == nullptr || lane_here < 0 ? nullptr : &mapped->lanes[lane_here];
}

void copy(char (&to)[32], std::string_view text) noexcept {
  const auto size = std::min(text.size(), sizeof to - 1);
  std::memcpy(to, text.data(), size);
  to[size] = 0;
}

void on_fatal(int signal) {
  if (Page* mapped = page.load(std::memory_order_acquire); mapped != nullptr) {
    mapped->signal = std::uint32_t(signal);
    if (const Lane* lane = lane_of_this_thread(); lane != nullptr) mapped->crashed = *lane;
  }
  raise(signal);  // the handler was reset: this ends the process the usual way
}

std::string text_of(const char (&words)[32]) {
  return {words, strnlen(words, sizeof words)};
}

std::string busy_lanes(const Page& last) {
  std::string out;
  for (const auto& lane : last.lanes)
    if (lane.plugin[0] != 0)
      out += (out.empty() ? "then ran: " : ", ") + text_of(lane.plugin) + " (" + text_of(lane.what) + ")";
  return out.empty() ? "no handler ran then" : out;
}

std::string story(const Page& last) {
  if (std::memcmp(last.magic, kMagic, sizeof kMagic) != 0 || last.state != kRunning) return {};
  if (last.signal == 0)
    return "the last run ended without a goodbye: it was killed or the machine went down; " + busy_lanes(last);
  const auto plugin = text_of(last.crashed.plugin);
  const auto signal = "signal " + std::to_string(last.signal) + " (" + strsignal(int(last.signal)) + ")";
  if (plugin.empty()) return "the last run died of " + signal + " outside every plugin's handlers";
  return "the last run died of " + signal + " in the plugin " + plugin + " while it ran " + text_of(last.crashed.what);
}

}  // namespace

Result<std::string> Breadcrumb::open(const std::filesystem::path& file) {
  os::Fd descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!descriptor) return os::last_error(file.string());
  if (ftruncate(descriptor.get(), sizeof(Page)) != 0) return os::last_error(file.string());
  void* mapped = mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
  if (mapped == MAP_FAILED) return os::last_error(file.string());
  auto* opened = static_cast<Page*>(mapped);
  const auto last = story(*opened);
  std::memset(opened, 0, sizeof(Page));
  std::memcpy(opened->magic, kMagic, sizeof kMagic);
  opened->state = kRunning;
  page.store(opened, std::memory_order_release);
  return last;
}

void Breadcrumb::watch_signals() {
  struct sigaction action{};
  action.sa_handler = &on_fatal;
  action.sa_flags = int(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
  for (int signal : std::array{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) sigaction(signal, &action, nullptr);
}

void Breadcrumb::close() {
  if (Page* mapped = page.load(std::memory_order_acquire); mapped != nullptr) mapped->state = kEnded;
}

void Breadcrumb::enter(std::string_view plugin, std::string_view what) noexcept {
  static thread_local const SignalStack stack;
  static thread_local OwnLane own;
  own.take();
  Lane* lane = lane_of_this_thread();
  if (lane == nullptr) return;
  copy(lane->plugin, plugin);
  copy(lane->what, what);
}

void Breadcrumb::leave() noexcept {
  if (Lane* lane = lane_of_this_thread(); lane != nullptr) lane->plugin[0] = 0;
}

}  // namespace hive::host
