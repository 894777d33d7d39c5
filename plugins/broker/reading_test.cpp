#include "testing/broker_fixture.hpp"

namespace hive::broker {
namespace {

using ::testing::SizeIs;

constexpr std::size_t kShown = 60'000;

class ReadingTest : public BrokerFixture {
 protected:
  Entries recent(std::string_view who, const Recent& what) {
    auto read = host_->call(who, kRecent, what);
    EXPECT_TRUE(read) << read.error().message;
    return read ? *read : Entries{};
  }
  static std::vector<std::string> bodies(const std::vector<Entry>& entries) {
    std::vector<std::string> out;
    for (const auto& entry : entries) out.push_back(entry.message.body);
    return out;
  }
  static std::vector<std::string> left_out(const LeftOut& rows) {
    std::vector<std::string> ids;
    if (!rows) return ids;
    for (const auto& [id, why] : *rows) {
      EXPECT_THAT(why, HasSubstr("kind should hold a number that this program knows"));
      ids.push_back(id);
    }
    return ids;
  }
  void damage(std::string_view body) {
    auto database = sqlite::Database::open({.file = root_.path() / "broker.sqlite", .owner = "test"});
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->run("UPDATE messages SET kind = 99 WHERE body = ?", {body}));
  }
  void index_all() {
    const auto level = [&] {
      host_->advance(1s);
      Search what;
      what.text = "nothing";
      auto found = host_->call("operator", kSearch, what);
      return found && found->behind == 0;
    };
    ASSERT_TRUE(in_steps(level));
  }
  /// Five failed turns on all that waits for bob.
  void give_up() {
    for (int i = 0; i < 5; ++i) {
      const auto turn = begin_turn(kBob);
      while (!received(kBob).empty()) continue;
      end_turn(kBob, turn, "failed");
    }
  }
};

TEST_F(ReadingTest, AMessageThatCannotBeReadHoldsUpNoOther) {
  for (const auto* body : {"one", "two", "three"}) sent(kAlice, "bob", body);
  auto database = sqlite::Database::open({.file = root_.path() / "broker.sqlite", .owner = "test"});
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->run("UPDATE messages SET kind = 99 WHERE body <> 'two'"));
  EXPECT_THAT(bodies(recent("operator", {.of = "bob", .limit = 8}).messages), ElementsAre("two"));
  EXPECT_THAT(left_out(recent("operator", {.of = "bob"}).unreadable), ElementsAre("3", "1"));
  const auto page = recent("operator", {.of = "bob", .limit = 1});
  EXPECT_THAT(bodies(page.messages), ElementsAre("two")) << "one that is left out takes nobody's place";
  EXPECT_FALSE(page.more.value_or(false));
  begin_turn(kBob);
  Recv one;
  one.max = 1;
  const auto got = host_->call(kBob, kRecv, one);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_THAT(got->messages, ElementsAre(HasBody("two")));
  auto parked = park(kBob);
  sent(kAlice, "bob", "four");
  host_->settle();
  const auto later = parked.get<Received>();
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_THAT(later->messages, ElementsAre(HasBody("four")));
}

TEST_F(ReadingTest, EveryListNamesTheMessageThatItLacksAndHasTheOthers) {
  for (const auto* body : {"a fern", "a moss"}) sent(kAlice, "bob", body);
  const auto nothing = recent(kBob, {});
  EXPECT_THAT(nothing.messages, SizeIs(2));
  EXPECT_FALSE(nothing.unreadable) << "an answer that lacks nothing says nothing of it";
  index_all();
  give_up();
  damage("a fern");
  const auto own = recent(kBob, {});
  EXPECT_THAT(bodies(own.messages), ElementsAre("a moss"));
  EXPECT_THAT(left_out(own.unreadable), ElementsAre("1"));
  const auto everyone = recent("operator", {.of = "*"});
  EXPECT_THAT(bodies(everyone.messages), ElementsAre("a moss"));
  EXPECT_THAT(left_out(everyone.unreadable), ElementsAre("1"));
  Search what;
  what.text = "a";
  const auto found = host_->call("operator", kSearch, what);
  ASSERT_TRUE(found);
  EXPECT_THAT(bodies(found->messages), ElementsAre("a moss"));
  EXPECT_THAT(left_out(found->unreadable), ElementsAre("1"));
  const auto dead = host_->call("operator", kDeadLetters, ReadDead{});
  ASSERT_TRUE(dead);
  EXPECT_THAT(bodies(dead->messages), ElementsAre("a moss"));
  EXPECT_THAT(left_out(dead->unreadable), ElementsAre("1"));
}

