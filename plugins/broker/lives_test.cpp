#include "queries.hpp"
#include "testing/broker_fixture.hpp"

namespace hive::broker {
namespace {

using ::testing::SizeIs;

class LivesTest : public BrokerFixture {
 protected:
  static constexpr auto kCarol = "agent:carol";

  LivesTest() { spawn("carol", "1"); }

  void spawn(const std::string& name, const std::string& incarnation) {
    std::erase_if(tombstones_.tombstones, [&](auto& one) { return one.name == name; });
    containers_.containers.push_back(container(name, incarnation));
    host_->emit(lifecycle::kContainerChanged, lifecycle::ContainerEvent{container(name, incarnation)});
  }
  void remove(const std::string& name) {
    std::erase_if(containers_.containers, [&](auto& one) { return one.name == name; });
  }
  void tell_removed(const std::string& name, std::string_view how) {
    host_->emit(lifecycle::kContainerRemoved,
                lifecycle::Gone{.name = name, .incarnation = name + "-1", .purged = how == "purged"});
  }
  /// Its state is kept.
  void destroy(const std::string& name) {
    remove(name);
    lifecycle::Tombstone kept;
    kept.name = name, kept.incarnation = name + "-1";
    tombstones_.tombstones.push_back(kept);
    tell_removed(name, "kept");
  }
  void purge(const std::string& name) {
    remove(name);
    tell_removed(name, "purged");
  }
  void purge_tombstone(const std::string& name) {
    tombstones_.tombstones.clear();
    host_->emit(lifecycle::kTombstoneRemoved,
                lifecycle::Gone{.name = name, .incarnation = name + "-1", .purged = true});
  }
  std::vector<Entry> recent(std::string_view who) {
    auto read = host_->call(who, kRecent, Recent{});
    EXPECT_TRUE(read) << read.error().message;
    return read ? read->messages : std::vector<Entry>{};
  }
  DeadLetters dead() {
    auto letters = host_->call("operator", kDeadLetters, ReadDead{});
    EXPECT_TRUE(letters) << letters.error().message;
    return letters ? *letters : DeadLetters{};
  }
  bool has_dead(std::int64_t count) {
    return in_steps([&] { return host_->advance(1s), dead().total == count; });
  }
};

TEST_F(LivesTest, WhatWaitedForAPurgedAgentIsDeadAndTheNextOfThatNameIsNotShownIt) {
  sent(kAlice, "carol", "read"), sent(kAlice, "carol", "unread"), sent(kCarol, "alice", "from the first");
  begin_turn(kCarol);
  Recv one;
  one.max = 1;
  ASSERT_TRUE(host_->call(kCarol, kRecv, one));
  purge("carol");
  ASSERT_TRUE(has_dead(2));
  EXPECT_THAT(host_->published(kDead), SizeIs(2));
  const auto letters = dead().messages;
  EXPECT_EQ(letters[0].died, Died::purged);
  EXPECT_EQ(letters[0].state, State::dead);
  EXPECT_THAT(letters[0].message, HasBody("unread"));

  spawn("carol", "2");
  EXPECT_THAT(recent(kCarol), IsEmpty());
  EXPECT_EQ(depth_of("carol").queued + depth_of("carol").leased, 0);
  EXPECT_EQ(host_->call(kCarol, kDepth, None{})->mailboxes[0].dead, 0);
  EXPECT_EQ(recv(kCarol).error().code, Code::conflict) << "the turn was another's";
  begin_turn(kCarol);
  EXPECT_THAT(received(kCarol), IsEmpty());
  sent(kAlice, "carol", "to the second");
  EXPECT_THAT(received(kCarol), ElementsAre(HasBody("to the second")));
  EXPECT_THAT(recent(kCarol), SizeIs(1));
  Recent of_carol;
  of_carol.of = "carol";
  EXPECT_THAT(host_->call("operator", kRecent, of_carol)->messages, SizeIs(1));
  of_carol.of = "*", of_carol.limit = 500;
  EXPECT_THAT(host_->call("operator", kRecent, of_carol)->messages, SizeIs(4)) << "the operator's flow shows all";
}

TEST_F(LivesTest, MailOfAPurgedAgentCannotBeQueuedForTheNext) {
  const auto id = sent(kAlice, "carol", "secret");
  purge("carol");
  ASSERT_TRUE(has_dead(1));
  spawn("carol", "2");
  const auto refused = host_->call("operator", kRequeue, MessageRef{id});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("was for an agent carol that was purged"));
  const auto all = host_->call("operator", kRequeueAll, RequeueAll{});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->requeued, 0);
  EXPECT_EQ(all->left, 1);
  clock_.advance_ms(31 * kDayMs);
  sent(kAlice, "bob", "last");
  EXPECT_TRUE(in_steps([&] { return host_->advance(1h), dead().total == 0; })) << "it goes as settled mail does";
}

