#include "testing/lifecycle_fixture.hpp"

#include <hive/sdk/reserved_names.hpp>

namespace hive::lifecycle {
namespace {

using ::testing::HasSubstr;

class RefusalsTest : public LifecycleFixture {
 protected:
  void SetUp() override {
    load("{}");
    given_alice();
  }
  static void expect(const Result<Accepted>& answer, Code code, const std::string& words) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, code) << answer.error().message;
    EXPECT_THAT(answer.error().message, HasSubstr(words));
  }
};

TEST_F(RefusalsTest, TheManagerMayNotNameItself) {
  expect(ask(kStart, {"manager"}, "manager"), Code::conflict, "running already");
  for (const auto* method : {&kStop, &kRestart})
    expect(ask(*method, {"manager"}, "manager"), Code::forbidden, "may not start, stop, restart or rebuild itself");
  expect(ask(kRebuild, {.name = "manager"}, "manager"), Code::forbidden, "itself");
  EXPECT_TRUE(ask(kRestart, {"manager"})) << "the operator may";
}

TEST_F(RefusalsTest, TheManagerIsDestroyedOnlyWithForce) {
  expect(ask(kDestroy, {.name = "manager"}), Code::forbidden, "only with force");
  EXPECT_TRUE(ask(kDestroy, {.name = "manager", .force = true}));
}

TEST_F(RefusalsTest, ATakenNameIsNotSpawned) {
  expect(spawn("alice"), Code::conflict, "an agent 'alice' already");
}

TEST_F(RefusalsTest, ReservedNamesAreNotSpawned) {
  std::vector<std::string> words(kReservedNames.begin(), kReservedNames.end());
  words.emplace_back("broker");
  for (const auto& word : words) {
    expect(spawn(word), Code::conflict, "is reserved");
    EXPECT_FALSE(host_->call("operator", kPreflight, Name{word})->ok) << word;
  }
  EXPECT_EQ(view("common").name, "");
}

TEST_F(RefusalsTest, ANameTooLongForTheRuntimeIsNotSpawned) {
  expect(spawn("abcdefghijkl"), Code::conflict, "this runtime takes 11");
}

TEST_F(RefusalsTest, ANameThatIsNoneIsNamedAsTheBadParameter) {
  expect(spawn("Alice"), Code::invalid_params, "name");
  expect(spawn("../x"), Code::invalid_params, "name");
}

TEST_F(RefusalsTest, WhoIsNotThereIsNotFoundAndTheKnownAreNamed) {
  expect(ask(kRestart, {"bob"}), Code::not_found, "known are: manager, alice");
}

TEST_F(RefusalsTest, WhatRunsIsNotStartedAndWhatIsStoppedNotStopped) {
  expect(ask(kStart, {"alice"}), Code::conflict, "use restart");
  ASSERT_TRUE(ask(kStop, {"alice"}));
  expect(ask(kStop, {"alice"}), Code::conflict, "stopped already");
}

TEST_F(RefusalsTest, OneActionAtATimeAndItIsNamed) {
  report("alice", turns::TurnState::thinking);
  ASSERT_TRUE(ask(kRebuild, {.name = "alice"}));
  expect(ask(kStop, {"alice"}), Code::conflict, "alice is rebuilding (rebuilt by the operator)");
}

TEST_F(RefusalsTest, ARevisionIsForApprovals) {
  expect(ask(kRebuild, {.name = "alice", .revision = "abc"}), Code::forbidden, "for plugins alone");
  expect(ask(kSpawn, {.name = "bob", .revision = "abc"}), Code::forbidden, "for plugins alone");
  ASSERT_TRUE(ask(kRebuild, {.name = "alice", .revision = "abc"}, "plugin:approvals"));
  EXPECT_EQ(view("alice").deployed_sha, "abc");
}

TEST_F(RefusalsTest, ALiveAgentHasNoTombstoneToPurge) {
  EXPECT_EQ(host_->call("operator", kPurgeTombstone, Name{"alice"}).error().code, Code::conflict);
  EXPECT_EQ(host_->call("operator", kPurgeTombstone, Name{"bob"}).error().code, Code::not_found);
}

TEST_F(RefusalsTest, PreflightNamesEachCheck) {
  const auto bad = host_->call("manager", kPreflight, Name{"manager"});
  ASSERT_TRUE(bad);
  EXPECT_FALSE(bad->ok);
  EXPECT_EQ(bad->findings.size(), 4u);
  EXPECT_FALSE(bad->findings[0].ok);
  EXPECT_TRUE(host_->call("manager", kPreflight, Name{"bob"})->ok);
}

TEST_F(RefusalsTest, NothingIsBegunWhileTheHostStops) {
  host_->emit(host_api::kStopping, {});
  expect(ask(kRestart, {"alice"}), Code::unavailable, "the host is stopping");
}

}  // namespace
}  // namespace hive::lifecycle
