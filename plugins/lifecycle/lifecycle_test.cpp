#include "letters.hpp"
#include "testing/lifecycle_fixture.hpp"

#include <hive/git/repository.hpp>

#include <fstream>

namespace hive::lifecycle {
namespace {

using runtime::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr None kNothing;

class LifecycleTest : public LifecycleFixture {
 protected:
  void SetUp() override { load(); }
  /// What a file holds that another version or a fault has written.
  void damage(std::string_view sql) {
    auto database = sqlite::Database::open({.file = folder_.path() / "lifecycle.sqlite", .owner = "test"});
    ASSERT_TRUE(database);
    const auto done = database->script(sql);
    ASSERT_TRUE(done) << done.error().message;
  }
};

TEST_F(LifecycleTest, ASpawnSeedsPreparesAndStarts) {
  const auto accepted = spawn("alice");
  ASSERT_TRUE(accepted) << accepted.error().message;
  EXPECT_EQ(accepted->action, Transient::spawning);
  EXPECT_THAT(runtime_.calls, ElementsAre("prepare alice", "activate alice", "start alice"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "applied/alice/HEAD"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "agents/alice/config/agent.toml"));
  EXPECT_TRUE(last_end().ok);
  EXPECT_EQ(host_->published(kTransientSet).size(), 1u);
  const auto alice = view("alice");
  EXPECT_EQ(alice.state, State::running);
  EXPECT_EQ(alice.desired, Desired::running);
  EXPECT_FALSE(alice.pending);
}

TEST_F(LifecycleTest, TheManagerHearsOfItAndTheAgentIsGreeted) {
  ASSERT_TRUE(spawn("alice"));
  EXPECT_THAT(broker_.events_to("manager"), ElementsAre("spawned"));
  EXPECT_EQ(broker_.letter_to("manager").at("ok"), json::value(true));
  EXPECT_THAT(broker_.events_to("alice"), ElementsAre("kicked"));
}

TEST_F(LifecycleTest, RestartKicksAndSaysWhoAskedForIt) {
  given_alice();
  ASSERT_TRUE(ask(kRestart, {"alice"}, "manager"));
  EXPECT_THAT(runtime_.calls, ElementsAre("stop alice", "start alice"));
  const auto kick = broker_.letter_to("alice");
  EXPECT_THAT(std::string(kick.at("text").as_string()),
              HasSubstr("you were just (re)started (restarted by the manager); check /state/ for notes; your session "
                        "is intact"));
}

TEST_F(LifecycleTest, AStoppedAgentStaysStoppedAndIsToldNothing) {
  given_alice();
  ASSERT_TRUE(ask(kStop, {"alice"}));
  EXPECT_THAT(broker_.events_to("manager"), ElementsAre("killed"));
  EXPECT_THAT(broker_.events_to("alice"), IsEmpty());
  restart();
  EXPECT_EQ(runtime_.boxes["alice"].state, State::stopped);
  EXPECT_EQ(view("alice").desired, Desired::stopped);
}

TEST_F(LifecycleTest, WhatShouldRunIsStartedWithTheHost) {
  given_alice();
  runtime_.boxes["alice"].state = State::stopped;
  restart();
  EXPECT_EQ(runtime_.boxes["alice"].state, State::running);
  EXPECT_EQ(broker_.letter_to("alice").at("reason"), json::value("the host has started"));
}

TEST_F(LifecycleTest, WhatRunsIsTakenOverUntouched) {
  given_alice();
  restart();
  EXPECT_THAT(runtime_.calls, IsEmpty());
  EXPECT_THAT(broker_.letters, IsEmpty());
  EXPECT_EQ(view("alice").state, State::running);
}

TEST_F(LifecycleTest, AContainerThatTheRosterLostIsTakenOver) {
  given_alice();
  host_.reset();
  std::filesystem::remove(folder_.path() / "lifecycle.sqlite");
  load();
  EXPECT_EQ(view("alice").desired, Desired::running);
}

TEST_F(LifecycleTest, TheManagerIsMadeSureOf) {
  restart("{}");
  const auto manager = view("manager");
  EXPECT_EQ(manager.role, Role::manager);
  EXPECT_EQ(manager.state, State::running);
  EXPECT_THAT(broker_.events_to("manager"), ElementsAre("kicked"));
}

TEST_F(LifecycleTest, ACrashedAgentIsStartedAgainAfterAWhile) {
  given_alice();
  crash("alice");
  EXPECT_EQ(view("alice").state, State::stopped);
  host_->advance(milliseconds(999));
  EXPECT_EQ(runtime_.count("start alice"), 0);
  host_->advance(milliseconds(1));
  EXPECT_EQ(runtime_.count("start alice"), 1);
  EXPECT_EQ(broker_.letter_to("alice").at("reason"), json::value("it had ended unexpectedly"));
}

TEST_F(LifecycleTest, AnAgentThatEndsAgainAndAgainIsLeftStopped) {
  given_alice();
  for (int i = 0; i < 6; ++i) {
    crash("alice");
    host_->advance(std::chrono::seconds(60));
  }
  EXPECT_EQ(runtime_.count("start alice"), 5);
  const auto alice = view("alice");
  EXPECT_EQ(alice.state, State::stopped);
  EXPECT_THAT(alice.reason.value_or(""), HasSubstr("killed by signal 9"));
  ASSERT_TRUE(ask(kStart, {"alice"})) << "the operator may try again";
  EXPECT_EQ(view("alice").state, State::running);
}

TEST_F(LifecycleTest, NothingIsStartedAgainWhereTheSettingSaysNever) {
  restart(R"({"manager": false, "restart": "never"})");
  given_alice();
  crash("alice");
  host_->advance(std::chrono::minutes(5));
  EXPECT_EQ(runtime_.count("start alice"), 0);
}

TEST_F(LifecycleTest, NothingIsStartedAgainWhileTheHostStops) {
  given_alice();
  host_->emit(host_api::kStopping, {.agents = true});
  crash("alice");
  host_->advance(std::chrono::minutes(5));
  EXPECT_EQ(runtime_.count("start alice"), 0);
}

TEST_F(LifecycleTest, AStartThatFailsIsReportedAndTriedAgain) {
  given_alice();
  ASSERT_TRUE(ask(kStop, {"alice"}));
  runtime_.start_fails = error(Code::unavailable, "no memory");
  ASSERT_TRUE(ask(kStart, {"alice"}));
  EXPECT_FALSE(last_end().ok);
  EXPECT_THAT(last_end().error.value_or(""), HasSubstr("no memory"));
  runtime_.start_fails.reset();
  host_->advance(std::chrono::seconds(1));
  EXPECT_EQ(view("alice").state, State::running);
}

TEST_F(LifecycleTest, AnAgentThatCannotBePreparedSaysWhy) {
  runtime_.prepare_fails = error(Code::invalid_params, "agent.toml, line 3: model is not a text");
  ASSERT_TRUE(spawn("alice"));
  EXPECT_EQ(view("alice").reason, "agent.toml, line 3: model is not a text");
  host_->advance(std::chrono::minutes(5));
  EXPECT_EQ(runtime_.count("prepare alice"), 1) << "it would fail again";
  runtime_.prepare_fails.reset();
  ASSERT_TRUE(ask(kStart, {"alice"}));
  EXPECT_EQ(view("alice").state, State::running);
  EXPECT_EQ(view("alice").reason, std::nullopt);
}

TEST_F(LifecycleTest, ARefusedAgentIsNotTriedAgain) {
  given_alice();
  ASSERT_TRUE(ask(kStop, {"alice"}));
  runtime_.refuses = "no sandbox: bwrap is missing";
  ASSERT_TRUE(ask(kStart, {"alice"}));
  EXPECT_THAT(last_end().error.value_or(""), HasSubstr("bwrap is missing"));
  host_->advance(std::chrono::minutes(5));
  EXPECT_EQ(runtime_.count("start alice"), 1);
  EXPECT_EQ(view("alice").state, State::refused);
}

TEST_F(LifecycleTest, WhyATurnCouldNotBeRunIsShownUntilOneCan) {
  given_alice();
  const turns::Report held{
      .state = turns::TurnState::retrying, .model = "haiku", .retry_at = Time{1}, .reason = "No space left on device"};
  host_->emit(turns::kChanged, {"alice", held});
  EXPECT_EQ(view("alice").status, "retrying");
  EXPECT_EQ(view("alice").reason, "No space left on device");
  report("alice", turns::TurnState::thinking);
  EXPECT_EQ(view("alice").reason, std::nullopt);
}

TEST_F(LifecycleTest, ARebuildWaitsForTheEndOfTheTurn) {
  given_alice();
  report("alice", turns::TurnState::thinking);
  ASSERT_TRUE(ask(kRebuild, {.name = "alice"}));
  EXPECT_THAT(runtime_.calls, ElementsAre("prepare alice"));
  EXPECT_EQ(view("alice").pending, Transient::rebuilding);
  report("alice", turns::TurnState::idle);
  EXPECT_THAT(runtime_.calls, ElementsAre("prepare alice", "stop alice", "activate alice", "start alice"));
  EXPECT_THAT(broker_.events_to("manager"), ElementsAre("rebuilt"));
}

TEST_F(LifecycleTest, ARebuildDoesNotWaitForEver) {
  given_alice();
  report("alice", turns::TurnState::thinking);
  ASSERT_TRUE(ask(kRebuild, {.name = "alice"}));
  host_->advance(std::chrono::seconds(900));
  EXPECT_EQ(runtime_.count("start alice"), 1);
}

TEST_F(LifecycleTest, ARebuildWaitsNoLongerWhenTheClockIsPutBack) {
  given_alice();
  report("alice", turns::TurnState::thinking);
  ASSERT_TRUE(ask(kRebuild, {.name = "alice"}));
  clock_.advance_ms(-86'400'000);
  report("alice", turns::TurnState::compacting);
  host_->advance(std::chrono::seconds(900));
  EXPECT_EQ(runtime_.count("start alice"), 1);
}

TEST_F(LifecycleTest, ARebuildOfAStoppedAgentDoesNotStartIt) {
  given_alice();
  ASSERT_TRUE(ask(kStop, {"alice"}));
  runtime_.calls.clear();
  ASSERT_TRUE(ask(kRebuild, {.name = "alice"}));
  EXPECT_EQ(runtime_.count("start alice"), 0);
  EXPECT_EQ(runtime_.count("activate alice"), 1);
}

TEST_F(LifecycleTest, UpdateAllRebuildsWhatIsBehind) {
  given_alice();
  const auto main = git::Repository::open(folder_.path() / "applied/alice")->resolve("main");
  runtime_.main = *main;
  const auto plugin = host_->call("plugin:crash_watch", kRescan, kNothing);
  ASSERT_TRUE(plugin);
  EXPECT_TRUE(view("alice").needs_update);
  const auto rebuilt = host_->call("operator", kUpdateAll, kNothing);
  ASSERT_TRUE(rebuilt);
  ASSERT_EQ(rebuilt->containers.size(), 1u);
  EXPECT_EQ(view("alice").deployed_sha, *main);
  EXPECT_FALSE(view("alice").needs_update);
  EXPECT_THAT(host_->call("operator", kUpdateAll, kNothing)->containers, IsEmpty());
}

TEST_F(LifecycleTest, UpdateAllDoesTwoAtATime) {
  for (const auto* name : {"alice", "bob", "carol"}) {
    ASSERT_TRUE(spawn(name));
    report(name, turns::TurnState::thinking);
  }
  runtime_.calls.clear();
  ASSERT_EQ(host_->call("operator", kUpdateAll, kNothing)->containers.size(), 3u);
  EXPECT_EQ(view("carol").pending, Transient::rebuilding);
  EXPECT_THAT(runtime_.calls, ElementsAre("prepare alice", "prepare bob"));
  report("bob", turns::TurnState::idle);
  EXPECT_EQ(runtime_.count("start bob"), 1);
  EXPECT_EQ(runtime_.count("prepare carol"), 1);
}

TEST_F(LifecycleTest, DestroyKeepsATombstoneUntilItIsPurged) {
  given_alice();
  ASSERT_TRUE(ask(kDestroy, {.name = "alice"}));
  EXPECT_THAT(runtime_.calls, ElementsAre("stop alice", "destroy alice"));
  EXPECT_EQ(host_->published(kContainerRemoved).size(), 1u);
  restart();
  const auto kept = host_->call("operator", kTombstones, kNothing);
  ASSERT_EQ(kept->tombstones.size(), 1u);
  ASSERT_TRUE(host_->call("operator", kPurgeTombstone, Name{"alice"}));
  EXPECT_EQ(runtime_.count("purge alice"), 1);
  restart();
  EXPECT_THAT(host_->call("operator", kTombstones, kNothing)->tombstones, IsEmpty());
  EXPECT_TRUE(spawn("alice"));
}

TEST_F(LifecycleTest, DestroyWithPurgeLeavesNothing) {
  given_alice();
  ASSERT_TRUE(ask(kDestroy, {.name = "alice", .purge = true}));
  EXPECT_EQ(runtime_.count("purge alice"), 1);
  EXPECT_THAT(host_->call("operator", kTombstones, kNothing)->tombstones, IsEmpty());
  EXPECT_THAT(broker_.events_to("manager"), ElementsAre("destroyed"));
}

TEST_F(LifecycleTest, ConfigShowsWhatIsDeployed) {
  given_alice();
  const auto all = host_->call("manager", kConfig, ReadConfig{.name = "alice"});
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->files.size(), 4u);
  EXPECT_EQ(all->files[0].path, "agent.toml");
  EXPECT_EQ(all->files[1].path, "agent.nix");
  const auto one = host_->call("manager", kConfig, ReadConfig{.name = "alice", .path = "flake.nix"});
  ASSERT_EQ(one->files.size(), 1u);
  EXPECT_THAT(one->files[0].text, HasSubstr("nixosModules"));
  EXPECT_EQ(host_->call("manager", kConfig, ReadConfig{.name = "bob"}).error().code, Code::not_found);
}

TEST_F(LifecycleTest, PublishesAContainerOnlyWhenSomethingShows) {
  given_alice();
  report("alice", turns::TurnState::idle);
  report("alice", turns::TurnState::idle);
  const auto changed = host_->published(kContainerChanged);
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].container.status, "idle");
}

