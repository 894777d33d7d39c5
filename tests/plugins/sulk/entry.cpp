#include <hive/sdk/plugin.hpp>

#include <chrono>
#include <thread>

namespace {

/// Misbehaves where its settings say: hangs in start or in its end, or refuses to start.
class Sulk {
 public:
  struct Settings {
    std::string where = "stop";
    friend constexpr auto fields(hive::Of<Settings>) {
      return hive::shape(hive::field<&Settings::where>("where", "start, stop or refuse").max_bytes(8).defaulted());
    }
  };
  Sulk(hive::Host&, Settings settings) : settings_(std::move(settings)) {}

  ~Sulk() {
    if (settings_.where == "stop") hang();
  }

  hive::Status start() {
    if (settings_.where == "refuse") return hive::error(hive::Code::unavailable, "it does not want to");
    if (settings_.where == "start") hang();
    return {};
  }

 private:
  [[noreturn]] static void hang() {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }
  const Settings settings_;
};

}  // namespace

HIVE_PLUGIN(Sulk, .id = "sulk", .version = "1.0.0", .provides = "sulk");
