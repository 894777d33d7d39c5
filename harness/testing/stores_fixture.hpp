#pragma once
#include <hive/testing/temporary_folder.hpp>

#include "event/bus.hpp"
#include "store/stats.hpp"
#include "store/turns.hpp"

#include <gmock/gmock.h>

namespace hive::harness {

/// The harness's stores in a folder of the test.
class StoresTest : public ::testing::Test {
 protected:
  TurnStore turns() { return TurnStore(folder.path() / "turns.sqlite", complain); }
  EventBus bus() { return EventBus(folder.path() / "events.sqlite", complain); }

  hive::testing::TemporaryFolder folder;
  std::vector<std::string> problems;
  std::function<void(std::string)> complain = [this](std::string text) { problems.push_back(std::move(text)); };
};

}  // namespace hive::harness