TEST_F(LifecycleTest, NewsWaitForABrokerThatIsAway) {
  given_alice();
  broker_.away = true;
  ASSERT_TRUE(ask(kRestart, {"alice"}));
  EXPECT_THAT(broker_.letters, IsEmpty());
  restart();
  broker_.away = false;
  host_->advance(std::chrono::minutes(2));
  EXPECT_THAT(broker_.events_to("manager"), ElementsAre("restarted"));
  EXPECT_THAT(broker_.events_to("alice"), ElementsAre("kicked"));
}

TEST_F(LifecycleTest, WhoCannotBeReadIsNamedUntilTheAgentIsSpawnedOrGone) {
  for (const auto* name : {"alice", "bob"}) ASSERT_TRUE(spawn(name));
  ASSERT_TRUE(ask(kDestroy, Destroy{.name = "alice"}));
  damage("UPDATE agents SET desired = 'dreaming'");
  runtime_.boxes.erase("bob");
  restart();
  const auto list = [&] { return *host_->call("operator", kList, kNothing); };
  EXPECT_THAT(list().containers, IsEmpty());
  ASSERT_TRUE(list().unreadable);
  EXPECT_EQ(list().unreadable->front().id, "bob");
  EXPECT_EQ(list().unreadable->front().why, "desired should hold a word that this program knows");
  ASSERT_TRUE(spawn("bob"));
  EXPECT_EQ(list().containers.size(), 1u);
  EXPECT_FALSE(list().unreadable);
  ASSERT_TRUE(ask(kDestroy, Destroy{.name = "bob"}));
  EXPECT_FALSE(list().unreadable);
}

