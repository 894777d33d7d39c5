#include "testing/broker_fixture.hpp"

namespace hive::broker {
namespace {

using ::testing::AllOf;
using ::testing::SizeIs;

/// The bounds with small numbers: a mailbox of ten, of which one agent may fill three, all agents six.
class QuotaTest : public ::testing::Test {
 protected:
  QuotaTest() { open(); }

  void open() {
    exchange_.reset();
    auto mailboxes = Mailboxes::open(root_.path() / "broker.sqlite", limits_);
    ASSERT_TRUE(mailboxes) << mailboxes.error().message;
    exchange_ = std::make_unique<Exchange>(std::move(*mailboxes));
  }
  template <class F>
  auto in_a_group(F work) {
    EXPECT_TRUE(exchange_->begin());
    auto done = work();
    EXPECT_TRUE(exchange_->commit());
    return done;
  }
  Result<std::int64_t> send(const std::string& from, const std::string& to, const std::string& body = "x") {
    Draft draft;
    draft.sender = from, draft.body = body, draft.sent_at = Time{1};
    return in_a_group([&] { return exchange_->send(draft, {to}); });
  }
  void send_many(int count, const std::string& from, const std::string& to) {
    for (int i = 0; i < count; ++i) {
      auto done = send(from, to);
      ASSERT_TRUE(done) << i << ": " << done.error().message;
    }
  }
  std::string refusal(const std::string& from, const std::string& to, const std::string& body = "x") {
    auto refused = send(from, to, body);
    EXPECT_FALSE(refused) << from << " to " << to;
    if (refused) return "";
    EXPECT_EQ(refused.error().code, Code::busy);
    return refused.error().message;
  }
  /// Takes all that waits for `owner` and ends the turn with it.
  void turn(const std::string& owner, std::string_view how) {
    const auto begun = in_a_group([&] { return exchange_->turn_begin(owner); });
    ASSERT_TRUE(begun);
    const auto waiter = std::make_shared<Waiter>();
    waiter->owner = owner, waiter->most = 100;
    ASSERT_TRUE(in_a_group([&] { return exchange_->recv(waiter, Exchange::Park::refused); }));
    TurnEnd end;
    end.turn = begun->turn, end.ok = how == "ok";
    ASSERT_TRUE(in_a_group([&] { return exchange_->turn_end(owner, end, Time{2}); }));
  }

