#include "panels.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <fstream>

namespace hive::dashboard {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class PanelsTest : public ::testing::Test {
 protected:
  host_api::Plugin plugin(const std::string& id, const std::string& panel) const {
    host_api::Plugin out{.id = id, .version = {}, .file = (folder() / (id + ".so")).string()};
    out.panel = panel;
    return out;
  }
  fs::path folder() const { return folder_.path(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder() / name) << text; }
  std::string served(std::string_view module) const {
    const auto answer = panels_.answer({}, module);
    return answer && answer->shared ? *answer->shared : "";
  }

  testing::TemporaryFolder folder_;
  Panels panels_;
};

TEST_F(PanelsTest, AModuleBesideItsPluginIsServedToBeRevalidated) {
  write("panel-pots.js", "export const panels = [];");
  EXPECT_FALSE(panels_.answer({}, "panel-pots.js"));
  ASSERT_TRUE(panels_.offer(plugin("pots", "panel-pots.js")));
  EXPECT_EQ(served("panel-pots.js"), "export const panels = [];");
  const auto answer = panels_.answer({}, "panel-pots.js");
  EXPECT_EQ(answer->type, "text/javascript; charset=utf-8");
  EXPECT_THAT(answer->headers,
              ::testing::Contains(::testing::AllOf(::testing::Field(&http::Header::name, "Cache-Control"),
                                                   ::testing::Field(&http::Header::value, "no-cache"))));
}

TEST_F(PanelsTest, AModuleThatWasBuiltAgainIsReadAgain) {
  write("panel-pots.js", "1");
  ASSERT_TRUE(panels_.offer(plugin("pots", "panel-pots.js")));
  write("panel-pots.js", "2");
  fs::last_write_time(folder() / "panel-pots.js", fs::file_time_type::clock::now() + std::chrono::hours(1));
  ASSERT_TRUE(panels_.offer(plugin("pots", "panel-pots.js")));
  EXPECT_EQ(served("panel-pots.js"), "2");
}

TEST_F(PanelsTest, APluginServesNothingButItsOwnPanel) {
  write("panel-pots.js", "1");
  for (const auto* name : {"dashboard.js", "panel-pans.js", "../panel-pots.js", "panel-pots.js/"}) {
    const auto offered = panels_.offer(plugin("pots", name));
    ASSERT_FALSE(offered) << name;
    EXPECT_EQ(offered.error().message,
              std::string("pots: its panel is ") + name + " and must be panel-pots.js; correct its HIVE_PLUGIN");
  }
}

TEST_F(PanelsTest, AModuleThatIsNotThereOrALinkIsRefused) {
  auto missing = panels_.offer(plugin("pots", "panel-pots.js"));
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("panel-pots.js: the plugin's panel is not there"));
  write("secret", "key");
  fs::create_symlink(folder() / "secret", folder() / "panel-pots.js");
  EXPECT_FALSE(panels_.offer(plugin("pots", "panel-pots.js")));
  EXPECT_EQ(served("panel-pots.js"), "");
}

}  // namespace
}  // namespace hive::dashboard
