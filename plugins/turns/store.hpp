#pragma once
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/contracts/turns.hpp>
#include <hive/sqlite/database.hpp>

#include <map>
#include <set>

namespace hive::turns {

/// A command that is not acknowledged yet.
struct Waiting {
  std::string name;
  Command command;
  lifecycle::Incarnation of{};  // who had the name when it was given; empty: nobody was met yet
};
/// A row that cannot be read: a command, or with 0 the report.
struct Damaged {
  std::int64_t command = 0;
  std::string why;
};
inline bool is_report(const Damaged& row) {
  return row.command == 0;
}
/// All that is kept, as it was read at start.
struct Kept {
  std::vector<AgentTurns> reports;
  std::vector<Waiting> commands;                               // by id
  std::set<std::string> paused;                                // names, and kSwarm
  std::map<std::string, lifecycle::Incarnation> incarnations;  // whose the rows of a name are
  std::int64_t last_id = 0;                                    // of any command that was ever given
  std::vector<std::pair<std::string, Damaged>> damaged{};      // with the agent's name
};

/// By which a repeated call is known.
struct CallKey {
  std::string caller, key, name;  // the agent's
};
struct Stored {
  std::vector<std::int64_t> ids;  // in the order of the commands; of the first call when this one repeats it
  bool repeated = false;          // nothing was stored
};

/// What `paused` calls the whole swarm.
inline constexpr std::string_view kSwarm = "*";

/// turns.sqlite: one row an agent, commands until acknowledged, pauses. Durable when a method returns.
/// Every method is [blocking] and is called from the plugin's worker thread, or before it is used.
class Store {
 public:
  /// `problem` is told of rows that are left out.
  static Result<Store> open(const std::filesystem::path& file, const sqlite::Problem& problem);

  Result<Kept> load();
  hive::Status save_report(const AgentTurns& turns);
  /// Stores the commands together, unless a call with this key did.
  Result<Stored> add(const std::vector<Waiting>& commands, const std::optional<CallKey>& key = {});
  /// The id that the first call with this key got.
  Result<std::optional<std::int64_t>> given(const CallKey& key);
  hive::Status forget_keys_before(Time oldest);
  /// Forgets the commands of `name` up to `last`.
  hive::Status taken(const std::string& name, std::int64_t last);
  hive::Status drop(const std::string& name, CommandKind kind);
  /// Sets or lifts the pause of an agent or of kSwarm and gives `commands`, in one transaction, unless a call with
  /// this key did.
  enum class Pause { set, lift };
  struct PauseChange {
    std::string name;
    Pause what;
    std::vector<Waiting> commands;
    std::optional<CallKey> key;
  };
  Result<Stored> pause(const PauseChange& change);
  /// Who has `name` now. What another one had under it goes.
  hive::Status meet(const std::string& name, const lifecycle::Incarnation& incarnation);
  /// The report of an agent that is no more, its state being kept.
  hive::Status forget_report(const std::string& name);
  /// Everything about an agent that was purged.
  hive::Status forget(const std::string& name);

 private:
  explicit Store(sqlite::Database database) : database_(std::move(database)) {}
  /// Adds those of `commands` that are left out.
  hive::Status name_damaged(const std::vector<Unreadable>& commands, Kept& kept);
  hive::Status remove_rows(const std::string& name);
  Result<std::vector<std::int64_t>> insert(const std::vector<Waiting>& commands);
  /// `change`, the commands and the key in one transaction.
  template <class Change>
  Result<Stored> once(const std::vector<Waiting>& commands, const std::optional<CallKey>& key, Change change);

  sqlite::Database database_;
};

}  // namespace hive::turns
