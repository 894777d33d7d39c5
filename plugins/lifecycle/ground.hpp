#pragma once
#include "settings.hpp"
#include "swarm.hpp"

#include <hive/sdk/signal.hpp>

namespace hive::lifecycle {

/// What all parts of the plugin stand on. It outlives them. [strand]
struct Ground {
  Ground(Host& to, const Settings& set);

  /// The host or this plugin stops: nothing is begun any more, and nothing that fails is judged.
  bool is_ending() const { return host_stops || host.is_stopping(); }

  Host& host;
  const Settings settings;
  Swarm swarm;
  Signal reported;  // turns have reported something new of an agent
  bool host_stops = false;
};

inline Ground::Ground(Host& to, const Settings& set)
    : host(to), settings(set), swarm({.cap = set.restarts_in_10_minutes}, [this](const ContainerEvent& event) {
        host.publish(kContainerChanged, event);
      }) {}

}  // namespace hive::lifecycle
