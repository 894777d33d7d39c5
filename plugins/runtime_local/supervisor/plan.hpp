#pragma once
#include <hive/sdk/contracts/runtime.hpp>

#include <hive/os/process.hpp>

/// What host and supervisor tell each other: over the start channel, the control socket and the
/// records in `run/supervisors`. Supervisors outlive upgrades of the host, so all of this only grows.
namespace hive::supervisor {

/// A folder or file of the machine that the agent sees.
struct Bind {
  std::string source, target;
  bool writable = false;
  bool optional = false;  // left out when the source is not there
  bool as_owner = false;  // files appear to be the agent's own on both sides: an idmapped mount
};
constexpr auto fields(Of<Bind>) {
  return shape(field<&Bind::source>("source", "path on the machine, without links in it"),
               field<&Bind::target>("target", "path in the container"),
               field<&Bind::writable>("writable", "true: writable, else read-only"),
               field<&Bind::optional>("optional", "left out when the source is not there"),
               field<&Bind::as_owner>("as_owner", "map the source's owner to the agent"));
}

struct Limits {
  std::optional<std::int64_t> memory_bytes;
  std::optional<double> cpus;
  std::int64_t pids = 2'048;
};
constexpr auto fields(Of<Limits>) {
  return shape(field<&Limits::memory_bytes>("memory_bytes", "absent: none"),
               field<&Limits::cpus>("cpus", "processors; absent: all"),
               field<&Limits::pids>("pids", "processes and threads").defaulted());
}

/// Everything about one start. Holds paths of secrets; the only secret itself is a password in a proxy's address, in
/// the environment. Never written down or logged.
struct Plan {
  std::string root, name;
  std::int64_t uid = 0, gid = 0;  // the agent's; those of the host in an ordinary user's run
  std::vector<Bind> binds;        // in this order: later ones may lie inside earlier ones
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string config;  // text of /etc/hyperhive/agent.json
  std::optional<std::string> api_key_file, oauth_token_file;
  Limits limits;
  std::string cgroup = "auto";  // auto, none, or a folder of a cgroup2 tree
  std::string bwrap = "/usr/bin/bwrap";
  bool allow_unsandboxed = false;
  std::int64_t log_file_bytes = 1 << 20, log_files = 8;
};
constexpr auto fields(Of<Plan>) {
  return shape(
      field<&Plan::root>("root", "root folder of the hive"), field<&Plan::name>("name", "the agent's name"),
      field<&Plan::uid>("uid", "user id of its processes"), field<&Plan::gid>("gid", "group id of its processes"),
      field<&Plan::binds>("binds", "what it sees"), field<&Plan::argv>("argv", "its first process"),
      field<&Plan::environment>("environment", "all of it").defaulted(),
      field<&Plan::config>("config", "text of agent.json"), field<&Plan::api_key_file>("api_key_file", "read at start"),
      field<&Plan::oauth_token_file>("oauth_token_file", "read at start"),
      field<&Plan::limits>("limits", "what it may use").defaulted(),
      field<&Plan::cgroup>("cgroup", "auto, none, or a folder").defaulted(),
      field<&Plan::bwrap>("bwrap", "program").defaulted(),
      field<&Plan::allow_unsandboxed>("allow_unsandboxed", "start it without namespaces too"),
      field<&Plan::log_file_bytes>("log_file_bytes", "size at which a new file begins").defaulted(),
      field<&Plan::log_files>("log_files", "how many log files are kept").defaulted());
}

enum class Outcome { running, refused, failed, busy };
constexpr auto names(Of<Outcome>) {
  return std::array<std::pair<Outcome, std::string_view>, 4>{{{Outcome::running, "running"},
                                                              {Outcome::refused, "refused"},
                                                              {Outcome::failed, "failed"},
                                                              {Outcome::busy, "busy"}}};
}

/// The supervisor's one line on the start channel.
struct Answer {
  Outcome outcome = Outcome::failed;
  runtime::SandboxLevel sandbox;
  std::optional<std::string> message;  // one sentence, unless it runs
};
constexpr auto fields(Of<Answer>) {
  return shape(field<&Answer::outcome>("outcome", "how the start went"),
               field<&Answer::sandbox>("sandbox", "what was applied"),
               field<&Answer::message>("message", "why it does not run"));
}

/// `<name>.json`: on disk before the process that it names may run.
struct Record {
  std::int64_t version = 1;
  std::string boot_id;
  std::int64_t pid = 0, start_time = 0;
  Time since;
  runtime::SandboxLevel sandbox;
  std::string cgroup;  // its folder; empty: none

  os::Identity identity() const { return {boot_id, pid_t(pid), std::uint64_t(start_time)}; }
};
constexpr auto fields(Of<Record>) {
  return shape(field<&Record::version>("version", "version of this form"),
               field<&Record::boot_id>("boot_id", "boot id of the kernel"),
               field<&Record::pid>("pid", "process id of the outermost process"),
               field<&Record::start_time>("start_time", "start time of that process, in ticks"),
               field<&Record::since>("since", "when that process was started"),
               field<&Record::sandbox>("sandbox", "what was applied"), field<&Record::cgroup>("cgroup", "its folder"));
}

enum class Why { exited, stopped, killed, lost };
constexpr auto names(Of<Why>) {
  return std::array<std::pair<Why, std::string_view>, 4>{
      {{Why::exited, "exited"}, {Why::stopped, "stopped"}, {Why::killed, "killed"}, {Why::lost, "lost"}}};
}

/// `<name>.exit.json`: how the last life ended. killed: it did not stop in its grace; lost: its
/// supervisor was killed, found by the next one.
struct Exit {
  Why why = Why::exited;
  std::optional<std::int64_t> code, signal;
  Time at;
};
constexpr auto fields(Of<Exit>) {
  return shape(field<&Exit::why>("why", "how the life ended"), field<&Exit::code>("code", "exit code"),
               field<&Exit::signal>("signal", "signal that ended it"), field<&Exit::at>("at", "when it ended"));
}

/// A line to the control socket. watch: asks for a Notice now and at each change.
struct Request {
  std::int64_t version = 1;
  std::string op;  // status, stop, watch
  std::int64_t grace_ms = 0;
};
constexpr auto fields(Of<Request>) {
  return shape(field<&Request::version>("version", "version of this form").defaulted(),
               field<&Request::op>("op", "status, stop or watch").max_bytes(16),
               field<&Request::grace_ms>("grace_ms", "time to end well before it is killed (stop only)")
                   .between(0, 600'000)
                   .defaulted());
}

/// A line from the control socket.
struct Notice {
  bool ok = true;
  std::optional<std::string> error;
  std::int64_t cursor = 0;      // of the newest log line; 0: none yet
  std::int64_t lost_lines = 0;  // that a full disk has cost
};
constexpr auto fields(Of<Notice>) {
  return shape(field<&Notice::ok>("ok", "the request was taken"), field<&Notice::error>("error", "why not"),
               field<&Notice::cursor>("cursor", "cursor of the newest log line"),
               field<&Notice::lost_lines>("lost_lines", "lines that were not written, because the disk was full"));
}

}  // namespace hive::supervisor
