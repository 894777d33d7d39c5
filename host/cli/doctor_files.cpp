#include <hive/git/repository.hpp>
#include <hive/json_text/json_text.hpp>
#include <hive/os/files.hpp>
#include <hive/os/lock.hpp>
#include <hive/os/process.hpp>
#include <hive/sqlite/database.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "doctor.hpp"

namespace hive::host::cli {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOthers = 0007, kOthersWrite = 0002, kGroupAndOthers = 0077, kGroupAndOthersWrite = 0022,
                 kGroupAndOthersRead = 0066;

std::string octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", unsigned(mode & 07777));
  return text;
}

std::optional<struct stat> status_of(const fs::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return status;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> out;
  std::error_code failure;  // a folder that is not there holds nothing
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure))
    out.push_back(at->path().filename());
  std::sort(out.begin(), out.end());
  return out;
}

/// One rule: `path`, where it is there, has none of the bits and the right owner.
struct Rule {
  std::string path;  // below the root
  mode_t forbidden = 0;
  enum class Owner { host, anybody } owner = Owner::host;
};

bool keeps(Patient& patient, const Rule& rule, uid_t host) {
  const auto path = patient.root / rule.path;
  const auto status = status_of(path);
  if (!status) return true;
  if (S_ISLNK(status->st_mode))
    return patient.wrong("folders", path.string() + " is a link; put what it points at in its place"), false;
  if (status->st_mode & rule.forbidden) {
    const auto mended = status->st_mode & 07777 & ~rule.forbidden;
    patient.wrong("folders", path.string() + " has mode " + octal(status->st_mode) +
                                 ", which lets too many in; `chmod " + octal(mended) + " " + path.string() + "`");
    return false;
  }
  if (rule.owner == Rule::Owner::anybody || status->st_uid == host) return true;
  patient.wrong("folders", path.string() + " belongs to uid " + std::to_string(status->st_uid) +
                               ", not to the host's " + std::to_string(host) + "; `chown " + std::to_string(host) +
                               " " + path.string() + "`");
  return false;
}

/// An agent's state and login belong to one user, and the login to nobody else.
bool check_agent(Patient& patient, const std::string& name, uid_t host) {
  const auto state = status_of(patient.root / "agents" / name / "state");
  const auto login_path = patient.root / "logins" / name;
  const auto login = status_of(login_path);
  bool well = keeps(patient, {"run/agents/" + name, kOthersWrite}, host);
  if (!state || !login) return well;
  well = keeps(patient, {"logins/" + name, kGroupAndOthers, Rule::Owner::anybody}, host) && well;
  if (state->st_uid == login->st_uid) return well;
  patient.wrong("folders", login_path.string() + " belongs to uid " + std::to_string(login->st_uid) +
                               ", the agent's state to uid " + std::to_string(state->st_uid) + "; `chown -R " +
                               std::to_string(state->st_uid) + " " + login_path.string() + "`");
  return false;
}

}  // namespace

void check_folders(Patient& patient) {
  const auto root = status_of(patient.root);
  if (!root) return patient.wrong("folders", patient.root.string() + ": " + std::strerror(errno));
  const uid_t host = root->st_uid;
  bool well = true;
  const Rule rules[] = {
      {".", kGroupAndOthersWrite},
      {"host.lock", kGroupAndOthers},
      {"agents", kOthers},
      {"logins", kGroupAndOthersRead},
      {"generations", kGroupAndOthers},
      {"applied", kOthers | kGroupAndOthersWrite},
      {"logs", kOthersWrite},
      {"run", kGroupAndOthersWrite},
      {"run/agents", kGroupAndOthersWrite},
      {"run/host.sock", kOthers},
      {"run/supervisors", kGroupAndOthers},
      {"run/operator.key", kGroupAndOthers},
      {"run/sessions.json", kGroupAndOthers},
      {"shared", kOthersWrite},
  };
  for (const auto& rule : rules) well = keeps(patient, rule, host) && well;
  for (const auto& name : names_in(patient.root / "agents")) well = check_agent(patient, name, host) && well;
  if (well) patient.well("folders", "owners and modes are right");
}

namespace {

/// By its outer form: what it holds is the CLI's own business, and its reader's.
bool is_whole_json(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos || (text[begin] != '{' && text[begin] != '[')) return false;
  const auto end = json_text::end_of_value(text, begin);
  return end != text.npos && text.find_first_not_of(kSpace, end) == text.npos;
}

}  // namespace

void check_cli_files(Patient& patient) {
  constexpr std::size_t kMostBytes = 64u << 20;
  std::size_t whole = 0;
  for (const auto& name : names_in(patient.root / "logins")) {
    const auto file = patient.root / "logins" / name / ".claude.json";
    const auto status = status_of(file);
    if (!status || !S_ISREG(status->st_mode)) continue;  // the CLI makes one, or does without
    const auto text = os::read_file(file, kMostBytes);
    if (text && is_whole_json(*text)) {
      ++whole;
      continue;
    }
    patient.wrong("logins", file.string() + (text ? " is damaged" : " cannot be read (" + text.error().message + ")") +
                                ", so the Claude CLI of " + name +
                                " does not start; its next turn restores it, or `mv " + file.string() + " " +
                                file.string() + ".damaged`");
  }
  if (whole > 0)
    patient.well("logins", "the Claude CLI's own file is intact for " + std::to_string(whole) +
                               (whole == 1 ? " agent" : " agents"));
}

