#include "life.hpp"

#include "confine.hpp"
#include "idmap.hpp"
#include "leftovers.hpp"
#include "stage.hpp"

#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/sdk/crash_point.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace hive::supervisor {
namespace {

using namespace std::chrono_literals;

enum ExitCode { kEnded = 0, kFailed = 70, kBusy = 75, kHostGone = 76, kRefused = 77 };
constexpr auto kGraceOfSignal = 5'000ms;
constexpr auto kBetweenNotices = 200ms;
constexpr auto kLookAgain = 2ms;  // only while the agent starts, some ten milliseconds
constexpr std::size_t kLastWords = 5;

Time now() {
  return wall_time();
}

std::string command_of(pid_t pid) {
  const auto text = os::read_file("/proc/" + std::to_string(pid) + "/comm");
  return text ? text->substr(0, text->find('\n')) : std::string();
}

}  // namespace

Status Life::prepare() {
  const auto root = std::filesystem::path(plan_.root);
  auto folder = os::open_folder(root / "run/supervisors");
  if (!folder) return folder.error();
  folder_ = std::move(*folder);
  auto lock = os::RecordLock::take(folder_.get(), plan_.name + ".lock");
  if (!lock) return lock.error();
  lock_.emplace(std::move(*lock));
  const LogSize size{std::size_t(plan_.log_file_bytes), std::size_t(plan_.log_files)};
  auto log = OutputLog::open(root / "logs" / plan_.name, size);
  if (!log) return log.error();
  log_.emplace(std::move(*log));
  return {};
}

void Life::find_level() {
  level_.shown.level = runtime::Sandbox::full;
  if (auto works = probe_namespaces(folder_.get(), plan_.bwrap); !works) {
    level_.namespaces = false;
    level_.lacks(works.error().message);
    level_.shown.level = runtime::Sandbox::none;
  }
  if (::geteuid() != 0)
    level_.lacks("no uid of its own: the host runs as uid " + std::to_string(::geteuid()) + ", not as root");
  const auto abi = landlock_abi();
  level_.close_abstract_sockets = abi >= kLandlockScopes;
  if (!level_.close_abstract_sockets)
    level_.lacks("abstract sockets of other programs can be reached: Landlock ABI " + std::to_string(abi) +
                 " is below 6 (Linux 6.12)");
}

/// Whatever an earlier life had no time to end itself.
void Life::end_leftovers() {
  const auto file = plan_.name + ".json";
  const auto text = os::read_file("/proc/self/fd/" + std::to_string(folder_.get()) + "/" + file);
  const auto old = text ? decode_text<Record>(*text, Unknown::ignore) : Result<Record>(error(Code::not_found, ""));
  bool found = old && os::end_process(old->identity());
  if (old && !old->cgroup.empty()) found = Cgroup::end_leftovers(old->cgroup) || found;
  if (!level_.namespaces) found = end_marked(plan_.root + ":" + plan_.name) || found;
  if (!text) return;
  note(found ? "the last supervisor was killed; what it left running has been ended"
             : "the last supervisor was killed");
  const Exit exit{.why = Why::lost, .at = now()};
  if (auto written = os::replace_file(folder_.get(), plan_.name + ".exit.json", encode_text(exit)); !written)
    note(written.error().message);
  ::unlinkat(folder_.get(), file.c_str(), 0);
}

/// For each bind that is shown as the agent's own, the mapping that does it.
Result<std::vector<os::Fd>> Life::map_owners() const {
  std::vector<os::Fd> out(plan_.binds.size());
  if (::geteuid() != 0 || plan_.uid == 0 || !level_.namespaces) return out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!plan_.binds[i].as_owner) continue;
    auto source = os::open_without_links(plan_.binds[i].source);
    if (!source) return source.error();
    const Owner agent{uid_t(plan_.uid), gid_t(plan_.gid)};
    auto mapped = map_owner(owner_of(source->get()), agent);
    if (!mapped) return mapped.error();
    out[i] = std::move(*mapped);
  }
  return out;
}

