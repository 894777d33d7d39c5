#pragma once
#include <hive/sdk/contracts/journal.hpp>
#include <hive/sdk/plugin.hpp>

namespace hive::journal {

/// Role `journal`: what agents' processes wrote, from the runtime's logs, by cursor. Keeps nothing but
/// a count of announcements an agent, so that a follower misses none between reading and waiting.
/// [strand]
class Journal {
 public:
  explicit Journal(Host& host) : host_(host) {}
  Status start();

 private:
  using Lines = runtime::LogLines;

  Task<Result<Lines>> read(Read what);
  Task<Result<Lines>> follow(Follow what);
  /// The lines that `what` asks for; `cursor` is that of the last line looked at, shown or not.
  Task<Result<Lines>> look(Read what);

  Host& host_;
  std::map<std::string, std::uint64_t> announced_;
  Signal arrived_;
};

}  // namespace hive::journal
