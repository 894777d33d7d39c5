#include "snapshot.hpp"

#include <hive/sdk/plugin.hpp>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

#include <gmock/gmock.h>
#include <boost/json.hpp>

namespace hive::dashboard {
namespace {

using host_api::PluginState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Method<None, json::value> kPots{"kitchen.pots", Who::operators, ""};
constexpr std::string_view kTwoPots = R"({"pots":[{"name":"ann"},{"name":"bob","lid":"blue"}]})";
constexpr Method<None, json::value> kCats{"yard.cats", Who::operators, ""};

struct Wanted {
  std::string kind;
  std::int64_t limit = 0;
};
constexpr auto fields(Of<Wanted>) {
  return shape(field<&Wanted::kind>("kind", "kind of pan"), field<&Wanted::limit>("limit", "most pans"));
}
constexpr Method<Wanted, json::value> kPans{"kitchen.pans", Who::operators, ""};

struct Shown {
  json::value state;
};
constexpr auto fields(Of<Shown>) {
  return shape(field<&Shown::state>("state", "state of the page"));
}

/// A plugin that is nothing but the snapshot.
class Shower {
 public:
  explicit Shower(Host& host)
      : host_(host), snapshot_(host, [](const host_api::Plugin& plugin) {
          return plugin.panel == "none.js" ? Status(error(Code::not_found, "none.js: is not there")) : Status();
        }) {}
  Status start() {
    host_.answer(kShow, [this](Caller, None) { return show(); });
    host_.answer(kShowOf, [this](Caller, Shown agent) { return show_of(std::move(agent)); });
    return {};
  }
  static constexpr Method<None, Shown> kShow{"test.show", Who::operators, ""};
  static constexpr Method<Shown, Shown> kShowOf{"test.show_of", Who::operators, ""};  // a name; the state of its page

 private:
  Task<Result<Shown>> show_of(Shown agent) {
    auto taking = snapshot_.take_of(std::string(agent.state.as_string()));
    auto taken = co_await std::move(taking);
    if (!taken) co_return taken.error();
    auto state = std::move(taken->members);
    state["source_errors"] = std::move(taken->source_errors);
    co_return Shown{json::value(std::move(state))};
  }
  Task<Result<Shown>> show() {
    auto taking = snapshot_.take();
    auto text = co_await std::move(taking);
    auto state = parse_json("{" + text + "}");
    if (!state) co_return state.error();
    co_return Shown{std::move(*state)};
  }
  Host& host_;
  Snapshot snapshot_;
};

class SnapshotTest : public ::testing::Test {
 protected:
  SnapshotTest() {
    host_.fake(host_api::kPlugins, [this](None) -> Result<host_api::Plugins> { return plugins_; });
    host_.fake(kPots, [](None) -> Result<json::value> { return *parse_json(R"({"pots":[{"new":1.5e300}],"x":2})"); });
    EXPECT_TRUE(host_.load<Shower>());
  }
  void given(const std::string& id, const std::vector<std::string>& snapshot, PluginState state = PluginState::running,
             const std::string& panel = {}) {
    host_api::Plugin plugin{.id = id, .version = {}, .file = {}, .state = state, .snapshot = snapshot};
    if (!panel.empty()) plugin.panel = panel;
    if (state == PluginState::faulted) plugin.reason = id + " is broken";
    plugins_.plugins.push_back(plugin);
  }
  json::object show() {
    const auto shown = host_.call("operator", Shower::kShow, None{});
    EXPECT_TRUE(shown) << shown.error().message;
    return shown ? shown->state.as_object() : json::object();
  }
  json::object show_of(const std::string& agent) {
    const auto shown = host_.call("operator", Shower::kShowOf, Shown{json::value(agent)});
    EXPECT_TRUE(shown) << shown.error().message;
    return shown ? shown->state.as_object() : json::object();
  }
  Error failure_of(const std::string& agent) {
    return host_.call("operator", Shower::kShowOf, Shown{json::value(agent)}).error();
  }
  std::vector<std::string> warnings() const {
    std::vector<std::string> out;
    for (const auto& line : host_.logged()) out.push_back(line.text);
    return out;
  }