Status Life::open_cgroup() {
  const auto place = Cgroup::find(plan_.cgroup, plan_.root);
  if (!place.missing.empty()) return level_.lacks(place.missing), Status{};
  Cgroup::end_leftovers(place.base / plan_.name);
  std::vector<std::string> reasons;
  auto made = Cgroup::create(place.base, plan_.name, plan_.limits, reasons);
  if (!made) return level_.lacks("no cgroup: " + made.error().message), Status{};
  for (auto& reason : reasons) level_.lacks(std::move(reason));
  cgroup_ = std::move(*made);
  return {};
}

Status Life::open_names() {
  if (!level_.namespaces) return {};
  auto names = MachineNames::open({.root = plan_.root, .name = plan_.name});
  if (!names) return names.error();
  names_.emplace(std::move(*names));
  if (names_->changes() < 0) note("changes of /etc/hosts and /etc/resolv.conf are not seen: inotify is used up");
  names_changed_ = loop_.watch(names_->changes(), POLLIN, [this](short) { copy_names(); });
  plan_.binds.push_back({.source = MachineNames::folder(plan_.root, plan_.name), .target = kNamesInside});
  return {};
}

void Life::copy_names() {
  if (auto copied = names_->refresh(); !copied) note(copied.error().message);
}

/// Clones the child, which waits at the gate until its identity is on disk: no process runs unrecorded.
Status Life::clone_recorded(const std::vector<os::Fd>& owners) {
  auto gate = os::make_pipe();
  auto out = os::make_pipe();
  auto err = os::make_pipe();
  for (const auto* pipe : {&gate, &out, &err})
    if (!*pipe) return pipe->error();
  const auto space = level_.namespaces ? Space::own : Space::shared;
  const Own own;
  child_.pid = clone_child(space, cgroup_ ? cgroup_.folder() : -1, child_.pidfd);
  if (child_.pid < 0 && cgroup_ && (errno == EACCES || errno == EPERM)) {
    level_.lacks("no cgroup: a process cannot be moved into " + cgroup_.path().string());
    cgroup_.remove();
    cgroup_ = {};
    child_.pid = clone_child(space, -1, child_.pidfd);
  }
  if (child_.pid < 0) return os::last_error("clone3 for " + plan_.name);
  if (child_.pid == 0) {
    gate->second.reset();  // else this child would hold its own leash
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0) ::dup2(null, 0);
    ::dup2(out->second.get(), 1);
    ::dup2(err->second.get(), 2);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    enter({plan_, level_, owners, gate->first.get(), own});
  }
  gate_ = std::move(gate->second);
  for (const auto& [pipe, output] : {std::pair(&out->first, &out_), std::pair(&err->first, &err_)}) {
    ::fcntl(pipe->get(), F_SETFL, O_NONBLOCK);
    output->pipe = loop_.watch(std::move(*pipe), POLLIN, [this, output](short) { read_output(*output); });
  }
  crash_point("supervisor.cloned");
  if (auto recorded = record_child(); !recorded) return recorded;
  crash_point("supervisor.recorded");
  if (::write(gate_.get(), "g", 1) != 1) return os::last_error("gate of " + plan_.name);
  return {};
}

Status Life::record_child() {
  const auto identity = os::identity_of(child_.pid);
  Record record{.boot_id = identity.boot_id, .pid = identity.pid, .since = now(), .sandbox = level_.shown};
  record.start_time = std::int64_t(identity.start_time);
  record.cgroup = cgroup_ ? cgroup_.path().string() : "";
  return os::replace_file(folder_.get(), plan_.name + ".json", encode_text(record));
}

