#include "loop/reporter.hpp"

#include <hive/os/testing/manual_time.hpp>
#include <hive/rpc/testing/fake_host.hpp>
#include <hive/testing/temporary_folder.hpp>

#include "json_read.hpp"

#include <gmock/gmock.h>

namespace hive::harness {
namespace {

using rpc::testing::FakeHost;
using ::testing::ElementsAre;
using testing::TemporaryFolder;

class ReporterTest : public ::testing::Test {
 protected:
  /// States that the host was told.
  std::vector<std::string> told() const {
    std::vector<std::string> states;
    for (const auto& call : host.calls) states.emplace_back(text_at(call.params, "state"));
    return states;
  }

  TemporaryFolder folder;
  os::testing::ManualTime time;
  os::EventLoop event_loop{time};
  FakeHost host{event_loop, folder.path()};
  HostLink link{event_loop, folder.path()};
  EventBus bus{{}, [](const std::string&) {}};
  Reporter reporter{event_loop, link, bus, folder.path() / "notes.md", std::chrono::milliseconds(1)};
};

TEST_F(ReporterTest, TheNewestReportGoesOutAlsoWhenTheOneBeforeItWasRefused) {
  host.script = [this](const FakeHost::Call& call) {
    if (host.calls.size() > 1) return host.reply(call, "{}");
    reporter.tell(turns::TurnState::thinking);
    reporter.tell(turns::TurnState::paused);
    host.refuse(call, Code::busy, "not now");
  };
  reporter.tell(turns::TurnState::idle);
  event_loop.run_until([this] { return host.calls.size() == 2; });
  EXPECT_THAT(told(), ElementsAre("idle", "paused"));
}

TEST_F(ReporterTest, AReportThatTheHostDidNotTakeIsRepeated) {
  host.script = [this](const FakeHost::Call& call) {
    if (host.calls.size() < 3) return host.refuse(call, Code::internal, "not now");
    host.reply(call, "{}");
  };
  reporter.tell(turns::TurnState::idle);
  event_loop.run_until([this] { return host.calls.size() == 3; });
  EXPECT_THAT(told(), ElementsAre("idle", "idle", "idle"));
}

TEST_F(ReporterTest, AStatusIsToldToThePageWhenItChanges) {
  for (const auto state : {turns::TurnState::needs_login, turns::TurnState::idle, turns::TurnState::thinking})
    reporter.tell(state);
  std::vector<std::string> told;
  for (const auto& event : bus.recent())
    if (event.kind == "status_changed") told.push_back(event.payload);
  EXPECT_THAT(told, ElementsAre(R"({"status":"needs_login_idle"})", R"({"status":"online"})"));
}

}  // namespace
}  // namespace hive::harness