  testing::TemporaryFolder folder_;
  host_api::Plugins plugins_;
  testing::TestHost host_{folder_.path()};
};

TEST_F(SnapshotTest, TakesEachListAsItStands) {
  given("kitchen", {"pots=kitchen.pots/pots"}, PluginState::running, "kitchen.js");
  given("yard", {}, PluginState::running, "none.js");
  EXPECT_EQ(write_json(show()),
            R"({"pots":[{"new":1.5E300}],"panels":[{"plugin":"kitchen","module":"kitchen.js"}],"source_errors":[]})");
  show();
  EXPECT_THAT(warnings(), ElementsAre("the page's state lacks the panel of yard: none.js: is not there"));
}

TEST_F(SnapshotTest, AsksWithTheParametersOfTheWord) {
  host_.fake(kPans, [](Wanted what) -> Result<json::value> {
    return *parse_json(R"({"pans":[")" + what.kind + std::to_string(what.limit) + "\"]}");
  });
  given("kitchen", {"pans=kitchen.pans?kind=flat&limit=200/pans"});
  EXPECT_EQ(write_json(show().at("pans")), R"(["flat200"])");
}

TEST_F(SnapshotTest, ASourceThatFailsGivesAnEmptyListAndSaysSoAndIsLoggedOnce) {
  given("kitchen", {"pots=kitchen.pots/pots"});
  given("yard", {"cats=yard.cats/cats"});
  for (int i = 0; i < 2; ++i) {
    const auto state = show();
    EXPECT_EQ(state.at("pots").as_array().size(), 1U);
    EXPECT_THAT(state.at("cats").as_array(), IsEmpty());
    const auto& failed = state.at("source_errors").as_array();
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0].at("source").as_string(), "cats");
    EXPECT_THAT(std::string(failed[0].at("detail").as_string()), HasSubstr("yard.cats"));
  }
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("the page's state lacks cats: yard.cats")));
  host_.fake(kCats, [](None) -> Result<json::value> { return *parse_json(R"({"cats":["tom"]})"); });
  EXPECT_THAT(show().at("source_errors").as_array(), IsEmpty());
  host_.remove_fake("yard.cats");
  show();
  EXPECT_EQ(warnings().size(), 2U);  // it is news again
}

TEST_F(SnapshotTest, ASourceThatLacksRowsGivesTheOthersAndNamesThem) {
  host_.fake(kPots, [](None) -> Result<json::value> {
    return *parse_json(R"({"pots":[{"name":"ann"}],"unreadable":[{"id":"bob","why":"lid should hold text"}]})");
  });
  host_.fake(kCats, [](None) -> Result<json::value> { return *parse_json(R"({"cats":[{"name":"bob"}]})"); });
  given("kitchen", {"pots=kitchen.pots/pots", "agent.pot=kitchen.pots/pots"});
  given("yard", {"agent.cat=yard.cats/cats"});
  const auto state = show();
  EXPECT_EQ(state.at("pots").as_array().size(), 1U);
  const auto& lacking = state.at("source_errors").at(0);
  EXPECT_EQ(lacking.at("source").as_string(), "pots");
  EXPECT_EQ(lacking.at("detail").as_string(), "rows that cannot be read are left out: bob (lid should hold text)");
  EXPECT_EQ(write_json(show_of("ann")), R"({"pot":{"name":"ann"},"source_errors":[]})");
  EXPECT_EQ(show_of("bob").at("source_errors").at(0).at("detail").as_string(),
            "kitchen.pots: the row of bob cannot be read (lid should hold text)");
}

