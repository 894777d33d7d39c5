#pragma once
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sqlite/outbox.hpp>

namespace hive::lifecycle {

/// An action that was accepted and has not ended.
struct Action {
  std::int64_t id = 0;
  Transient what = Transient::starting;
  std::optional<std::string> revision;  // for spawning and rebuilding: the prepared commit
  bool purge = false;                   // for destroying
  std::string cause;                    // words: who or what asked for it
};
struct Member {
  std::string name;
  Incarnation incarnation;
  Desired desired = Desired::stopped;
  std::optional<Action> action;
};
struct Kept {
  std::vector<Member> members;
  LeftOut unreadable{};   // agents
  Tombstones tombstones;  // newest first
};

/// lifecycle.sqlite: who is in the swarm, what should be, what is in flight, what is kept of the dead,
/// and the letters owed for it. Durable when a method returns. Every method is [blocking] and is called
/// from the plugin's worker thread, or before that is used.
class Roster {
 public:
  /// `problem` is told of rows that are left out.
  static Result<Roster> open(const std::filesystem::path& file, const sqlite::Problem& problem = {});

  /// An agent whose action cannot be read is left out with it.
  Result<Kept> load();
  /// Records `member` with its action, which is then in flight; ends the tombstone of that name. One that is
  /// there keeps its incarnation. Gives the action's id.
  Result<std::int64_t> begin(const Member& member);
  /// Records an agent that was found, without an action. One that is there keeps its incarnation.
  Status adopt(const Member& member);
  /// Ends the action in flight, and owes `letters` for it.
  Status settle(const std::string& name, const std::vector<sqlite::Letter>& letters);
  /// Removes the agent with its action; leaves `tombstone` where its state is kept.
  Status bury(const std::string& name, const std::optional<Tombstone>& tombstone,
              const std::vector<sqlite::Letter>& letters);
  Status remove_tombstone(const std::string& name);

  /// For the outbox, which runs on the same thread.
  sqlite::Database& database() { return database_; }

 private:
  explicit Roster(sqlite::Database database) : database_(std::move(database)) {}
  Status post(const std::vector<sqlite::Letter>& letters);

  sqlite::Database database_;
};

}  // namespace hive::lifecycle
