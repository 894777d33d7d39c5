#include "keeper.hpp"

#include "start_supervisor.hpp"
#include "supervisor/cgroup.hpp"
#include "supervisor/leftovers.hpp"
#include "supervisor/machine_names.hpp"
#include "supervisor/output_log.hpp"
#include "supervisor/stage.hpp"

#include <hive/os/files.hpp>
#include <hive/os/lock.hpp>
#include <hive/os/unix_socket.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace hive::runtime_local {

using runtime::State;
using namespace std::chrono_literals;

namespace {

constexpr auto kAfterGrace = 10'000ms;  // for the supervisor to kill and clean up
constexpr auto kWatchAgain = 500ms;
constexpr std::size_t kMostUnread = 1 << 20;
constexpr int kAdoptTries = 50;
constexpr useconds_t kAdoptPauseUs = 2'000;

std::string words_for(const supervisor::Exit& exit) {
  if (exit.why == supervisor::Why::lost) return "its supervisor was killed";
  if (exit.why == supervisor::Why::killed) return "it did not stop in its grace and was killed";
  if (exit.signal) return "it was killed by signal " + std::to_string(*exit.signal);
  return "it exited with code " + std::to_string(exit.code.value_or(0));
}

}  // namespace

struct Keeper::Agent {
  std::string name;
  State state = State::stopped;
  Time since{};
  std::optional<runtime::SandboxLevel> sandbox{};
  std::optional<std::string> reason{};
  os::EventLoop::Watch channel{};     // to a supervisor that has not answered yet
  os::EventLoop::Watch supervisor{};  // pidfd of one that has
  os::EventLoop::Watch control{};
  std::string unread{}, notices{};
  os::EventLoop::Timer due{};                             // end of a start's or stop's patience
  os::EventLoop::Timer watch_again{};                     // when its output is asked for
  std::optional<std::chrono::milliseconds> stop_grace{};  // asked for
  std::jthread cleaner{};
  bool cleaning = false;  // until cleaned()
  std::int64_t cursor = 0;

  Change change() const { return {name, state, since, sandbox, reason}; }
};

Keeper::Keeper(KeeperPlaces places, KeeperEvents events) : places_(std::move(places)), events_(std::move(events)) {}

Result<std::unique_ptr<Keeper>> Keeper::create(KeeperPlaces places, KeeperEvents events, std::vector<Change>& found) {
  std::unique_ptr<Keeper> keeper(new Keeper(std::move(places), std::move(events)));
  if (auto opened = keeper->open(); !opened) return opened.error();
  found = keeper->find_all();
  keeper->thread_->start();
  return keeper;
}

Keeper::~Keeper() {
  if (thread_) thread_->stop();
  agents_.clear();  // waits for the cleaners, which use the rest
}

Status Keeper::open() {
  auto folder = os::open_folder(places_.root / "run/supervisors");
  if (!folder) return folder.error();
  folder_ = std::move(*folder);
  auto thread = os::LoopThread::create();
  if (!thread) return thread.error();
  thread_ = std::move(*thread);
  const auto log = places_.root / "logs/supervisors.log";
  log_ = os::Fd(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!log_) return os::last_error(log);
  return {};
}

/// The lock is the truth about "runs": it outlives neither its holder nor a boot.
std::vector<Change> Keeper::find_all() {
  std::vector<Change> out;
  std::error_code failure;
  for (std::filesystem::directory_iterator at(places_.root / "run/supervisors", failure), end; !failure && at != end;
       at.increment(failure)) {
    if (at->path().extension() != ".lock") continue;
    auto agent = std::make_unique<Agent>(Agent{.name = at->path().stem()});
    agent->since = wall_time();
    if (!adopt(*agent)) {
      end_leftovers(agent->name);
      agent->reason = how_it_ended(agent->name);
    }
    out.push_back(agent->change());
    agents_[agent->name] = std::move(agent);
  }
  return out;
}

void Keeper::start(supervisor::Plan plan) {
  post([this, plan = std::move(plan)]() mutable { begin(std::move(plan)); });
}

void Keeper::stop(std::string name, std::chrono::milliseconds grace) {
  post([this, name = std::move(name), grace] { begin_stop(name, grace); });
}

void Keeper::set_state(Agent& agent, State state, std::optional<std::string> reason) {
  if (agent.state == state && agent.reason == reason) return;
  agent.state = state;
  agent.since = wall_time();
  agent.reason = std::move(reason);
  events_.changed(agent.change());
}