Status Life::start() {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int signal : {SIGCHLD, SIGTERM}) sigaddset(&watched, signal);
  ::sigprocmask(SIG_BLOCK, &watched, nullptr);
  os::Fd signals(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals) return os::last_error("signalfd");
  signals_ = loop_.watch(std::move(signals), POLLIN, [this](short) { take_signals(); });
  if (auto opened = open_cgroup(); !opened) return opened;
  if (auto opened = open_names(); !opened) return opened;
  auto owners = map_owners();
  if (!owners) return owners.error();
  if (auto cloned = clone_recorded(*owners); !cloned) return cloned;
  auto listener = os::listen_in(folder_.get(), plan_.name + ".sock");
  if (!listener) return listener.error();
  control_.emplace(loop_, std::move(*listener),
                   ControlSocket::Hearer{[this](auto& client, auto& request) { on_request(client, request); },
                                         [this](std::string_view trouble) { note(trouble); }});
  return {};
}

/// supervisor → bwrap → bwrap's pid 1 → payload. bwrap tells pids of the namespace that it sits in, so
/// what it tells is of no use here. 0: not there yet, or gone.
pid_t Life::payload() const {
  if (!level_.namespaces) return child_.pid;
  const auto inner = os::children_of(child_.pid);
  const auto first = inner.empty() ? std::vector<pid_t>{} : os::children_of(inner[0]);
  return first.empty() ? 0 : first[0];
}

/// It runs when its own program has replaced bubblewrap (or, without it, this one).
void Life::look_for_payload() {
  const auto pid = payload();
  const auto command = pid > 0 ? command_of(pid) : std::string();
  const auto wrapper = std::filesystem::path(plan_.bwrap).filename().string().substr(0, 15);
  if (command.empty() || command == wrapper || command == command_of(::getpid())) {
    looking_ = loop_.after(kLookAgain, [this] { look_for_payload(); });
    return;
  }
  crash_point("supervisor.running");
  answer({.outcome = Outcome::running, .sandbox = level_.shown});
}

void Life::answer(const Answer& answer) {
  if (answered_) return;
  answered_ = true;
  if (answer.outcome != Outcome::running) lock_.reset();  // it has ended: the next start may come at once
  const auto line = encode_text(answer) + "\n";
  // Nobody may be there any more: the host that comes next finds the lock.
  (void)::send(host_.get(), line.data(), line.size(), MSG_NOSIGNAL);
  host_.reset();
}

void Life::note(std::string_view text) {
  if (!log_) return;
  log_->add("supervisor", text, now());
  tell_later();
}

std::string Life::last_words() const {
  const auto log = read_log(std::filesystem::path(plan_.root) / "logs" / plan_.name, {.lines = kLastWords});
  std::string out;
  for (const auto& line : log.lines) out += (out.empty() ? "" : " | ") + line.text;
  return out;
}

Notice Life::notice() const {
  return {.cursor = log_->cursor(), .lost_lines = log_->lost()};
}

void Life::on_request(ControlSocket::Client& client, const Request& request) {
  if (request.op == "stop")
    stop(std::chrono::milliseconds(request.grace_ms));
  else if (request.op == "watch")
    client.watches = true;
  else if (request.op != "status")
    return control_->tell(client, {.ok = false, .error = "op: wanted status, stop or watch, not " + request.op});
  control_->tell(client, notice());
}

void Life::stop(std::chrono::milliseconds grace) {
  why_ = Why::stopped;
  const auto held = os::open_process(os::identity_of(payload()));
  if (!answered_ || grace.count() <= 0 || !held || !os::signal_process(held.get(), SIGTERM)) return kill_all();
  killing_ = loop_.after(grace, [this] {
    why_ = Why::killed;
    note("it did not stop in its grace and is killed");
    kill_all();
  });
}

void Life::kill_all() {
  cgroup_.kill();
  // pid 1 of the namespace: the kernel ends all of it before it lets go of this one.
  (void)os::signal_process(child_.pidfd.get(), SIGKILL);
  if (!level_.namespaces) ::killpg(child_.pid, SIGKILL);
}

