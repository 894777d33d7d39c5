#include "space_watch.hpp"

namespace hive::broker {
namespace {

constexpr milliseconds kLookAgain{10'000};

}  // namespace

void SpaceWatch::look() {
  writer_.later([](Exchange& exchange) { return exchange.upkeep().look_at_space(); });
}

void SpaceWatch::hear(const Space& space) {
  trouble_ = space.trouble;
  host_.warn(trouble_ ? *trouble_ : "the disk has room for the mail of agents again");
  host_.publish(kSpace, space);
  host_.spawn(watch());
}

Task<> SpaceWatch::watch() {
  if (std::exchange(is_watching_, true)) co_return;
  while (trouble_) {
    auto slept = co_await host_.sleep(kLookAgain);
    if (!slept) co_return;
    look();
  }
  is_watching_ = false;
}

}  // namespace hive::broker
