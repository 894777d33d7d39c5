#include "queries.hpp"
#include "testing/broker_fixture.hpp"

namespace hive::broker {
namespace {

/// The store and its groups when the database fails.
class ExchangeTest : public ::testing::Test {
 protected:
  ExchangeTest() {
    auto mailboxes = Mailboxes::open(root_.path() / "broker.sqlite", Limits{});
    EXPECT_TRUE(mailboxes);
    fill((*mailboxes)->database);
    exchange_ = std::make_unique<Exchange>(std::move(*mailboxes));
  }
  /// A database that may not grow is what a full disk is to SQLite.
  static void fill(sqlite::Database& database) {
    const auto pages = database.integer("PRAGMA page_count");
    EXPECT_TRUE(database.integer("PRAGMA max_page_count = " + std::to_string(**pages)));
  }
  static Draft draft(std::size_t bytes) {
    Draft made;
    made.sender = "alice", made.body = std::string(bytes, 'x');
    return made;
  }

  hive::testing::TemporaryFolder root_;
  std::unique_ptr<Exchange> exchange_;
};

TEST_F(ExchangeTest, AFullDiskIsUnavailableAndNothingIsHalfStored) {
  ASSERT_TRUE(exchange_->begin());
  ASSERT_TRUE(exchange_->turn_begin("bob"));
  auto refused = exchange_->send(draft(60'000), {"bob", "carol"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("free some space"));
  EXPECT_FALSE(exchange_->sound());
  exchange_->roll_back();
  EXPECT_TRUE(exchange_->sound());

  ASSERT_TRUE(exchange_->begin());
  auto waiter = std::make_shared<Waiter>();
  waiter->owner = "bob", waiter->most = 1;
  EXPECT_EQ(exchange_->recv(waiter, Exchange::Park::allowed).error().code, Code::conflict) << "the turn went with it";
  EXPECT_TRUE(exchange_->commit());
}

TEST_F(ExchangeTest, WhoWasServedInAGroupThatFailedIsParkedAgain) {
  auto waiter = std::make_shared<Waiter>();
  waiter->owner = "bob", waiter->most = 5;
  ASSERT_TRUE(exchange_->begin());
  ASSERT_TRUE(exchange_->turn_begin("bob"));
  ASSERT_EQ(*exchange_->recv(waiter, Exchange::Park::allowed), Exchange::Taken::parked);
  ASSERT_TRUE(exchange_->commit());

  ASSERT_TRUE(exchange_->begin());
  ASSERT_TRUE(exchange_->send(draft(10), {"bob"}));
  EXPECT_EQ(waiter->messages.size(), 1u);
  exchange_->roll_back();
  EXPECT_THAT(waiter->messages, IsEmpty());

  ASSERT_TRUE(exchange_->begin());
  ASSERT_TRUE(exchange_->send(draft(11), {"bob"}));
  auto news = exchange_->commit();
  ASSERT_TRUE(news);
  EXPECT_THAT(news->answered, ElementsAre(waiter));
  ASSERT_EQ(waiter->messages.size(), 1u);
  EXPECT_EQ(waiter->messages[0].body.size(), 11u);
}

TEST_F(ExchangeTest, ALateAbandonTakesNothingFromTheCallThatRepeatedIt) {
  const auto waiter_with_key = [] {
    auto waiter = std::make_shared<Waiter>();
    waiter->owner = "bob", waiter->key = "k", waiter->most = 1;
    return waiter;
  };
  const auto first = waiter_with_key(), second = waiter_with_key();
  ASSERT_TRUE(exchange_->begin());
  ASSERT_TRUE(exchange_->turn_begin("bob"));
  ASSERT_EQ(*exchange_->recv(first, Exchange::Park::allowed), Exchange::Taken::parked);
  ASSERT_TRUE(exchange_->send(draft(10), {"bob"}));
  ASSERT_TRUE(exchange_->commit());

  ASSERT_TRUE(exchange_->begin());
  ASSERT_EQ(*exchange_->recv(second, Exchange::Park::allowed), Exchange::Taken::answered);
  EXPECT_EQ(second->messages.size(), 1u);
  ASSERT_TRUE(exchange_->abandon(first));
  const auto third = std::make_shared<Waiter>();
  third->owner = "bob", third->most = 1;
  ASSERT_EQ(*exchange_->recv(third, Exchange::Park::refused), Exchange::Taken::answered);
  EXPECT_THAT(third->messages, IsEmpty());
  ASSERT_TRUE(exchange_->commit());
}

class WriterTest : public BrokerFixture {};

TEST_F(WriterTest, OneRequestThatTheDatabaseRefusesFailsAlone) {
  // The rows of `evil` are refused from outside; the requests around it are in the same group.
  auto database =
      sqlite::Database::open({.file = root_.path() / "broker.sqlite", .owner = "test", .migrations = sql::kSteps});
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->script(
      "CREATE TRIGGER evil BEFORE INSERT ON messages WHEN new.body = 'evil' BEGIN SELECT raise(ABORT, 'no'); END"));
  std::vector<hive::testing::Pending> calls;
  for (const auto* body : {"one", "evil", "two"}) {
    Send what;
    what.to = "bob", what.body = body;
    calls.push_back(host_->begin(kAlice, kSend, what));
  }
  EXPECT_TRUE(calls[0].get<Sent>());
  EXPECT_FALSE(calls[1].get<Sent>());
  EXPECT_TRUE(calls[2].get<Sent>());
  begin_turn(kBob);
  EXPECT_THAT(received(kBob), ElementsAre(HasBody("one"), HasBody("two")));
}

TEST_F(WriterTest, WorksAgainWhenALockOfAnotherProcessIsGone) {
  host_->unload();
  auto database =
      sqlite::Database::open({.file = root_.path() / "broker.sqlite", .owner = "test", .migrations = sql::kSteps});
  ASSERT_TRUE(database);
  start();
  {
    auto held = sqlite::Transaction::begin(*database);
    ASSERT_TRUE(held);
    auto refused = send(kAlice, "bob", "hello");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("is locked"));
  }
  sent(kAlice, "bob", "hello");
  EXPECT_EQ(depth_of("bob").queued, 1);
}

TEST_F(WriterTest, ANewerDatabaseIsRefusedAtTheStart) {
  host_->unload();
  {
    auto database =
        sqlite::Database::open({.file = root_.path() / "broker.sqlite", .owner = "test", .migrations = sql::kSteps});
    ASSERT_TRUE(database->script("PRAGMA user_version = 99"));
  }
  host_ = std::make_unique<hive::testing::TestHost>(root_.path());
  const auto refused = host_->load<Broker>();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("version 99"));
}

TEST_F(WriterTest, ALostIndexIsMadeAgain) {
  sent(kAlice, "bob", "the fern needs water");
  host_->unload();
  std::filesystem::remove(root_.path() / "broker-search.sqlite");
  std::ofstream(root_.path() / "broker-search.sqlite") << std::string(8'192, 'z');
  start();
  Search what;
  what.text = "fern";
  const auto found = [&] {
    host_->advance(1s);
    auto answer = host_->call("operator", kSearch, what);
    return answer && answer->messages.size() == 1;
  };
  EXPECT_TRUE(in_steps(found));
}

}  // namespace
}  // namespace hive::broker
