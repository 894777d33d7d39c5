#include <hive/sdk/contracts/broker.hpp>
#include <hive/sqlite/outbox.hpp>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace hive::sqlite {
namespace {

using hive::testing::TestHost;
using namespace std::chrono_literals;

constexpr std::string_view kSteps[] = {Outbox::kTable};

struct Owe {
  std::string to = "alice";
};
constexpr auto fields(Of<Owe>) {
  return shape(field<&Owe::to>("to", "whom").defaulted());
}
constexpr Event<Owe> kOwe{"test.owe", Who::plugins, "Owe one letter."};

/// A plugin that owes a letter for each event `test.owe` that it hears.
class Debtor {
 public:
  explicit Debtor(Host& host) : host_(host) {}

  Status start() {
    auto opened = Database::open({.file = host_.root() / "debtor.sqlite", .owner = "debtor", .migrations = kSteps});
    if (!opened) return opened.error();
    database_ = std::make_unique<Database>(std::move(*opened));
    outbox_ = std::make_unique<Outbox>(host_, *database_);
    outbox_->start();
    host_.subscribe(kOwe, [this](Stamp, Owe whom) { return owe(std::move(whom.to)); });
    return {};
  }

 private:
  Task<> owe(std::string to) {
    auto store = [this, to]() -> Status {
      auto transaction = Transaction::begin(*database_);
      if (!transaction) return transaction.error();
      const Letter letter{"debt/" + std::to_string(++owed_), to, "water"};
      if (auto put = Outbox::put(*database_, letter); !put) return put;
      return transaction->commit();
    };
    auto stored = co_await host_.blocking(store);
    if (stored) outbox_->wake();
  }

  Host& host_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Outbox> outbox_;
  int owed_ = 0;
};

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() { load(); }
  void load() {
    host_ = std::make_unique<TestHost>(root_.path());
    host_->fake(broker::kSend, [this](broker::Send send) -> Result<broker::Sent> {
      ++attempts_;
      if (full_.contains(send.to)) return error(Code::busy, "the mailbox is full");
      if (answer_ != Code::ok) return error(answer_, "not now");
      accepted_.push_back(*send.key + " " + send.to + " " + send.body);
      return broker::Sent{1};
    });
    ASSERT_TRUE(host_->load<Debtor>());
  }
  void owe(const std::string& to = "alice") {
    host_->emit(kOwe, Owe{to});
    host_->settle();
  }
  bool accepted(std::size_t count) {
    return host_->run_until([&] { return accepted_.size() >= count; });
  }

  hive::testing::TemporaryFolder root_;
  Code answer_ = Code::ok;
  std::set<std::string> full_;
  int attempts_ = 0;
  std::vector<std::string> accepted_;
  std::unique_ptr<TestHost> host_;
};

TEST_F(OutboxTest, SendsWhatIsOwedInOrderAndOnce) {
  owe(), owe();
  ASSERT_TRUE(accepted(2));
  host_->advance(10min);
  EXPECT_THAT(accepted_, ::testing::ElementsAre("debt/1 alice water", "debt/2 alice water"));
}

TEST_F(OutboxTest, RepeatsWithTheSameKeyWhileTheBrokerIsAway) {
  answer_ = Code::unavailable;
  owe();
  ASSERT_TRUE(host_->run_until([&] { return attempts_ >= 1; }));
  EXPECT_TRUE(accepted_.empty());
  answer_ = Code::ok;
  host_->advance(20s);
  ASSERT_TRUE(accepted(1));
  EXPECT_THAT(accepted_, ::testing::ElementsAre("debt/1 alice water"));
}

TEST_F(OutboxTest, WhatIsOwedOutlivesThePlugin) {
  answer_ = Code::busy;
  owe();
  ASSERT_TRUE(host_->run_until([&] { return attempts_ >= 1; }));
  host_->unload();
  answer_ = Code::ok;
  load();
  ASSERT_TRUE(accepted(1));
  EXPECT_THAT(accepted_, ::testing::ElementsAre("debt/1 alice water"));
}

TEST_F(OutboxTest, AFullMailboxHoldsUpItsOwnLettersAlone) {
  full_ = {"alice"};
  for (int i = 0; i < 70; ++i) owe("alice");  // more than one page
  owe("bob"), owe("alice"), owe("bob");
  ASSERT_TRUE(accepted(2));
  EXPECT_THAT(accepted_, ::testing::ElementsAre("debt/71 bob water", "debt/73 bob water"));
  owe("carol");
  ASSERT_TRUE(accepted(3));
  EXPECT_EQ(accepted_.back(), "debt/74 carol water");
  full_.clear();
  accepted_.clear();
  host_->advance(20s);
  ASSERT_TRUE(accepted(71));
  EXPECT_EQ(accepted_.front(), "debt/1 alice water");
  EXPECT_EQ(accepted_.back(), "debt/72 alice water");
}

TEST_F(OutboxTest, ALetterThatIsRefusedForGoodIsReportedAndHoldsUpNothing) {
  answer_ = Code::not_found;
  owe();
  const auto reported = [&] {
    return std::any_of(host_->logged().begin(), host_->logged().end(),
                       [](const auto& line) { return line.level == abi::Level::error; });
  };
  ASSERT_TRUE(host_->run_until(reported));
  answer_ = Code::ok;
  owe();
  ASSERT_TRUE(accepted(1));
  EXPECT_THAT(accepted_, ::testing::ElementsAre("debt/2 alice water"));
}

}  // namespace
}  // namespace hive::sqlite
