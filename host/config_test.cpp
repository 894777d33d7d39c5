#include "config.hpp"
#include "config_view.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace hive::host {
namespace {

constexpr char kSchema[] = R"({"type":"object","properties":{
  "limit":{"type":"integer","default":7},"password":{"type":"string","writeOnly":true},"claude":{},"label":{}}})";

class ConfigTest : public ::testing::Test {
 protected:
  Result<Config> load(const std::string& text, std::vector<std::string> given = {}) {
    std::ofstream(file) << text;
    return Config::load({file, std::move(given)});
  }
  std::string refusal(const std::string& text, std::vector<std::string> given = {}) {
    const auto config = load(text, std::move(given));
    return config ? "accepted" : config.error().message;
  }
  std::string at(int line) const { return file.string() + ":" + std::to_string(line) + ": "; }

  hive::testing::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "hive.toml";
};

TEST_F(ConfigTest, ReadsItsTables) {
  const auto config = load(R"(
[host]
label = "ours"
may_act_as.dashboard = ["operator"]
[claude]
default_model = "opus"
[plugins.broker]
required = true
limit = 9
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->host().label, "ours");
  EXPECT_EQ(config->host().may_act_as.at("dashboard"), std::vector<std::string>{"operator"});
  EXPECT_TRUE(config->keys_of("broker").required);
  EXPECT_TRUE(config->keys_of("broker").enabled);
  EXPECT_TRUE(config->keys_of("nobody").enabled);
  const auto settings = parse_json(*config->settings_of("broker", kSchema));
  EXPECT_EQ(settings->at("limit").as_int64(), 9);
  EXPECT_EQ(settings->at("label").as_string(), "ours");
  EXPECT_EQ(settings->at("claude").at("default_model").as_string(), "opus");
  EXPECT_FALSE(settings->as_object().contains("required"));
}

TEST_F(ConfigTest, TheDashboardActsAsTheOperatorUnlessTheFileSaysOtherwise) {
  using Principals = std::vector<std::string>;
  EXPECT_EQ(load("")->host().may_act_as.at("dashboard"), Principals{"operator"});
  const auto other = load("[host]\nmay_act_as.forge = [\"operator\"]\n");
  EXPECT_EQ(other->host().may_act_as.at("dashboard"), Principals{"operator"});
  EXPECT_EQ(load("[host]\nmay_act_as.dashboard = []\n")->host().may_act_as.at("dashboard"), Principals{});
}

TEST_F(ConfigTest, NamesFileLineAndTheNearestName) {
  EXPECT_EQ(refusal("\n[host]\nlog_levl = \"info\"\n"),
            at(3) + "host.log_levl: there is no such setting; did you mean log_level?");
  EXPECT_EQ(refusal("[hosts]\n"), at(1) + "hosts: there is no such table; did you mean host?");
  EXPECT_EQ(refusal("[host]\nthreads = 99\n"), at(2) + "host.threads: wanted 0 to 64, not 99");
  EXPECT_EQ(refusal("[host]\nlog_level = \"verbose\"\n"),
            at(2) + "host.log_level: wanted one of trace debug info warning error");
  EXPECT_EQ(refusal("[host]\nplugin_dirs = [\n 1 ]\n"), at(3) + "host.plugin_dirs[0]: wanted a string");
  EXPECT_EQ(refusal("[plugins.x]\nenabled = 3\n"), at(2) + "plugins.x.enabled: wanted true or false");
  EXPECT_THAT(refusal("[host\n"), ::testing::StartsWith(at(1) + "is not TOML: "));
  const auto config = load("[plugins.x]\nlimt = 1\n");
  EXPECT_EQ(config->settings_of("x", kSchema).error().message,
            at(2) + "plugins.x.limt: there is no such setting; did you mean limit?");
}

TEST_F(ConfigTest, WhatIsSetWins) {
  const auto config = load("[host]\nlabel = \"ours\"\n",
                           {"host.label=yours", "host.threads=3", "plugins.x.limit=5", "host.plugin_dirs=[\"/a\"]"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->host().label, "yours");
  EXPECT_EQ(config->host().threads, 3);
  EXPECT_EQ(config->host().plugin_dirs, std::vector<std::string>{"/a"});
  EXPECT_EQ(config->origin_of("host.label"), "--set");
  EXPECT_EQ(config->origin_of("host.log_level"), "default");
  EXPECT_EQ(refusal("", {"host.threads"}), "--set host.threads: wanted KEY=VALUE like host.log_level=debug");
  EXPECT_EQ(refusal("", {"host.threads=x"}), "--set: host.threads: wanted an integer");
}

TEST_F(ConfigTest, AProxysPasswordIsShownNowhere) {
  const auto config = load("[claude]\nhttps_proxy = \"http://user:hush@proxy:3128\"\nno_proxy = \"intern\"\n");
  ASSERT_TRUE(config) << config.error().message;
  std::map<std::string, Setting> seen;
  for (auto& setting : effective_settings(*config, {})) seen[setting.table + "." + setting.key] = setting;
  EXPECT_EQ(seen["claude.https_proxy"].value, "(hidden)");
  EXPECT_EQ(seen["claude.no_proxy"].value, "intern");
  EXPECT_EQ(refusal("[claude]\nhttp_proxy = \"user:hush@proxy\"\n"),
            at(2) + "claude.http_proxy: wanted an address like http://proxy.example:3128");
}

TEST_F(ConfigTest, ShowsOriginsAndHidesSecrets) {
  const auto config = load("[plugins.x]\npassword = \"hush\"\n", {"plugins.x.limit=5"});
  ASSERT_TRUE(config);
  std::map<std::string, Setting> seen;
  for (auto& setting : effective_settings(*config, {{"x", kSchema}, {"y", kSchema}}))
    seen[setting.table + "." + setting.key] = setting;
  EXPECT_EQ(seen["plugins.x.limit"].value, 5);
  EXPECT_EQ(seen["plugins.x.limit"].origin, "--set");
  EXPECT_EQ(seen["plugins.y.limit"].value, 7);
  EXPECT_EQ(seen["plugins.y.limit"].origin, "default");
  EXPECT_EQ(seen["plugins.x.password"].value, "(hidden)");
  EXPECT_EQ(seen["plugins.x.password"].origin, file.string() + ":2");
  EXPECT_EQ(seen["plugins.x.label"].origin, "[host]");
  EXPECT_EQ(seen["host.log_level"].value, "info");
}

}  // namespace
}  // namespace hive::host
