#include "doctor.hpp"

#include <hive/os/lock.hpp>
#include <installation.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>

#include "command.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

constexpr int kSomethingWrong = 1;
enum class Show { what_matters, everything };

std::string_view word_of(Verdict verdict) {
  if (verdict == Verdict::well) return "ok";
  return verdict == Verdict::note ? "note" : "WRONG";
}

void show(const std::vector<Finding>& findings, Show which) {
  std::size_t well = 0, wrong = 0;
  for (const auto& finding : findings) {
    well += finding.verdict == Verdict::well;
    wrong += finding.verdict == Verdict::wrong;
    if (finding.verdict == Verdict::well && which == Show::what_matters) continue;
    const std::string word(word_of(finding.verdict));
    print(word + std::string(7 - word.size(), ' ') + finding.subject + ": " + visible(finding.message, Lines::join) +
          "\n");
  }
  print(std::to_string(well) + " things are well, " + std::to_string(wrong) + (wrong == 1 ? " is" : " are") + " wrong" +
        (which == Show::everything || well == 0 ? "" : "; --all shows them all") + "\n");
}

void show_json(const std::vector<Finding>& findings) {
  json::array list;
  for (const auto& finding : findings)
    list.push_back(json::object{{"ok", finding.verdict != Verdict::wrong},
                                {"note", finding.verdict == Verdict::note},
                                {"subject", finding.subject},
                                {"message", finding.message}});
  print_line(json::object{{"findings", std::move(list)}});
}

/// Who holds the root's lock, and what became of its socket.
pid_t holder_of(const std::filesystem::path& root) {
  const os::Fd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return folder ? os::lock_holder(folder.get(), "host.lock") : 0;
}

void check_lock(Patient& patient, const Result<Session>& session) {
  if (patient.holder == 0 && session)
    return patient.wrong("host",
                         "a process answers on the socket but does not hold the root's lock; end it, it is "
                         "no host of this root");
  if (patient.holder == 0) return patient.note("host", "no host runs on " + patient.root.string());
  const auto pid = std::to_string(patient.holder);
  if (session) return patient.well("host", "runs as pid " + pid + " and takes connections");
  patient.wrong("host", "pid " + pid + " holds the root but its socket does not answer (" + session.error().message +
                            "); read " + patient.root.string() + "/logs/host.log, then `kill " + pid + "`");
}

Result<int> examine(Show which, const Invocation& invocation) {
  const auto& root = invocation.globals.root;
  std::error_code failure;
  if (!std::filesystem::is_directory(root, failure))
    return error(Code::not_found, root.string() +
                                      ": there is no hive; start one with `./hive up` or `hive-c0re serve "
                                      "--root " +
                                      root.string() + "`, or name another with --root");
  if (::access(root.c_str(), R_OK | X_OK) != 0)
    return error(Code::forbidden, root.string() + ": cannot be looked into; run doctor as its owner");
  const auto source = default_config(root);
  auto config = Config::load({source, {}});
  auto session = Session::open(invocation.globals);
  Patient patient{root, config ? *config : Config(), holder_of(root), session ? &*session : nullptr};
  if (config)
    patient.well("config", source.empty() ? "none; everything has its default" : source.string());
  else
    patient.wrong("config", config.error().message);
  check_lock(patient, session);
  check_folders(patient);
  check_cli_files(patient);
  check_databases(patient);
  check_repositories(patient);
  check_supervisors(patient);
  if (patient.session != nullptr) check_host(patient);
  check_machine(patient);
  check_reach(patient);
  if (invocation.json())
    show_json(patient.findings);
  else
    show(patient.findings, which);
  const bool wrong = std::any_of(patient.findings.begin(), patient.findings.end(),
                                 [](const auto& finding) { return finding.verdict == Verdict::wrong; });
  return wrong ? kSomethingWrong : 0;
}

}  // namespace

Result<int> run_doctor(const Invocation& invocation) {
  bool all = false;
  const CommandHelp help{"doctor", "Looks for what is wrong with a hive and this machine, and says how to mend it.",
                         "Changes nothing. Works with and without a running host; without one it also checks the "
                         "databases.\nExits with 0 only when nothing is wrong.\n"};
  const auto parsed = parse_words(help, invocation.words,
                                  [&](CLI::App& app) { app.add_flag("-a,--all", all, "show what is in order too"); });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  return examine(all ? Show::everything : Show::what_matters, invocation);
}

}  // namespace hive::host::cli