TEST_F(LifecycleTest, KeptStateThatCannotBeReadIsNamedAndTheRestIsThere) {
  for (const auto* name : {"alice", "bob"}) {
    ASSERT_TRUE(spawn(name));
    ASSERT_TRUE(ask(kDestroy, Destroy{.name = name}));
  }
  // Not strict, as a file is that somebody else made.
  damage(
      "CREATE TABLE copy AS SELECT * FROM tombstones; DROP TABLE tombstones; ALTER TABLE copy RENAME TO tombstones;"
      "UPDATE tombstones SET destroyed_at = 'once' WHERE name = 'bob'");
  restart();
  const auto kept = host_->call("operator", kTombstones, kNothing);
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->tombstones.size(), 1u);
  EXPECT_EQ(kept->tombstones[0].name, "alice");
  ASSERT_TRUE(kept->unreadable);
  EXPECT_EQ(kept->unreadable->front().id, "bob");
}

TEST(RosterTest, AFileInPlaceOfALostOneNeverNamesALetterAsTheLostOneDid) {
  const testing::TemporaryFolder folder;
  const auto key_of_first = [&] {
    auto roster = Roster::open(folder.path() / "lifecycle.sqlite");
    Member member{.name = "alice", .incarnation = "1"};
    member.action = Action{.what = Transient::starting, .cause = "a test"};
    member.action->id = *roster->begin(member);
    return letters_for("alice", *member.action, {}, Runs::yes).front().key;
  };
  const auto first = key_of_first();
  for (const auto* end : {"", "-wal", "-shm"})
    std::filesystem::remove(folder.path() / ("lifecycle.sqlite" + std::string(end)));
  EXPECT_NE(key_of_first(), first);
}

