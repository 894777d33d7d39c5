#include <hive/sqlite/database.hpp>
#include <hive/sqlite/json_column.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace hive::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

enum class Light { shade, sun };
constexpr auto names(Of<Light>) {
  return words<Light>({{Light::shade, "shade"}, {Light::sun, "sun"}});
}
struct Size {
  std::int64_t height = 0;
  std::optional<double> width;
};
struct Plant {
  std::int64_t id = 0;
  std::string name;
  Light light = Light::shade;
  std::optional<Light> next;
  Size size;
  bool thirsty = false;
  std::optional<Time> watered;
  std::vector<std::string> notes;
  std::int64_t area = 0;
};
constexpr auto columns(Of<Plant>) {
  return row(column<&Plant::id>("id").only_read(), column<&Plant::name>("name"), column<&Plant::light>("light"),
             as_word<&Plant::next>("next"), column<&Plant::size, &Size::height>("height"),
             column<&Plant::size, &Size::width>("width"), column<&Plant::thirsty>("thirsty"),
             column<&Plant::watered>("watered"), as_json<&Plant::notes>("notes"),
             column<&Plant::area>("area").as("height * height"));
}

constexpr auto kAdd = sql_for<Plant>("INSERT INTO plants ({names}) VALUES ({values})");
constexpr auto kSetName = sql_for<std::string>("UPDATE plants SET name = ?2 WHERE id = ?1");
constexpr auto kAll = sql_for<Plant>("SELECT {columns} FROM plants ORDER BY id");
// Not strict, as a file is that somebody else made.
constexpr std::string_view kSteps[] = {
    "CREATE TABLE plants (id INTEGER PRIMARY KEY, name, light, next, height, width, thirsty, watered, notes)"};

class RowTest : public ::testing::Test {
 protected:
  Database open() {
    auto opened = Database::open({.file = folder_.path() / "garden.sqlite",
                                  .owner = "garden",
                                  .migrations = kSteps,
                                  .problem = [this](const std::string& text) { problems_.push_back(text); }});
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  const hive::testing::TemporaryFolder folder_;
  std::vector<std::string> problems_;
};

TEST_F(RowTest, TheDescriptionMakesTheListsOfAStatement) {
  EXPECT_EQ(std::string_view(kAdd),
            "INSERT INTO plants (name, light, next, height, width, thirsty, watered, notes) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  EXPECT_EQ(std::string_view(kAll),
            "SELECT id, name, light, next, height, width, thirsty, watered, notes, height * height FROM plants "
            "ORDER BY id");
}

TEST_F(RowTest, ARowIsReadAsItWasWritten) {
  auto database = open();
  const Plant fern{.name = "fern",
                   .light = Light::sun,
                   .next = Light::shade,
                   .size = {.height = 3, .width = 0.5},
                   .thirsty = true,
                   .watered = Time{7},
                   .notes = {"a", "\"b\""}};
  ASSERT_TRUE(database.run(kAdd, fern));
  ASSERT_TRUE(database.run(kAdd, Plant{.name = "moss"}));
  const auto plants = database.read<Plant>(kAll).all();
  ASSERT_TRUE(plants);
  ASSERT_THAT(*plants, SizeIs(2));
  const auto& first = plants->front();
  EXPECT_EQ(first.id, 1);
  EXPECT_EQ(first.name, "fern");
  EXPECT_EQ(first.light, Light::sun);
  EXPECT_EQ(first.next, Light::shade);
  EXPECT_EQ(first.size.height, 3);
  EXPECT_EQ(first.size.width, 0.5);
  EXPECT_TRUE(first.thirsty);
  EXPECT_EQ(first.watered, Time{7});
  EXPECT_THAT(first.notes, ElementsAre("a", "\"b\""));
  EXPECT_EQ(first.area, 9);
  const auto& second = plants->back();
  EXPECT_EQ(second.next, std::nullopt);
  EXPECT_EQ(second.size.width, std::nullopt);
  EXPECT_EQ(second.watered, std::nullopt);
  EXPECT_THAT(second.notes, IsEmpty());
  EXPECT_EQ(*database.first<std::string>("SELECT light || next FROM plants WHERE name = ?", {"fern"}), "1shade");
}

TEST_F(RowTest, ValuesMayStandBeforeThoseOfTheRow) {
  auto database = open();
  ASSERT_TRUE(database.run(kAdd, Plant{.name = "fern"}));
  ASSERT_TRUE(database.run(kSetName, {1}, std::string("moss")));
  EXPECT_EQ(*database.first<std::string>("SELECT name FROM plants"), "moss");
  EXPECT_EQ(*database.first<std::string>("SELECT name FROM plants WHERE id = 2"), std::nullopt);
}

TEST_F(RowTest, ARowThatCannotBeReadIsLeftOutNamedAndToldOfOnce) {
  const std::pair<std::string_view, std::string_view> damages[] = {
      {"light = 7", "of '1' light should hold a number that this program knows"},
      {"next = 'dusk'", "of '1' next should hold a word that this program knows"},
      {"name = 5", "of '1' name should hold text"},
      {"name = NULL", "of '1' name should hold text"},
      {"height = 'tall'", "of '1' height should hold a whole number"},
      {"width = 'wide'", "of '1' width should hold a number"},
      {"notes = '{'", "of '1' notes should hold JSON of this program: "}};
  for (const auto& [damage, why] : damages) {
    std::filesystem::remove(folder_.path() / "garden.sqlite");
    auto database = open();
    problems_.clear();
    for (const auto* name : {"fern", "moss"}) ASSERT_TRUE(database.run(kAdd, Plant{.name = name}));
    ASSERT_TRUE(database.run("UPDATE plants SET " + std::string(damage) + " WHERE id = 1"));
    for (int times = 0; times < 2; ++times) {
      auto rows = database.read<Plant>(kAll);
      const auto plants = rows.all();
      ASSERT_TRUE(plants);
      ASSERT_THAT(*plants, SizeIs(1)) << damage;
      EXPECT_EQ(plants->front().name, "moss");
      ASSERT_THAT(rows.unreadable(), SizeIs(1));
      EXPECT_EQ(rows.unreadable().front().id, "1");
    }
    ASSERT_THAT(problems_, SizeIs(1)) << damage;
    EXPECT_THAT(problems_.front(), HasSubstr("garden.sqlite has a row that is left out: " + std::string(why)));
  }
}

TEST_F(RowTest, AStatementThatFailsSaysSoBesideTheRowsBeforeIt) {
  auto database = open();
  EXPECT_FALSE(database.read<Plant>("SELECT nonsense").all());
  EXPECT_FALSE(database.first<std::string>("SELECT nonsense"));
}

TEST_F(RowTest, ADamagedFileIsReplacedWhereThatIsWanted) {
  const auto file = folder_.path() / "garden.sqlite";
  const Options options{
      .file = file, .owner = "garden", .migrations = kSteps, .problem = [this](const std::string& text) {
        problems_.push_back(text);
      }};
  std::ofstream(file) << std::string(4'096, 'x');
  auto opened = Database::open_or_replace(options);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->run(kAdd, Plant{.name = "fern"}));
  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_THAT(problems_.front(), HasSubstr("was set aside as"));
  std::filesystem::create_directory(folder_.path() / "folder");
  EXPECT_FALSE(Database::open_or_replace({.file = folder_.path() / "folder", .owner = "garden"}));
  EXPECT_THAT(problems_, SizeIs(1)) << "what is not damaged is not replaced";
}

}  // namespace
}  // namespace hive::sqlite