TEST_F(LivesTest, AKeyOfAPurgedAgentIsNotTheNextOnes) {
  const auto first = sent(kCarol, "alice", "one", "k");
  purge("carol"), spawn("carol", "2");
  EXPECT_NE(sent(kCarol, "alice", "two", "k"), first);
  EXPECT_EQ(depth_of("alice").queued, 2);
}

TEST_F(LivesTest, DestroyingAndRevivingChangesNothing) {
  sent(kAlice, "carol", "hello");
  destroy("carol");
  host_->settle();
  restart();
  spawn("carol", "1");
  begin_turn(kCarol);
  EXPECT_THAT(received(kCarol), ElementsAre(HasBody("hello")));
  EXPECT_EQ(dead().total, 0);
}

TEST_F(LivesTest, PurgingWhatWasKeptOfADestroyedAgentEndsItsMail) {
  sent(kAlice, "carol", "hello");
  destroy("carol");
  EXPECT_EQ(dead().total, 0);
  purge_tombstone("carol");
  EXPECT_TRUE(has_dead(1));
}

TEST_F(LivesTest, APurgeWhileTheBrokerWasAwayIsFoundAtItsStart) {
  sent(kAlice, "carol", "hello"), sent(kAlice, "bob", "hello");
  host_->unload();
  remove("carol");
  start();
  EXPECT_TRUE(has_dead(1));
  EXPECT_EQ(depth_of("bob").queued, 1);
}

TEST_F(LivesTest, APurgeAndASpawnWhileTheBrokerWasAwayAreFoundBeforeTheFirstCall) {
  sent(kAlice, "carol", "to the first");
  begin_turn(kCarol);
  host_->unload();
  remove("carol");
  containers_.containers.push_back(container("carol", "2"));
  start();
  EXPECT_EQ(recv(kCarol).error().code, Code::conflict);
  begin_turn(kCarol);
  EXPECT_THAT(received(kCarol), IsEmpty());
}

TEST_F(LivesTest, ASendThatWasOnItsWayToAPurgedAgentDoesNotReachTheNext) {
  std::filesystem::create_directories(root_.path() / "shared/alice");
  std::ofstream(root_.path() / "shared/alice/plan.md") << "p";
  Send what;
  what.to = "carol", what.body = "see", what.file = "/shared/alice/plan.md";
  sent(kAlice, "bob", "what alice may do is known from now on");
  host_->hold_work();
  auto sending = host_->begin(kAlice, kSend, what);
  purge("carol"), spawn("carol", "2");
  host_->let_work_go();
  const auto refused = sending.get<Sent>();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("carol was purged while the request was on its way"));
  EXPECT_EQ(depth_of("carol").queued, 0);
}

TEST_F(LivesTest, ACallThatIsParkedEndsWithItsAgent) {
  begin_turn(kCarol);
  auto parked = park(kCarol);
  purge("carol"), spawn("carol", "2");
  EXPECT_EQ(parked.get<Received>().error().code, Code::conflict);
}

TEST_F(LivesTest, TheManagersMailboxIsThereBeforeTheFirstManager) {
  remove("manager");
  restart();
  sent("operator", "manager", "hello");
  restart();
  containers_.containers.push_back(container("manager"));
  restart();
  begin_turn("manager");
  EXPECT_THAT(received("manager"), ElementsAre(HasBody("hello")));
}

/// The store alone, and requests of whom it was purged before they reached it.
class LivesOfTheStoreTest : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return root_.path() / "broker.sqlite"; }
  void open() {
    auto mailboxes = Mailboxes::open(file(), Limits{});
    ASSERT_TRUE(mailboxes) << mailboxes.error().message;
    exchange_ = std::make_unique<Exchange>(std::move(*mailboxes));
    ASSERT_TRUE(exchange_->begin());
  }
  static Draft draft(Party sender) {
    Draft made;
    made.sender = std::move(sender), made.body = "x";
    return made;
  }

  hive::testing::TemporaryFolder root_;
  std::unique_ptr<Exchange> exchange_;
};