TEST(RosterTest, AnAgentWithAWordOfAnotherVersionIsLeftOutAndSaid) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "lifecycle.sqlite";
  {
    auto roster = Roster::open(file);
    for (const auto* name : {"alice", "bob", "carol"}) {
      Member member{.name = name, .incarnation = name};
      member.action = Action{.what = Transient::rebuilding, .revision = "abc", .cause = "a test"};
      ASSERT_TRUE(roster->begin(member));
    }
    ASSERT_TRUE(
        roster->database().script("UPDATE agents SET desired = 'dreaming' WHERE name = 'alice';"
                                  "UPDATE actions SET action = 'dancing' WHERE name = 'bob'"));
  }
  std::vector<std::string> said;
  auto roster = Roster::open(file, [&](const std::string& text) { said.push_back(text); });
  const auto kept = roster->load();
  ASSERT_TRUE(kept) << kept.error().message;
  ASSERT_EQ(kept->members.size(), 1u);
  EXPECT_EQ(kept->members[0].name, "carol");
  EXPECT_EQ(kept->members[0].action->revision, "abc");
  ASSERT_TRUE(kept->unreadable);
  ASSERT_EQ(kept->unreadable->size(), 2u);
  EXPECT_EQ(kept->unreadable->front().id, "alice");
  EXPECT_EQ(kept->unreadable->back().id, "bob");
  EXPECT_FALSE(kept->tombstones.unreadable);
  EXPECT_THAT(
      said, ElementsAre(HasSubstr("'alice' desired should hold a word"), HasSubstr("'bob' action should hold a word")));
}

}  // namespace
}  // namespace hive::lifecycle
