#include <hive/os/files.hpp>
#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/plugin.hpp>

#include <unistd.h>

using namespace hive;

namespace {

struct SwarmSettings {
  std::int64_t agents = 1;
};
constexpr auto fields(Of<SwarmSettings>) {
  return shape(field<&SwarmSettings::agents>("agents", "how many").between(1, 10'000).defaulted());
}

/// Stands in for lifecycle in benchmarks: a roster of agents a0, a1, … that have a socket each and no
/// container, so that a thousand of them cost what the broker costs and nothing else.
class Swarm {
 public:
  using Settings = SwarmSettings;
  Swarm(Host& host, Settings settings) : host_(host), settings_(settings) {}

  Status start() {
    host_.answer(lifecycle::kList, [this](Caller, None) { return list(); });
    host_.spawn(open_sockets());
    return {};
  }

 private:
  static std::string name(std::int64_t number) { return "a" + std::to_string(number); }

  Result<lifecycle::Containers> list() {
    lifecycle::Containers all;
    for (std::int64_t i = 0; i < settings_.agents; ++i) {
      lifecycle::Container one;
      one.name = name(i);
      all.containers.push_back(std::move(one));
    }
    return all;
  }
  Task<> open_sockets() {
    auto agents = os::make_folder(host_.root() / "run/agents", {});
    if (!agents) host_.fail(agents.error().message);
    for (std::int64_t i = 0; i < settings_.agents; ++i) {
      host_api::OpenSocket wanted;
      wanted.name = name(i), wanted.uid = ::geteuid(), wanted.gid = ::getegid();
      auto folder = os::make_folder(host_.root() / "run/agents" / wanted.name, {});
      if (!folder) host_.fail(folder.error().message);
      auto opened = co_await host_.call(host_api::kOpenSocket, wanted);
      if (!opened) host_.fail(opened.error().message);
    }
  }

  Host& host_;
  Settings settings_;
};

}  // namespace

HIVE_PLUGIN(Swarm, .id = "bench_swarm", .version = "1.0.0", .provides = "lifecycle",
            .calls = names_of<host_api::kOpenSocket>);
