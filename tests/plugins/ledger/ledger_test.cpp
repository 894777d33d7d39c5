#include "ledger.hpp"

#include <gtest/gtest.h>
#include <hive/sdk/contracts/broker.hpp>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

TEST(LedgerTest, WhatIsNotedIsOwedUntilTheBrokerTakesIt) {
  hive::testing::TemporaryFolder root;
  {
    hive::testing::TestHost host(root.path());
    ASSERT_TRUE(host.load<ledger::Ledger>());
    const auto written = host.call("operator", ledger::kWrite, ledger::Entry{"alice", "rent"});
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(written->entries, 1);
  }
  hive::testing::TestHost again(root.path());
  std::vector<std::string> sent;
  again.fake(hive::broker::kSend, [&](hive::broker::Send send) -> hive::Result<hive::broker::Sent> {
    sent.push_back(send.to + ": " + send.body);
    return hive::broker::Sent{1};
  });
  ASSERT_TRUE(again.load<ledger::Ledger>());
  ASSERT_TRUE(again.run_until([&] { return !sent.empty(); }));
  EXPECT_EQ(sent, std::vector<std::string>{"alice: noted: rent"});
}