TEST_F(LivesOfTheStoreTest, NothingIsDoneForWhoWasPurged) {
  open();
  const Party first("bob", "1"), second("bob", "2");
  ASSERT_TRUE(exchange_->upkeep().begin_life(first, Time{1}));
  ASSERT_TRUE(exchange_->send(draft("alice"), {first}));
  ASSERT_TRUE(exchange_->turn_begin(first));
  ASSERT_TRUE(exchange_->upkeep().begin_life(second, Time{2}));
  const auto waiter = std::make_shared<Waiter>();
  waiter->owner = "bob", waiter->incarnation = "1", waiter->most = 1;
  EXPECT_EQ(exchange_->recv(waiter, Exchange::Park::allowed).error().code, Code::conflict);
  EXPECT_EQ(exchange_->turn_begin(first).error().code, Code::conflict);
  TurnEnd end;
  end.turn = 1, end.ok = true;
  EXPECT_EQ(exchange_->turn_end(first, end, Time{3}).error().code, Code::conflict);
  EXPECT_EQ(exchange_->send(draft(first), {"alice"}).error().code, Code::conflict);
  EXPECT_EQ(exchange_->send(draft("alice"), {first}).error().code, Code::conflict);
  EXPECT_TRUE(exchange_->sound()) << "each is a refusal of one call";
  EXPECT_EQ(exchange_->turn_begin(second)->turn, 2) << "no turn number comes again";
  EXPECT_TRUE(exchange_->commit());
}

TEST_F(LivesOfTheStoreTest, ADatabaseOfBeforeIsMigratedWithAllThatItHolds) {
  {
    const std::span<const std::string_view> before(sql::kSteps, 1);
    auto database = sqlite::Database::open({.file = file(), .owner = "test", .migrations = before});
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->script(
        "INSERT INTO messages (id, owner, sender, kind, state, sent_at, settled_at, key, body) VALUES "
        "(1, 'operator', 'alice', 1, 2, 1, 1, 'k', 'old'), (2, 'bob', 'alice', 1, 0, 1, NULL, NULL, 'waits'), "
        "(3, 'bob', 'alice', 1, 3, 1, NULL, NULL, 'dead'); INSERT INTO turns VALUES ('bob', 7, 1)"));
  }
  open();
  const Party bob("bob", "1");
  ASSERT_TRUE(exchange_->upkeep().begin_life(bob, Time{2}));
  auto again = draft("alice");
  again.key = "k";
  EXPECT_EQ(*exchange_->send(again, {bob}), 1) << "its key is known";
  const auto waiter = std::make_shared<Waiter>();
  waiter->owner = "bob", waiter->most = 5;
  ASSERT_TRUE(exchange_->recv(waiter, Exchange::Park::refused)) << "its turn is open";
  EXPECT_THAT(waiter->messages, ElementsAre(HasBody("waits")));
  EXPECT_TRUE(exchange_->upkeep().requeue(3));
  ASSERT_TRUE(exchange_->commit());
  exchange_.reset();
  auto database = sqlite::Database::open({.file = file(), .owner = "test", .access = sqlite::Access::read_only});
  EXPECT_EQ(**database->integer("SELECT messages FROM tallies WHERE sender = 'alice'"), 3);
}

TEST_F(LivesOfTheStoreTest, WhatAnAbandonedCallHadIsBackBeforeItsTurnIsSettled) {
  open();
  ASSERT_TRUE(exchange_->turn_begin("bob"));
  const auto waiter = std::make_shared<Waiter>();
  waiter->owner = "bob", waiter->most = 5;
  ASSERT_EQ(*exchange_->recv(waiter, Exchange::Park::allowed), Exchange::Taken::parked);
  ASSERT_TRUE(exchange_->send(draft("alice"), {"bob"}));
  ASSERT_TRUE(exchange_->commit());
  auto database = sqlite::Database::open({.file = file(), .owner = "test"});
  ASSERT_TRUE(database->script("CREATE TRIGGER stay BEFORE UPDATE ON messages BEGIN SELECT RAISE(ABORT, 'no'); END"));
  ASSERT_TRUE(exchange_->begin());
  EXPECT_FALSE(exchange_->abandon(waiter));
  exchange_->roll_back();
  ASSERT_TRUE(database->script("DROP TRIGGER stay"));

  ASSERT_TRUE(exchange_->begin());
  TurnEnd end;
  end.turn = 1, end.ok = true;
  ASSERT_TRUE(exchange_->turn_end("bob", end, Time{3}));
  ASSERT_TRUE(exchange_->commit());
  EXPECT_EQ(**database->integer("SELECT state FROM messages"), int(State::queued)) << "nobody saw it";
}

}  // namespace
}  // namespace hive::broker