void check_databases(Patient& patient) {
  std::size_t whole = 0;
  for (const auto& name : names_in(patient.root)) {
    if (!name.ends_with(".sqlite")) continue;
    const auto file = patient.root / name;
    const auto status = status_of(file);
    if (status && (status->st_mode & kOthers))
      patient.wrong("databases", file.string() + " has mode " + octal(status->st_mode) +
                                     " and may hold messages; `chmod 0600 " + file.string() + "*`");
    if (patient.holder != 0) continue;              // a host's own business while it runs
    if (status && status->st_uid != ::geteuid()) {  // reading makes files beside it, which must be its owner's
      patient.note("databases", file.string() + " belongs to uid " + std::to_string(status->st_uid) +
                                    "; run doctor as that user to have it checked");
      continue;
    }
    auto opened = sqlite::Database::open(
        {.file = file, .owner = name.substr(0, name.find('.')), .access = sqlite::Access::read_only});
    if (!opened) {
      patient.wrong("databases", opened.error().message);
      continue;
    }
    const auto checked = opened->first<std::string>("PRAGMA quick_check(1)");
    const std::string said = checked && *checked ? **checked : "nothing";
    if (said == "ok")
      ++whole;
    else
      patient.wrong("databases", file.string() + " is damaged (" + said +
                                     "); restore a backup, or move it away and "
                                     "start the host, which makes a new one");
  }
  if (whole > 0) patient.well("databases", std::to_string(whole) + " are whole");
}

namespace {

/// That main is there and that its tree and its settings can be read.
Status read_repository(const fs::path& folder) {
  auto repository = git::Repository::open(folder);
  if (!repository) return repository.error();
  if (const auto files = repository->list_files("main"); !files) return files.error();
  constexpr std::size_t kMostBytes = 1 << 20;
  const auto settings = repository->read_file("main", "agent.toml", kMostBytes);
  if (!settings) return settings.error();
  return {};
}

}  // namespace

void check_repositories(Patient& patient) {
  std::size_t whole = 0;
  for (const auto& name : names_in(patient.root / "applied")) {
    const auto folder = patient.root / "applied" / name;
    const auto read = read_repository(folder);
    whole += read.has_value();
    if (!read)
      patient.wrong("repositories", folder.string() + " cannot be read (" + read.error().message +
                                        "); restore a backup, or `hive-c0re destroy " + name +
                                        "` and spawn it again, which keeps its state");
  }
  if (whole > 0) patient.well("repositories", std::to_string(whole) + " deployed configurations can be read");
}

namespace {

/// What a supervisor wrote about the process that it keeps.
std::optional<os::Identity> identity_in(const fs::path& file) {
  const auto text = os::read_file(file);
  const auto value = text ? parse_json(*text) : Result<json::value>(text.error());
  const auto* record = value ? value->if_object() : nullptr;
  if (record == nullptr) return {};
  const auto number = [&](std::string_view member) {
    const auto* found = record->if_contains(member);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
  };
  const auto* boot = record->if_contains("boot_id");
  if (boot == nullptr || !boot->is_string()) return {};
  return os::Identity{std::string(boot->get_string()), pid_t(number("pid")), std::uint64_t(number("start_time"))};
}

void check_supervisor(Patient& patient, const os::Fd& folder, const std::string& name) {
  const auto path = patient.root / "run" / "supervisors";
  const auto keeper = os::lock_holder(folder.get(), name + ".lock");
  const auto identity = identity_in(path / (name + ".json"));
  const bool lives = identity && os::open_process(*identity);
  if (keeper != 0 && patient.holder == 0)
    return patient.note("agents", name + " runs without a host (supervisor pid " + std::to_string(keeper) +
                                      "); a host that is started takes it over, `./hive down` ends it");
  if (keeper != 0) return patient.well("agents", name + " has a supervisor, pid " + std::to_string(keeper));
  if (lives)
    return patient.wrong("agents", name + " runs as pid " + std::to_string(identity->pid) +
                                       " without a supervisor; start the host, which ends what is left, or `kill -9 " +
                                       std::to_string(identity->pid) + "`");
  if (identity && patient.holder == 0)
    patient.note("agents", name + " was running when everything was ended; a host that is started takes note");
}

}  // namespace

void check_supervisors(Patient& patient) {
  const auto path = patient.root / "run" / "supervisors";
  const os::Fd folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return;  // no agent was ever started
  constexpr std::string_view kLock = ".lock";
  for (const auto& name : names_in(path))
    if (name.ends_with(kLock)) check_supervisor(patient, folder, name.substr(0, name.size() - kLock.size()));
}

}  // namespace hive::host::cli