void Life::read_output(Output& from) {
  auto& partial = from.partial;
  char block[16'384];
  for (ssize_t got; (got = ::read(from.pipe.fd(), block, sizeof block)) != 0;) {
    if (got < 0) return;
    partial.append(block, std::size_t(got));
    for (std::size_t end; (end = partial.find('\n')) != partial.npos; partial.erase(0, end + 1))
      log_->add(from.stream, std::string_view(partial).substr(0, end), now());
    if (partial.size() >= kLogTextBytes) log_->add(from.stream, std::exchange(partial, {}), now());
    if (!ended_) return tell_later();  // one block a turn: a flood must not keep the control socket waiting
  }
  from.pipe.reset();
}

void Life::take_signals() {
  signalfd_siginfo signal{};
  while (::read(signals_.fd(), &signal, sizeof signal) == sizeof signal)
    if (signal.ssi_signo == SIGTERM) stop(kGraceOfSignal);
  for (const pid_t stray : os::children_of(::getpid()))
    if (stray != child_.pid) ::waitpid(stray, nullptr, WNOHANG);
}

/// The first line of a flood at once, the rest in steps.
void Life::tell_later() {
  if (!control_ || !control_->watched() || telling_.is_set() || log_->cursor() == told_cursor_) return;
  telling_ = loop_.at(told_at_ + kBetweenNotices, [this] { tell_watchers(); });
}

void Life::tell_watchers() {
  told_cursor_ = log_->cursor();
  told_at_ = loop_.now();
  control_->tell_watchers(notice());
}

void Life::serve() {
  bool has_ended = false;  // only noted, so that all else that came with it is handled first
  const auto ending = loop_.watch(child_.pidfd.get(), POLLIN, [&has_ended](short) { has_ended = true; });
  look_for_payload();
  loop_.run_until([&has_ended] { return has_ended; });
  if (!answered_) look_for_payload();  // its program may have begun and ended since the last look
  finish();
}

void Life::finish() {
  ended_ = true;
  kill_all();
  const auto ending = os::wait_for(child_);
  end_children();
  for (auto* from : {&out_, &err_}) {
    if (from->pipe) read_output(*from);
    if (!from->partial.empty()) log_->add(from->stream, from->partial, now());
  }
  cgroup_.remove();
  if (!level_.namespaces) remove_plain_config(plan_.root, plan_.name);
  MachineNames::remove(plan_.root, plan_.name);
  crash_point("supervisor.ended");
  Exit exit{.why = why_, .at = now()};
  (ending.exited ? exit.code : exit.signal) = ending.exited ? ending.code : ending.signal;
  if (auto written = os::replace_file(folder_.get(), plan_.name + ".exit.json", encode_text(exit)); !written)
    note(written.error().message);
  for (const char* end : {".json", ".sock"}) ::unlinkat(folder_.get(), (plan_.name + end).c_str(), 0);
  const auto how = ending.exited ? "code " + std::to_string(ending.code) : "signal " + std::to_string(ending.signal);
  answer({.outcome = Outcome::failed,
          .sandbox = level_.shown,
          .message = "it ended at once with " + how + ": " + last_words()});
}

int Life::run() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::umask(0077);
  if (auto prepared = prepare(); !prepared) {
    const bool busy = prepared.error().code == Code::conflict;
    answer({.outcome = busy ? Outcome::busy : Outcome::failed, .message = prepared.error().message});
    return busy ? kBusy : kFailed;
  }
  // Locked first, then asked: a host that starts later sees the lock, one that died started nothing.
  if (os::is_readable(host_.get())) return kHostGone;
  crash_point("supervisor.locked");
  find_level();
  if (!level_.namespaces && !plan_.allow_unsandboxed) {
    const auto why = level_.shown.reasons.front() + "; mend that, or set allow_unsandboxed to run agents unconfined";
    answer({.outcome = Outcome::refused, .sandbox = level_.shown, .message = why});
    return kRefused;
  }
  end_leftovers();
  if (auto started = start(); !started) {
    note("start failed: " + started.error().message);
    if (child_.pid > 0) finish();
    cgroup_.remove();
    answer({.outcome = Outcome::failed, .sandbox = level_.shown, .message = started.error().message});
    return kFailed;
  }
  serve();
  return kEnded;
}

}  // namespace hive::supervisor