  hive::testing::TemporaryFolder root_;
  Limits limits_{.undelivered = 10,
                 .undelivered_of_system = 9,
                 .undelivered_of_manager = 8,
                 .undelivered_of_agents = 6,
                 .share = 3,
                 .unread = 4,
                 .stored_messages = 12,
                 .stored_bytes = 12'000,
                 .failed_turns = 1,
                 .kept_ms = kDayMs};
  std::unique_ptr<Exchange> exchange_;
};

TEST_F(QuotaTest, OneAgentFillsNoMoreThanItsShareOfAMailbox) {
  send_many(3, "alice", "bob");
  EXPECT_EQ(
      refusal("alice", "bob"),
      "broker: 3 messages of yours wait for bob, as many as one agent may have there; nothing was sent, try again "
      "when bob has read some");
  send_many(1, "alice", "carol"), send_many(1, "carol", "bob");
  turn("bob", "ok");
  send_many(3, "alice", "bob");
}

TEST_F(QuotaTest, WhatAgentsMayNotFillIsKeptForManagerSystemAndOperator) {
  send_many(3, "alice", "bob"), send_many(3, "carol", "bob");
  EXPECT_THAT(refusal("dave", "bob"),
              HasSubstr("6 messages wait for bob, and you may fill the mailbox up to 6; the rest "
                        "is kept for the operator, the system and the manager"));
  send_many(2, "manager", "bob");
  EXPECT_THAT(refusal("manager", "bob"), HasSubstr("up to 8; the rest is kept for the operator and the system"));
  send_many(1, "system", "bob");
  EXPECT_THAT(refusal("system", "bob"), HasSubstr("up to 9; the rest is kept for the operator"));
  send_many(1, "operator", "bob");
  EXPECT_THAT(refusal("operator", "bob"),
              HasSubstr("10 messages wait for bob, and you may fill the mailbox up to 10;"));
}

TEST_F(QuotaTest, OneFullMailboxRefusesAllAndStoresNothing) {
  send_many(3, "alice", "bob");
  Draft draft;
  draft.sender = "alice", draft.body = "all";
  const auto refused = in_a_group([&] { return exchange_->send(draft, {"carol", "bob"}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::busy);
  send_many(3, "alice", "carol");
}

TEST_F(QuotaTest, TheOperatorsInboxTakesSoManyOfOneSenderUntilTheyAreRead) {
  send_many(4, "alice", "operator");
  EXPECT_EQ(refusal("alice", "operator"),
            "broker: the operator has not read your last 4 messages, as many as one sender may have there; nothing was "
            "sent, try again when the operator has looked at the inbox");
  send_many(1, "carol", "operator");
  open();
  refusal("alice", "operator");
  ASSERT_TRUE(in_a_group([&] { return exchange_->upkeep().read_up_to(3); }));
  send_many(3, "alice", "operator");
  open();
  refusal("alice", "operator");
}

TEST_F(QuotaTest, SettledAndDeadMessagesCountForTheirSenderUntilTheyAreGone) {
  for (int i = 0; i < 3; ++i) send_many(3, "alice", "bob"), turn("bob", "ok");
  send_many(3, "alice", "bob"), turn("bob", "failed");
  EXPECT_EQ(
      refusal("alice", "carol"),
      "broker: you have 12 messages stored, and one sender may have 12; nothing was sent, try again when some are "
      "gone, which they are 1 days after they were settled");
  send_many(3, "carol", "bob");
  open();
  refusal("alice", "carol");
  ASSERT_TRUE(in_a_group(
      [&] { return exchange_->upkeep().sweep({.from = 0, .oldest = Time{kDayMs}, .now = Time{2 * kDayMs}}); }));
  send_many(9 - 1, "manager", "dave");
  for (int i = 0; i < 3; ++i) send_many(3, "alice", "carol"), turn("carol", "ok");
  refusal("alice", "carol");
}

TEST_F(QuotaTest, BytesCountAsMessagesDo) {
  const std::string body(5'000, 'x');
  ASSERT_TRUE(send("alice", "bob", body));
  ASSERT_TRUE(send("alice", "bob", body));
  EXPECT_THAT(refusal("alice", "bob", body), HasSubstr("your messages take 0 MiB, and those of one sender may take 0"));
  ASSERT_TRUE(send("operator", "bob", body));
}

TEST_F(QuotaTest, WhatARolledBackGroupHadIsNotCounted) {
  Draft draft;
  draft.sender = "alice", draft.body = "x";
  ASSERT_TRUE(exchange_->begin());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(exchange_->send(draft, {"bob"}));
  exchange_->roll_back();
  send_many(3, "alice", "bob");
  refusal("alice", "bob");
}

TEST_F(QuotaTest, WhatWasCountedAndSavedIsTheSameAfterARestart) {
  limits_ = Limits{.undelivered_of_agents = 10'000, .share = 10'000, .stored_messages = 5'200};
  open();
  ASSERT_TRUE(exchange_->begin());
  Draft draft;
  draft.sender = "alice", draft.body = "x";
  for (int i = 0; i < 5'100; ++i) ASSERT_TRUE(exchange_->send(draft, {"bob"}));
  ASSERT_TRUE(exchange_->commit());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(send("alice", "bob"));
  refusal("alice", "bob");
  open();
  EXPECT_THAT(refusal("alice", "bob"), HasSubstr("you have 5200 messages stored"));
}

class QuotasOfThePluginTest : public BrokerFixture {};

TEST_F(QuotasOfThePluginTest, AFloodToTheOperatorEndsAndAnInboxThatIsLookedAtGoesOn) {
  Send what;
  what.to = "operator", what.body = "x";
  for (int i = 1; i < 10'000; ++i) host_->begin(kAlice, kSend, what);
  ASSERT_TRUE(host_->call(kAlice, kSend, what));
  EXPECT_EQ(send(kAlice, "operator", "more").error().code, Code::busy);
  sent(kBob, "operator", "mine");
  ASSERT_TRUE(host_->call("operator", kRecent, Recent{}));
  sent(kAlice, "operator", "more");
  restart();
  sent(kAlice, "operator", "and more");
}

TEST_F(QuotasOfThePluginTest, OneAgentLocksNobodyOutOfAMailbox) {
  Send what;
  what.to = "bob", what.body = "x";
  for (int i = 0; i < 12'000; ++i) host_->begin(kAlice, kSend, what);
  EXPECT_THAT(send(kAlice, "bob", "more").error().message, HasSubstr("1000 messages of yours wait for bob"));
  EXPECT_EQ(depth_of("bob").queued, 1'000);
  sent("operator", "bob", "stop it"), sent("manager", "bob", "stop it"), sent("plugin:lifecycle", "bob", "kicked");
}

TEST_F(QuotasOfThePluginTest, WhileTheDiskIsNearlyFullOnlyAgentsWait) {
  host_->unload();
  start(R"({"free_mib":100000000})");
  const auto first = sent("operator", "alice", "hello", "k");
  auto refused = send(kAlice, "bob", "hello");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::busy);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("broker: the disk has "), HasSubstr(" MiB free of "),
                                             HasSubstr("agents may send while 5 % and 100000000 MiB are free")));
  sent("manager", "bob", "hello"), sent("plugin:lifecycle", "bob", "kicked");
  EXPECT_EQ(sent("operator", "alice", "hello", "k"), first);
  ASSERT_THAT(host_->published(kSpace), SizeIs(1));
  EXPECT_THAT(*host_->published(kSpace)[0].trouble, HasSubstr("MiB free of"));
  EXPECT_TRUE(host_->call("operator", kLimits, None{})->trouble);
  restart();
  sent(kAlice, "bob", "hello");
  EXPECT_THAT(host_->published(kSpace), IsEmpty());
  EXPECT_FALSE(host_->call("operator", kLimits, None{})->trouble);
}

}  // namespace
}  // namespace hive::broker
