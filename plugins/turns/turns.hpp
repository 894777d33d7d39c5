#pragma once
#include "board.hpp"

#include <hive/sdk/contracts/lifecycle.hpp>

namespace hive::turns {

struct Settings {
  std::int64_t keep_days = 7, keep_rows = 2'000;
};
constexpr auto fields(Of<Settings>) {
  return shape(
      field<&Settings::keep_days>("keep_days", "days that a harness keeps an event").between(1, 3'650).defaulted(),
      field<&Settings::keep_rows>("keep_rows", "number of events that a harness keeps at most")
          .between(0, 1'000'000)
          .defaulted());
}

/// Commands that may wait for one harness; the next one is refused as busy.
inline constexpr std::size_t kMaxCommands = 64;

/// Role `turns`: what harnesses report, commands for them, pauses. [strand]
class Turns {
 public:
  using Settings = turns::Settings;

  Turns(Host& host, Settings settings) : host_(host), settings_(settings) {}
  hive::Status start();

 private:
  Task<Result<None>> report(Caller who, Report report);
  Task<Result<Commands>> take(Caller who, TakeCommands what);
  Task<Result<Given>> command(Caller who, GiveCommand what);
  Task<Result<None>> set_pause(PauseTarget what, Store::Pause pause);

  Task<hive::Status> acknowledge(std::string name, std::int64_t after);
  /// The id that the first call with this key got.
  Task<Result<std::optional<std::int64_t>>> given_before(std::optional<CallKey> key);
  Task<Result<std::int64_t>> give(Waiting command, std::optional<CallKey> key);
  Task<Result<std::int64_t>> change_pause(std::string name, Store::Pause pause, std::optional<CallKey> key);
  /// Errors: not_found (no such agent), unavailable (nobody can say).
  Task<hive::Status> must_exist(std::string name);
  Task<> sweep();
  Task<> forget_old_keys();
  void watch_changes();
  void watch_removals();
  /// Asks lifecycle, until it answers, which agent has which name now.
  Task<> meet_all();
  Task<> meet(std::string name, lifecycle::Incarnation incarnation);
  Task<> container_changed(lifecycle::Container container);
  Task<> container_removed(lifecycle::Gone gone);
  void warn(std::string_view what, const hive::Status& failed);

  Host& host_;
  const Settings settings_;
  std::optional<Store> store_;
  Board board_;
};

}  // namespace hive::turns