void Keeper::begin(supervisor::Plan plan) {
  auto& slot = agents_[plan.name];
  if (!slot) slot = std::make_unique<Agent>(Agent{.name = plan.name});
  Agent& agent = *slot;
  if (agent.channel || agent.supervisor || agent.cleaning) return events_.changed(agent.change());
  agent.stop_grace.reset();  // of the life before
  set_state(agent, State::starting);
  auto channel = start_supervisor(places_.supervisor, plan, log_.get());
  if (!channel) return set_state(agent, State::stopped, channel.error().message);
  auto& loop = thread_->loop();
  agent.channel = loop.watch(std::move(*channel), POLLIN, [this, &agent](short) { read_answer(agent); });
  agent.unread.clear();
  agent.due = loop.after(places_.start_limit, [this, &agent] { give_up_start(agent); });
}

void Keeper::give_up_start(Agent& agent) {
  agent.channel.reset();  // its end of file ends the supervisor, unless that has begun: then it holds the lock
  take_over(agent, "its supervisor did not answer in time");
}

void Keeper::read_answer(Agent& agent) {
  char block[4'096];
  const auto got = ::read(agent.channel.fd(), block, sizeof block);
  if (got < 0 && errno == EINTR) return;
  if (got > 0) agent.unread.append(block, std::size_t(got));
  const auto end = agent.unread.find('\n');
  if (got > 0 && end == agent.unread.npos) return;
  agent.channel.reset();
  agent.due.reset();
  if (end != agent.unread.npos) return take_answer(agent, agent.unread.substr(0, end));
  clean(agent, "its supervisor ended while it was starting; see logs/supervisors.log");
}

void Keeper::take_answer(Agent& agent, const std::string& line) {
  using supervisor::Outcome;
  const auto answer = decode_text<supervisor::Answer>(line, Unknown::ignore);
  if (!answer) return take_over(agent, "its supervisor's answer is not understood: " + answer.error().message);
  if (answer->outcome == Outcome::refused || answer->outcome == Outcome::failed) {
    agent.sandbox = answer->sandbox;
    agent.stop_grace.reset();
    return set_state(agent, answer->outcome == Outcome::refused ? State::refused : State::stopped, answer->message);
  }
  take_over(agent);
}

/// The end of a start: it runs, or it is stopped and `reason` says why. A stop may have been asked for
/// meanwhile; then nobody is told that it runs.
void Keeper::take_over(Agent& agent, std::optional<std::string> reason) {
  if (!adopt(agent)) return clean(agent, std::move(reason));
  if (agent.stop_grace) return ask_to_stop(agent);
  set_state(agent, State::running);
}

/// Takes over the supervisor that holds the agent's lock. The second look at the lock says that the
/// pidfd is the holder's. Record and socket are a moment later than the lock: a host that was just
/// started may come in between.
bool Keeper::adopt(Agent& agent) {
  const auto file = agent.name + ".lock";
  const auto pid = os::lock_holder(folder_.get(), file);
  if (pid <= 0) return false;
  auto held = os::open_process(os::identity_of(pid));
  if (!held || os::lock_holder(folder_.get(), file) != pid) return false;
  agent.supervisor = thread_->loop().watch(std::move(held), POLLIN, [this, &agent](short) { lost(agent); });
  for (int i = 0; i < kAdoptTries && !agent.control && !os::is_readable(agent.supervisor.fd()); ++i) {
    if (i > 0) ::usleep(kAdoptPauseUs);
    watch(agent);
  }
  if (const auto record = read_record<supervisor::Record>(agent.name + ".json")) {
    agent.sandbox = record->sandbox;
    agent.since = record->since;
  }
  agent.state = agent.state == State::starting ? State::starting : State::running;
  return true;
}

/// Asks for notices of output; where that does not work, again later, as long as the supervisor lives.
void Keeper::watch(Agent& agent) {
  watch_later(agent);
  auto control = os::connect_in(folder_.get(), agent.name + ".sock");
  if (!control) return;  // not there yet, or going away, which its pidfd tells
  const auto line = encode_text(supervisor::Request{.op = "watch"}) + "\n";
  if (::send(control->get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) return;
  agent.control = thread_->loop().watch(std::move(*control), POLLIN, [this, &agent](short) { read_notices(agent); });
  agent.notices.clear();
  agent.watch_again.reset();
}

void Keeper::watch_later(Agent& agent) {
  agent.control.reset();
  agent.watch_again = thread_->loop().after(kWatchAgain, [this, &agent] { watch(agent); });
}

void Keeper::read_notices(Agent& agent) {
  char block[4'096];
  const auto got = ::read(agent.control.fd(), block, sizeof block);
  if (got <= 0) return watch_later(agent);
  agent.notices.append(block, std::size_t(got));
  const auto before = agent.cursor;
  for (const auto& line : os::take_lines(agent.notices))
    if (const auto notice = decode_text<supervisor::Notice>(line, Unknown::ignore))
      agent.cursor = std::max(agent.cursor, notice->cursor);
  if (agent.notices.size() > kMostUnread) watch_later(agent);
  if (agent.cursor > before) events_.output(agent.name, agent.cursor);
}

void Keeper::begin_stop(const std::string& name, std::chrono::milliseconds grace) {
  const auto found = agents_.find(name);
  if (found == agents_.end()) return events_.changed({.name = name, .since = wall_time()});
  Agent& agent = *found->second;
  if (!agent.channel && !agent.supervisor && !agent.cleaning) return events_.changed(agent.change());
  agent.stop_grace = grace;
  if (agent.supervisor) ask_to_stop(agent);
}

void Keeper::ask_to_stop(Agent& agent) {
  const auto grace = agent.stop_grace.value_or(0ms);
  if (!agent.control) watch(agent);
  const auto line = encode_text(supervisor::Request{.op = "stop", .grace_ms = grace.count()}) + "\n";
  const bool sent = agent.control && ::send(agent.control.fd(), line.data(), line.size(), MSG_NOSIGNAL) > 0;
  if (!sent) (void)os::signal_process(agent.supervisor.fd(), SIGTERM);
  agent.due = thread_->loop().after(grace + kAfterGrace, [&agent] {
    (void)os::signal_process(agent.supervisor.fd(), SIGKILL);  // its agent dies with it
  });
  set_state(agent, State::stopping);
}

void Keeper::lost(Agent& agent) {
  agent.supervisor.reset();
  agent.control.reset();
  agent.due.reset();
  agent.watch_again.reset();
  clean(agent);
}

/// Ends what a life has left, off this thread, which other agents wait for; nobody is told of its end
/// before. Without a `reason` its record says how it ended.
void Keeper::clean(Agent& agent, std::optional<std::string> reason) {
  agent.cleaning = true;
  auto work = [this, name = agent.name, reason = std::move(reason)] {
    end_leftovers(name);
    post([this, name, reason] { cleaned(name, reason); });
  };
  try {
    agent.cleaner = std::jthread(work);
  } catch (const std::system_error&) {  // no thread is to be had: then the others wait
    work();
  }
}

void Keeper::cleaned(const std::string& name, std::optional<std::string> reason) {
  const auto found = agents_.find(name);
  if (found == agents_.end()) return;
  Agent& agent = *found->second;
  agent.cleaning = false;
  agent.cleaner = {};  // it posted this as its last act
  tell_last_output(agent);
  const bool asked = std::exchange(agent.stop_grace, {}).has_value();
  if (!reason) reason = how_it_ended(name);
  set_state(agent, State::stopped, asked ? std::nullopt : std::move(reason));
}

/// The last lines of a life may have come after its last notice.
void Keeper::tell_last_output(Agent& agent) {
  const auto newest = supervisor::read_log(places_.root / "logs" / agent.name, {.lines = 1}).cursor;
  if (newest <= agent.cursor) return;
  agent.cursor = newest;
  events_.output(agent.name, newest);
}

void Keeper::forget(std::string name) {
  post([this, name = std::move(name)] { agents_.erase(name); });
}

void Keeper::end_leftovers(const std::string& name) {
  const auto record = read_record<supervisor::Record>(name + ".json");
  if (!record) return;
  os::end_process(record->identity());
  if (!record->cgroup.empty()) {
    supervisor::Cgroup::end_leftovers(record->cgroup);
    ::rmdir(std::filesystem::path(record->cgroup).parent_path().c_str());  // when it was the last
    if (::access(record->cgroup.c_str(), F_OK) == 0)
      events_.warn(name + ": its cgroup " + record->cgroup + " cannot be removed; end what is in it and remove it");
  }
  if (record->sandbox.level == runtime::Sandbox::none) {
    supervisor::end_marked(places_.root.string() + ":" + name);
    supervisor::remove_plain_config(places_.root, name);
  }
  supervisor::MachineNames::remove(places_.root, name);
  const supervisor::Exit exit{.why = supervisor::Why::lost, .at = wall_time()};
  const auto written = os::replace_file(folder_.get(), name + ".exit.json", encode_text(exit));
  if (!written) return events_.warn(name + ": its end is not written down: " + written.error().message);
  for (const char* end : {".json", ".sock"}) ::unlinkat(folder_.get(), (name + end).c_str(), 0);
}

std::optional<std::string> Keeper::how_it_ended(const std::string& name) const {
  const auto exit = read_record<supervisor::Exit>(name + ".exit.json");
  if (!exit || exit->why == supervisor::Why::stopped) return {};
  return words_for(*exit);
}

template <class T>
Result<T> Keeper::read_record(const std::string& file) const {
  const auto text = os::read_file(places_.root / "run/supervisors" / file);
  if (!text) return text.error();
  return decode_text<T>(*text, Unknown::ignore);
}

}  // namespace hive::runtime_local
