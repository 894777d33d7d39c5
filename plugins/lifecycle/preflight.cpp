#include "preflight.hpp"

#include "names.hpp"

#include <algorithm>

namespace hive::lifecycle {

namespace {

Finding found(std::string subject, std::string message) {
  return {.subject = std::move(subject), .message = std::move(message), .ok = false};
}

}  // namespace

Preflight judge(const Claim& claim) {
  const auto& name = claim.name;
  Preflight result;
  const auto check = [&result](bool ok, Finding bad, std::string good) {
    if (ok) bad.message = std::move(good);
    bad.ok = ok;
    result.findings.push_back(std::move(bad));
  };
  const auto quoted = "'" + name + "'";
  check(!is_reserved(name, claim.plugin_ids),
        found("name", quoted + " is reserved for the hive itself; choose another name"),
        quoted + " is a name that an agent may have");
  check(!claim.is_taken, found("taken", "there is an agent " + quoted + " already; choose another name"),
        "no agent is called so");
  check(!claim.is_being_purged,
        found("kept", "what was kept of " + quoted + " is being purged; try again when it is gone"),
        claim.is_kept ? "state of a destroyed agent " + quoted + " is kept; who is spawned goes on with it"
                      : "no state of an earlier agent is kept");
  const auto most = claim.name_bytes;
  check(std::int64_t(name.size()) <= most,
        found("runtime", quoted + " has " + std::to_string(name.size()) + " characters, this runtime takes " +
                             std::to_string(most) + "; choose a shorter name"),
        "the runtime takes names of " + std::to_string(most) + " characters");
  result.ok = std::all_of(result.findings.begin(), result.findings.end(), [](auto& finding) { return finding.ok; });
  return result;
}

}  // namespace hive::lifecycle
