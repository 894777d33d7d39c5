#include <hive/sqlite/database.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace hive::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::string_view kSteps[] = {
    "CREATE TABLE plants (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    "ALTER TABLE plants ADD COLUMN litres INTEGER NOT NULL DEFAULT 1; CREATE INDEX thirsty ON plants (litres)",
    "CREATE TABLE watered (plant INTEGER NOT NULL REFERENCES plants (id), at INTEGER) STRICT",
};
constexpr auto kAll = std::span<const std::string_view>(kSteps);
constexpr std::string_view kAdd = "INSERT INTO plants (name) VALUES (?)";

class DatabaseTest : public ::testing::Test {
 protected:
  Options options(std::span<const std::string_view> steps) const {
    return {.file = root_ / "garden.sqlite",
            .owner = "garden",
            .migrations = steps,
            .patience = std::chrono::milliseconds(1)};
  }
  Database open(std::span<const std::string_view> steps = kAll) {
    auto opened = Database::open(options(steps));
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  static std::vector<std::string> names(Database& database) {
    std::vector<std::string> found;
    auto rows = database.query("SELECT name FROM plants ORDER BY id");
    while (rows.next()) found.emplace_back(rows.text(0));
    EXPECT_TRUE(rows.status());
    return found;
  }
  static void add(Database& database, std::string_view name) {
    auto added = database.run(kAdd, {name});
    ASSERT_TRUE(added) << added.error().message;
  }
  /// A row written by a copy of this program in another process, which then holds the write lock
  /// until the returned descriptor is closed.
  pid_t hold_in_child(int& release) {
    int ready[2], go[2];
    EXPECT_EQ(pipe(ready) | pipe(go), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(go[1]);
      auto database = Database::open(options(kAll));
      auto held = Transaction::begin(*database);
      if (!held || write(ready[1], "x", 1) != 1) _exit(1);
      char byte;
      while (read(go[0], &byte, 1) > 0) {
      }
      _exit(0);
    }
    close(go[0]), close(ready[1]);
    char byte;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    release = go[1];
    return child;
  }

  const hive::testing::TemporaryFolder folder_;
  const fs::path root_ = folder_.path();
};

TEST_F(DatabaseTest, AStatementIsRunWithAsManyValuesAsItHasParameters) {
  auto database = open();
  for (const auto& done : {database.run(kAdd), database.run(kAdd, {"fern", "moss"}), database.query(kAdd).status()}) {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::internal);
    EXPECT_THAT(done.error().message, HasSubstr("wanted 1 values and was given"));
  }
  EXPECT_THAT(names(database), ElementsAre());
  add(database, "fern");
  EXPECT_THAT(names(database), ElementsAre("fern"));
}

TEST_F(DatabaseTest, BindsAndReadsEveryKindOfValue) {
  auto database = open();
  auto rows = database.query("SELECT ?, ?, ?, ?, ?, ?", {-7, 2.5, std::string_view("a\0b", 3), std::optional<int>{},
                                                         Time{99}, std::string_view{}});
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), -7);
  EXPECT_EQ(rows.real(1), 2.5);
  EXPECT_EQ(rows.text(2), std::string_view("a\0b", 3));
  EXPECT_TRUE(rows.is_null(3));
  EXPECT_EQ(rows.integer_if(3), std::nullopt);
  EXPECT_EQ(rows.time(4), Time{99});
  EXPECT_EQ(rows.text_if(5), "");
  EXPECT_FALSE(rows.next());
  EXPECT_TRUE(rows.status());
}

TEST_F(DatabaseTest, AStatementMayRunInsideItself) {
  auto database = open();
  add(database, "fern"), add(database, "moss");
  int pairs = 0;
  auto outer = database.query("SELECT id FROM plants");
  while (outer.next()) {
    auto inner = database.query("SELECT id FROM plants");
    while (inner.next()) ++pairs;
  }
  EXPECT_EQ(pairs, 4);
}

TEST_F(DatabaseTest, WhatIsNotCommittedIsNotThere) {
  auto database = open();
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction);
    add(database, "fern");
  }
  EXPECT_THAT(names(database), ElementsAre());
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction);
    add(database, "moss");
    ASSERT_TRUE(transaction->commit());
  }
  auto again = open();
  EXPECT_THAT(names(again), ElementsAre("moss"));
}

TEST_F(DatabaseTest, AConstraintIsAConflictAndTheNextStatementWorks) {
  auto database = open();
  add(database, "fern");
  auto twice = database.run(kAdd, {"fern"});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::conflict);
  EXPECT_THAT(twice.error().message, HasSubstr("plants.name"));
  auto orphan = database.run("INSERT INTO watered (plant) VALUES (99)");
  ASSERT_FALSE(orphan) << "foreign keys are off";
  add(database, "moss");
}

TEST_F(DatabaseTest, MigratesFromEveryOlderVersion) {
  for (std::size_t older = 0; older < std::size(kSteps); ++older) {
    fs::remove_all(root_ / "garden.sqlite");
    {
      auto database = open(kAll.first(older));
      if (older > 0) add(database, "fern");
    }
    auto database = open();
    EXPECT_THAT(names(database), ::testing::SizeIs(older > 0 ? 1 : 0)) << "from version " << older;
    EXPECT_EQ(*database.integer("PRAGMA user_version"), std::size(kSteps));
    EXPECT_TRUE(database.run("INSERT INTO plants (name, litres) VALUES ('new', 3)"));
  }
}