TEST_F(ReadingTest, AnAnswerThatLacksVeryManyNamesSomeAndIsShownInOnePiece) {
  for (int i = 0; i < 100; ++i) sent(kBob, "alice", "damaged"), sent(kBob, "alice", std::string(1'000, '"'));
  damage("damaged");
  Recent what;
  what.limit = 500;
  const auto got = recent(kAlice, what);
  EXPECT_THAT(left_out(got.unreadable), SizeIs(kMostUnreadable));
  EXPECT_TRUE(got.more);
  EXPECT_LE(encode_text(got).size(), kShown);
}

TEST_F(ReadingTest, AMessageThatARepeatedRecvCannotReadIsNotSettled) {
  const auto id = sent(kAlice, "bob", "one");
  const auto turn = begin_turn(kBob);
  Recv keyed;
  keyed.key = "first";
  ASSERT_TRUE(host_->call(kBob, kRecv, keyed)) << "its answer is taken for lost";
  auto database = sqlite::Database::open({.file = root_.path() / "broker.sqlite", .owner = "test"});
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->run("UPDATE messages SET kind = 99"));
  const auto again = host_->call(kBob, kRecv, keyed);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_THAT(again->messages, SizeIs(0));
  EXPECT_EQ(again->waiting, 0) << "it cannot be taken";
  end_turn(kBob, turn, "ok");
  const auto kept = database->integer("SELECT state FROM messages WHERE id = ?", {id});
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ(State(**kept), State::queued);
}

TEST_F(ReadingTest, AMessageThatCannotBeReadIsNotQueuedAgain) {
  const auto id = sent(kAlice, "bob", "one");
  auto database = sqlite::Database::open({.file = root_.path() / "broker.sqlite", .owner = "test"});
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->run("UPDATE messages SET state = 99"));
  const auto refused = host_->call("operator", kRequeue, MessageRef{id});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be read (state should hold"));
}

TEST_F(ReadingTest, RecvAnswersWhatTheModelIsShownInOnePieceAndCountsTheRest) {
  for (int i = 0; i < 100; ++i) sent(kAlice, "bob", std::to_string(i) + std::string(1'000, i % 2 == 0 ? 'x' : '"'));
  begin_turn(kBob);
  Recv all;
  all.max = 100;
  std::size_t taken = 0;
  while (taken < 100) {
    auto got = host_->call(kBob, kRecv, all);
    ASSERT_TRUE(got) << got.error().message;
    ASSERT_FALSE(got->messages.empty());
    EXPECT_LE(encode_text(*got).size(), kShown);
    for (const auto& message : got->messages)
      EXPECT_TRUE(message.body.starts_with(std::to_string(taken++))) << "in their order";
    EXPECT_EQ(got->waiting, std::int64_t(100 - taken));
  }
}

TEST_F(ReadingTest, AMessageThatNoAnswerCouldHoldIsNotStored) {
  host_->unload();
  start(R"({"body_bytes":49152})");
  auto refused = send(kAlice, "bob", std::string(12'000, '\x01'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::too_large);
  EXPECT_THAT(refused.error().message, HasSubstr("characters as JSON text"));
  EXPECT_THAT(refused.error().message, HasSubstr("/shared/alice/"));
  sent(kAlice, "bob", std::string(49'152, 'x'));
  begin_turn(kBob);
  auto got = recv(kBob);
  ASSERT_TRUE(got);
  EXPECT_LE(encode_text(*got).size(), kShown);
  EXPECT_THAT(got->messages, SizeIs(1));
}

TEST_F(ReadingTest, RecentAnswersAnAgentInPagesThatItsModelIsShown) {
  for (int i = 0; i < 120; ++i) sent(kBob, "alice", std::to_string(i) + std::string(1'000, '"'));
  Recent page;
  page.limit = 500;
  std::vector<std::string> read;
  for (std::optional<bool> more = true; more;) {
    const auto got = recent(kAlice, page);
    EXPECT_LE(encode_text(got).size(), kShown);
    ASSERT_FALSE(got.messages.empty());
    for (const auto& body : bodies(got.messages)) read.push_back(body);
    page.before = got.messages.back().message.id;
    more = got.more;
  }
  ASSERT_THAT(read, SizeIs(120));
  EXPECT_TRUE(read.back().starts_with("0\""));
  const auto of_the_operator = recent("operator", {.of = "alice", .with = {}, .limit = 500, .before = {}});
  EXPECT_THAT(of_the_operator.messages, SizeIs(120)) << "a page and a terminal show more";
  EXPECT_FALSE(of_the_operator.more);
}

TEST_F(ReadingTest, TheManagersSearchIsPagedToo) {
  for (int i = 0; i < 60; ++i) sent(kBob, "alice", "fern " + std::string(1'000, '"'));
  index_all();
  Search what;
  what.text = "fern";
  std::size_t found = 0;
  for (std::optional<bool> more = true; more;) {
    auto page = host_->call("manager", kSearch, what);
    ASSERT_TRUE(page);
    EXPECT_LE(encode_text(*page).size(), kShown);
    found += page->messages.size();
    what.before = page->messages.back().message.id;
    more = page->more;
  }
  EXPECT_EQ(found, 60u);
}

TEST_F(ReadingTest, ABoxHoldsWhatCameOrWhatWasSentWhateverTheOtherHas) {
  sent(kAlice, "operator", "came"), sent(kBob, "operator", "came too");
  for (int i = 0; i < 60; ++i) sent("operator", "alice", "sent");
  sent("operator", "operator", "note");
  const auto look = [&](std::string_view how) {
    SCOPED_TRACE(how);
    Recent what;
    what.box = Box::in;
    EXPECT_THAT(bodies(recent("operator", what).messages), ElementsAre("note", "came too", "came"));
    what.with = "alice";
    EXPECT_THAT(bodies(recent("operator", what).messages), ElementsAre("came"));
    what.with.reset(), what.box = Box::out, what.limit = 500;
    EXPECT_THAT(recent("operator", what).messages, SizeIs(61));
    what.box = Box::all;
    const auto all = recent("operator", what);
    EXPECT_THAT(all.messages, SizeIs(63)) << "a message to oneself is one";
    EXPECT_THAT(bodies(all.messages).back(), "came");
    what.limit = 2;
    EXPECT_THAT(bodies(recent("operator", what).messages), ElementsAre("note", "sent"));
    EXPECT_TRUE(recent("operator", what).more);
  };
  look("before they are indexed");
  index_all();
  look("from the index");
  Recent of_all;
  of_all.of = "*", of_all.box = Box::in;
  EXPECT_EQ(host_->call("operator", kRecent, of_all).error().code, Code::invalid_params);
}

TEST_F(ReadingTest, DeadLettersAreCountedListedInPagesAndQueuedAgain) {
  for (const auto* body : {"one", "two", "three"}) sent(kAlice, "bob", body);
  give_up();
  const auto counts = [&] {
    std::vector<std::int64_t> totals;
    for (const auto& one : host_->published(kDeadCount)) totals.push_back(one.total);
    return totals;
  };
  EXPECT_THAT(counts(), ElementsAre(3));
  ReadDead what;
  what.limit = 2;
  auto page = host_->call("operator", kDeadLetters, what);
  ASSERT_TRUE(page);
  EXPECT_THAT(bodies(page->messages), ElementsAre("three", "two"));
  EXPECT_EQ(page->total, 3);
  EXPECT_TRUE(page->more);
  what.before = page->messages.back().message.id;
  page = host_->call("operator", kDeadLetters, what);
  EXPECT_THAT(bodies(page->messages), ElementsAre("one"));
  EXPECT_FALSE(page->more);
  what = {.of = "alice", .limit = {}, .before = {}};
  EXPECT_EQ(host_->call("operator", kDeadLetters, what)->total, 0);

  ASSERT_TRUE(host_->call("operator", kRequeue, MessageRef{page->messages[0].message.id}));
  EXPECT_THAT(counts(), ElementsAre(3, 2));
  EXPECT_EQ(host_->call("operator", kRequeueAll, RequeueAll{"alice"})->requeued, 0);
  begin_turn(kBob);
  received(kBob);
  auto parked = park(kBob);
  const auto all = host_->call("operator", kRequeueAll, RequeueAll{});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->requeued, 2);
  EXPECT_EQ(all->left, 0);
  EXPECT_THAT(counts(), ElementsAre(3, 2, 0));
  EXPECT_THAT(parked.get<Received>()->messages, SizeIs(2)) << "who is parked hears of them";
}

}  // namespace
}  // namespace hive::broker
