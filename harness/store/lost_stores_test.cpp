// What an agent or the disk takes away.
#include "testing/stores_fixture.hpp"

#include <fstream>

namespace hive::harness {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(StoresTest, WhatTheAgentRemovedIsWrittenAgain) {
  const auto remove = [this](const std::string& name) {
    for (const auto* part : {"", "-wal", "-shm"}) std::filesystem::remove(folder.path() / (name + part));
  };
  {
    auto store = turns();
    ASSERT_TRUE(store.keep_session("s1").has_value());
    ASSERT_TRUE(store.take_command(1, OperatorMessage{1, Time{5}, "first"}).has_value());
    ASSERT_TRUE(store.begin(7, 1).has_value());
    remove("turns.sqlite");
    ASSERT_TRUE(store.take_command(2, OperatorMessage{2, Time{6}, "second"}).has_value());
  }
  auto store = turns();
  EXPECT_EQ(store.cut_off(), 7);
  EXPECT_EQ(store.session(), "s1");
  EXPECT_EQ(store.last_command(), 2);
  ASSERT_THAT(store.operator_messages(), SizeIs(2));
  EXPECT_TRUE(store.operator_messages()[0].was_shown);
  EXPECT_EQ(store.operator_messages()[0].tries, 1);
  EXPECT_EQ(store.operator_messages()[1].text, "second");
  EXPECT_THAT(problems, SizeIs(1));

  auto events = bus();
  events.note("before");
  remove("events.sqlite");
  events.note("after");
  EXPECT_EQ(bus().last(), 1);
  StatStore stats(folder.path() / "stats.sqlite", complain);
  remove("stats.sqlite");
  ASSERT_TRUE(stats.add("alice", {}).has_value());
  EXPECT_THAT(StatStore(folder.path() / "stats.sqlite", complain).list({.limit = 8}, 1 << 20)->turns, SizeIs(1));
}

TEST_F(StoresTest, ADamagedStoreIsMadeAnewAndKeepsWhatComes) {
  std::ofstream(folder.path() / "turns.sqlite") << std::string(4'096, 'x');
  ASSERT_TRUE(turns().take_command(1, OperatorMessage{1, Time{5}, "kept"}).has_value());
  EXPECT_THAT(turns().operator_messages(), SizeIs(1));
  EXPECT_THAT(problems, SizeIs(1)) << "that it was set aside";
}

TEST_F(StoresTest, AStoreThatComesLateLosesNothingOfWhatItHolds) {
  ASSERT_TRUE(turns().take_command(7, OperatorMessage{7, Time{5}, "before"}).has_value());
  ASSERT_TRUE(turns().keep_session("s1").has_value());
  const auto file = folder.path() / "turns.sqlite", away = folder.path() / "away";
  std::filesystem::rename(file, away);
  std::filesystem::create_directory(file);
  auto store = turns();
  ASSERT_FALSE(store.take_command(9, OperatorMessage{9, Time{6}, "late"}));
  std::filesystem::remove(file);
  std::filesystem::rename(away, file);
  ASSERT_TRUE(store.take_command(9, OperatorMessage{9, Time{6}, "late"}).has_value());
  EXPECT_EQ(store.session(), "s1");
  ASSERT_THAT(store.operator_messages(), SizeIs(2));
  EXPECT_EQ(store.operator_messages()[0].text, "before");
  EXPECT_THAT(turns().operator_messages(), SizeIs(2));
}

TEST_F(StoresTest, AMessageIsNotTakenFromTheHostByAHarnessThatCannotKeepIt) {
  std::filesystem::create_directory(folder.path() / "turns.sqlite");
  auto store = turns();
  EXPECT_FALSE(store.take_command(1, OperatorMessage{1, Time{5}, "first"}));
  EXPECT_THAT(store.operator_messages(), IsEmpty());
  std::filesystem::remove(folder.path() / "turns.sqlite");
  EXPECT_TRUE(store.take_command(1, OperatorMessage{1, Time{5}, "first"}).has_value());
  EXPECT_THAT(turns().operator_messages(), SizeIs(1));
}

}  // namespace
}  // namespace hive::harness