TEST_F(DatabaseTest, AStepThatFailsLeavesTheOlderVersion) {
  const std::string_view broken[] = {kSteps[0], "CREATE TABLE half (x) STRICT; SELECT nonsense"};
  {
    auto database = open(kAll.first(1));
  }
  auto failed = Database::open(options(broken));
  ASSERT_FALSE(failed);
  auto database = open(kAll.first(1));
  EXPECT_EQ(*database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
}

TEST_F(DatabaseTest, RefusesADatabaseOfANewerProgram) {
  {
    auto database = open();
  }
  auto older = Database::open(options(kAll.first(1)));
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, Code::unavailable);
  EXPECT_THAT(older.error().message, HasSubstr("is of version 3, this program knows up to 1"));
}

TEST_F(DatabaseTest, ACorruptFileIsSetAsideAndSaidSo) {
  {
    auto database = open();
    add(database, "fern");
  }
  const auto file = root_ / "garden.sqlite";
  {
    std::fstream damage(file, std::ios::in | std::ios::out | std::ios::binary);
    damage.seekp(4096);
    damage << std::string(4096, '\x5a');
  }
  auto corrupt = Database::open(options(kAll));
  ASSERT_FALSE(corrupt);
  EXPECT_EQ(corrupt.error().code, Code::internal);
  const auto text = corrupt.error().message;
  const auto from = text.find(file.string() + ".corrupt-");
  ASSERT_NE(from, text.npos) << text;
  const auto aside = text.substr(from, text.find(';', from) - from);
  EXPECT_EQ(fs::file_size(aside) % 4096, 0u);
  EXPECT_FALSE(fs::exists(file));
  auto fresh = open();
  EXPECT_THAT(names(fresh), ElementsAre());
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsSetAsideToo) {
  std::ofstream(root_ / "garden.sqlite") << std::string(2'000, 'n');
  auto opened = Database::open(options(kAll));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("was set aside as"));
}

TEST_F(DatabaseTest, NamesTheProcessThatHoldsTheLock) {
  {
    auto database = open();
  }
  int release = -1;
  const pid_t holder = hold_in_child(release);
  {
    auto database = open();
    auto late = database.run(kAdd, {"fern"});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::unavailable);
    EXPECT_THAT(late.error().message, HasSubstr("is locked by pid " + std::to_string(holder)));
  }
  close(release);
  ASSERT_EQ(waitpid(holder, nullptr, 0), holder);
  auto database = open();
  add(database, "fern");
}

TEST_F(DatabaseTest, AFullDatabaseIsUnavailableAndWorksAgainWithSpace) {
  auto database = open();
  auto pages = database.integer("PRAGMA page_count");
  ASSERT_TRUE(database.integer("PRAGMA max_page_count = " + std::to_string(**pages)));
  auto transaction = Transaction::begin(database);
  ASSERT_TRUE(transaction);
  const std::string large(100'000, 'x');
  auto full = database.run(kAdd, {large});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::unavailable);
  EXPECT_THAT(full.error().message, HasSubstr("free some space"));
  {
    auto ended = std::move(*transaction);
  }
  ASSERT_TRUE(database.integer("PRAGMA max_page_count = 1000000"));
  add(database, large);
}

TEST_F(DatabaseTest, ALogThatWasLaidOutSurvivesAKilledProcess) {
  auto laid_out = options(kAll);
  laid_out.log_bytes = 1 << 20;
  for (int round = 1; round <= 3; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      auto database = Database::open(laid_out);
      if (database && database->run(kAdd, {"plant" + std::to_string(round)})) kill(getpid(), SIGKILL);
      _exit(1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    auto database = Database::open(laid_out);
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_THAT(names(*database), ::testing::SizeIs(round));
    EXPECT_GE(fs::file_size(root_ / "garden.sqlite-wal"), laid_out.log_bytes);
  }
}

TEST_F(DatabaseTest, AFileInPlaceOfALostOneGivesOtherIds) {
  constexpr std::string_view kTable[] = {
      "CREATE TABLE plants (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT) STRICT"};
  const auto next_id = [&] {
    auto database = open(kTable);
    EXPECT_TRUE(database.begin_ids("plants"));
    EXPECT_TRUE(database.run(kAdd, {"fern"}));
    return database.last_id();
  };
  const auto first = next_id();
  EXPECT_EQ(next_id(), first + 1) << "it goes on where there are some";
  fs::remove(root_ / "garden.sqlite");
  const auto other = next_id();
  EXPECT_NE(other, first);
  EXPECT_NE(other, first + 1);
  EXPECT_LT(other, std::int64_t(1) << 53);
}

TEST_F(DatabaseTest, AFolderThatIsNotThereIsUnavailable) {
  auto missing = options(kAll);
  missing.file = root_ / "nowhere" / "garden.sqlite";
  auto opened = Database::open(missing);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::unavailable);
}

TEST_F(DatabaseTest, AReadOnlyConnectionSeesCommitsAndWritesNothing) {
  auto database = open();
  auto reading = options(kAll);
  reading.access = Access::read_only;
  auto reader = Database::open(reading);
  ASSERT_TRUE(reader) << reader.error().message;
  add(database, "fern");
  EXPECT_THAT(names(*reader), ElementsAre("fern"));
  auto refused = reader->run(kAdd, {"moss"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable);
}

}  // namespace
}  // namespace hive::sqlite
