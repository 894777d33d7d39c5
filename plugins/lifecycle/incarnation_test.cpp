// A name is not an identity: who has a name now, and who had it before.
#include "queries.hpp"
#include "testing/lifecycle_fixture.hpp"

namespace hive::lifecycle {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr None kNothing;

class IncarnationTest : public LifecycleFixture {
 protected:
  void SetUp() override {
    load();
    given_alice();
    first_ = view("alice").incarnation;
  }
  std::vector<Tombstone> kept() { return host_->call("operator", kTombstones, kNothing)->tombstones; }
  void destroy(const Destroy& what) {
    const auto destroyed = ask(kDestroy, what);
    ASSERT_TRUE(destroyed) << destroyed.error().message;
  }
  void expect_spawned_anew() {
    ASSERT_TRUE(spawn("alice"));
    EXPECT_THAT(view("alice").incarnation, MatchesRegex("[0-9a-f]{32}"));
    EXPECT_NE(view("alice").incarnation, first_);
  }
  Incarnation first_;
};

TEST_F(IncarnationTest, EachAgentHasItsOwnAndKeepsItOverARestartOfTheHost) {
  EXPECT_THAT(first_, MatchesRegex("[0-9a-f]{32}"));
  ASSERT_TRUE(spawn("bob"));
  EXPECT_NE(view("bob").incarnation, first_);
  ASSERT_TRUE(ask(kRestart, {"alice"}));
  restart();
  EXPECT_EQ(view("alice").incarnation, first_);
}

TEST_F(IncarnationTest, ItIsInWhatIsPublishedOfTheAgent) {
  ASSERT_TRUE(ask(kRestart, {"alice"}));
  EXPECT_EQ(host_->published(kContainerChanged).back().container.incarnation, first_);
}

TEST_F(IncarnationTest, AnAgentThatIsSpawnedFromWhatWasKeptGoesOnWithIt) {
  destroy({.name = "alice"});
  const auto removed = host_->published(kContainerRemoved).back();
  EXPECT_EQ(removed.incarnation, first_);
  EXPECT_FALSE(removed.purged);
  EXPECT_EQ(host_->published(kTombstoneChanged).back().incarnation, first_);
  restart();
  ASSERT_EQ(kept().size(), 1u);
  EXPECT_EQ(kept().front().incarnation, first_);

  const auto checked = host_->call("operator", kPreflight, Name{"alice"});
  EXPECT_TRUE(checked->ok);
  EXPECT_THAT(checked->findings[2].message, HasSubstr("state of a destroyed agent 'alice' is kept"));
  ASSERT_TRUE(spawn("alice"));
  EXPECT_EQ(view("alice").incarnation, first_);
  const auto revived = host_->published(kTombstoneRemoved).back();
  EXPECT_EQ(revived.incarnation, first_);
  EXPECT_FALSE(revived.purged);
  EXPECT_TRUE(kept().empty());
  EXPECT_EQ(runtime_.count("purge alice"), 0);
}

TEST_F(IncarnationTest, ItEndsWhenTheAgentIsPurged) {
  destroy({.name = "alice", .purge = true});
  const auto removed = host_->published(kContainerRemoved).back();
  EXPECT_EQ(removed.incarnation, first_);
  EXPECT_TRUE(removed.purged);
  expect_spawned_anew();
}

TEST_F(IncarnationTest, ItEndsWhenWhatWasKeptIsPurged) {
  destroy({.name = "alice"});
  ASSERT_TRUE(host_->call("operator", kPurgeTombstone, Name{"alice"}));
  const auto removed = host_->published(kTombstoneRemoved).back();
  EXPECT_EQ(removed.incarnation, first_);
  EXPECT_TRUE(removed.purged);
  expect_spawned_anew();
}

TEST_F(IncarnationTest, NobodyIsSpawnedIntoWhatIsBeingPurged) {
  destroy({.name = "alice"});
  host_->hold_work();
  auto purge = host_->begin("operator", kPurgeTombstone, Name{"alice"});
  EXPECT_THAT(spawn("alice").error().message, HasSubstr("is being purged"));
  EXPECT_THAT(host_->call("operator", kPurgeTombstone, Name{"alice"}).error().message, HasSubstr("purged already"));
  host_->let_work_go();
  ASSERT_TRUE(purge.get<None>());
  expect_spawned_anew();
}

TEST_F(IncarnationTest, APurgeGoesOnWhenWhoAskedForItHasGone) {
  destroy({.name = "alice"});
  host_->hold_work();
  host_->begin("operator", kPurgeTombstone, Name{"alice"}).cancel();
  host_->settle();
  host_->let_work_go();
  EXPECT_EQ(kept().size(), 0u);
  expect_spawned_anew();
}

TEST_F(IncarnationTest, APurgeThatFailedCanBeAskedForAgain) {
  destroy({.name = "alice"});
  runtime_.destroy_fails = error(Code::unavailable, "state/x cannot be removed");
  const auto failed = host_->call("operator", kPurgeTombstone, Name{"alice"});
  EXPECT_THAT(failed.error().message, HasSubstr("cannot be removed"));
  ASSERT_EQ(kept().size(), 1u);
  runtime_.destroy_fails.reset();
  ASSERT_TRUE(host_->call("operator", kPurgeTombstone, Name{"alice"}));
  expect_spawned_anew();
}

TEST_F(IncarnationTest, ADestroyWithPurgeThatFailedCanBeAskedForAgain) {
  runtime_.destroy_fails = error(Code::unavailable, "state/x cannot be removed");
  destroy({.name = "alice", .purge = true});
  EXPECT_FALSE(last_end().ok);
  EXPECT_THAT(view("alice").reason.value_or(""), HasSubstr("cannot be removed"));
  EXPECT_EQ(view("alice").incarnation, first_);
  runtime_.destroy_fails.reset();
  destroy({.name = "alice", .purge = true});
  EXPECT_TRUE(last_end().ok);
  expect_spawned_anew();
}

TEST(IncarnationMigrationTest, WhoWasThereBeforeGetsOneAndKeepsIt) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "lifecycle.sqlite";
  {
    const auto before = std::span(sql::kMigrations).first(2);
    auto database = sqlite::Database::open({.file = file, .owner = "lifecycle", .migrations = before});
    ASSERT_TRUE(database) << database.error().message;
    ASSERT_TRUE(
        database->script("INSERT INTO agents VALUES ('alice', 'running'), ('bob', 'stopped');"
                         "INSERT INTO tombstones VALUES ('carol', 1)"));
  }
  const auto load = [&] { return *Roster::open(file)->load(); };
  const auto kept = load();
  ASSERT_EQ(kept.members.size(), 2u);
  const std::set<Incarnation> all{kept.members[0].incarnation, kept.members[1].incarnation,
                                  kept.tombstones.tombstones.at(0).incarnation};
  EXPECT_EQ(all.size(), 3u);
  for (const auto& one : all) EXPECT_THAT(one, MatchesRegex("[0-9a-f]{32}"));
  EXPECT_EQ(load().members[0].incarnation, kept.members[0].incarnation);
  EXPECT_EQ(load().tombstones.tombstones[0].incarnation, kept.tombstones.tombstones[0].incarnation);
}

}  // namespace
}  // namespace hive::lifecycle