TEST_F(SnapshotTest, AnAnswerWithoutTheListIsAFailure) {
  given("kitchen", {"pots=kitchen.pots/x", "pans=kitchen.pots/none"});
  const auto state = show();
  EXPECT_THAT(state.at("pots").as_array(), IsEmpty());
  EXPECT_EQ(state.at("source_errors").as_array().size(), 2U);
}

TEST_F(SnapshotTest, APluginThatDoesNotRunSaysWhyAndADisabledOneIsAbsent) {
  given("kitchen", {"pots=kitchen.pots/pots"}, PluginState::faulted, "kitchen.js");
  given("yard", {"cats=yard.cats/cats"}, PluginState::disabled);
  const auto state = show();
  EXPECT_FALSE(state.contains("cats"));
  EXPECT_THAT(state.at("panels").as_array(), IsEmpty());
  EXPECT_EQ(state.at("source_errors").at(0).at("detail").as_string(), "kitchen is broken");
}

TEST_F(SnapshotTest, WordsThatMakeNoSenseAreLeftOutAndLogged) {
  given("kitchen", {"pots", "=a.b/c", "a=/c", "a=b.c", "a=b.c/", "\"x=b.c/d", "a=b.c?d/e", "a=b.c?d=/e", "a=b.c?D=f/e",
                    "a=b.c?d=-x/e", "seq=kitchen.pots/pots", "pots=kitchen.pots/pots"});
  const auto state = show();
  EXPECT_EQ(state.size(), 3U);
  EXPECT_EQ(state.at("pots").as_array().size(), 1U);
  EXPECT_EQ(warnings().size(), 11U);
}

TEST_F(SnapshotTest, AnAgentsPageHasItsRowOfEachSourceOrAPartOfThatRow) {
  host_.fake(kPots, [](None) -> Result<json::value> { return *parse_json(kTwoPots); });
  given("kitchen", {"pots=kitchen.pots/pots", "agent.pot=kitchen.pots/pots", "agent.lid=kitchen.pots/pots/lid"});
  EXPECT_EQ(write_json(show_of("bob")), R"({"pot":{"name":"bob","lid":"blue"},"lid":"blue","source_errors":[]})");
  EXPECT_EQ(write_json(show_of("ann")), R"({"pot":{"name":"ann"},"source_errors":[]})");
  EXPECT_EQ(write_json(show()),
            R"({"pots":[{"name":"ann"},{"name":"bob","lid":"blue"}],"panels":[],"source_errors":[]})");
}

TEST_F(SnapshotTest, AnAgentThatNoSourceHasIsNotThere) {
  host_.fake(kPots, [](None) -> Result<json::value> { return *parse_json(kTwoPots); });
  given("kitchen", {"agent.pot=kitchen.pots/pots", "agent.cat=yard.cats/cats"});
  EXPECT_EQ(failure_of("eve").code, Code::not_found);
}

TEST_F(SnapshotTest, ASourceThatFailsCostsAnAgentsPageItsPartAlone) {
  host_.fake(kPots, [](None) -> Result<json::value> { return *parse_json(kTwoPots); });
  given("kitchen", {"agent.pot=kitchen.pots/pots", "agent.cat=yard.cats/cats"});
  const auto state = show_of("ann");
  EXPECT_TRUE(state.contains("pot"));
  EXPECT_EQ(state.at("source_errors").at(0).at("source").as_string(), "cat");
  EXPECT_THAT(warnings(), IsEmpty());  // an agent's page is asked for often
}

TEST_F(SnapshotTest, WhenNoSourceAnswersItIsNotKnownWhetherThereIsSuchAnAgent) {
  given("yard", {"agent.cat=yard.cats/cats"});
  EXPECT_EQ(failure_of("ann").code, Code::unavailable);
}

TEST_F(SnapshotTest, AHostThatDoesNotAnswerIsSaid) {
  host_.remove_fake("host.plugins");
  EXPECT_EQ(show().at("source_errors").as_array().size(), 1U);
}

}  // namespace
}  // namespace hive::dashboard
