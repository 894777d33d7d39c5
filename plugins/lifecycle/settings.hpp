#pragma once
#include <hive/sdk/codec.hpp>
#include <hive/sdk/fields.hpp>

namespace hive::lifecycle {

/// What is done with a container that ended although it should run.
enum class RestartPolicy { on_crash, never };
constexpr auto names(Of<RestartPolicy>) {
  return words<RestartPolicy>({{RestartPolicy::on_crash, "on-crash"}, {RestartPolicy::never, "never"}});
}

struct Settings {
  bool manager = true;
  RestartPolicy restart = RestartPolicy::on_crash;
  std::int64_t restarts_in_10_minutes = 5;
  std::int64_t stop_grace_seconds = 20;
  std::int64_t turn_wait_seconds = 900;
};
constexpr auto fields(Of<Settings>) {
  return shape(
      field<&Settings::manager>("manager", "true: the host makes sure that there is a manager"),
      field<&Settings::restart>("restart", "what to do with an agent that ended although it should run").defaulted(),
      field<&Settings::restarts_in_10_minutes>(
          "restarts_in_10_minutes", "restarts that an agent is given at most in ten minutes after it ended by itself")
          .between(0, 600)
          .defaulted(),
      field<&Settings::stop_grace_seconds>("stop_grace_seconds",
                                           "seconds that an agent has to end its turn when it is stopped")
          .between(0, 600)
          .defaulted(),
      field<&Settings::turn_wait_seconds>("turn_wait_seconds", "seconds that a rebuild waits for the end of a turn")
          .between(0, 86'400)
          .defaulted());
}

}  // namespace hive::lifecycle
