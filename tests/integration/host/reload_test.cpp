// Every plugin of the installation, reloaded again and again while all that it answers is called.
#include "testing/host_place.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace hive::host::test {
namespace {

constexpr int kReloads = 4;
constexpr std::size_t kInFlight = 32;
constexpr auto kFirstPrincipals = {std::pair{Who::plugins, "plugin:storm"}, std::pair{Who::operators, "operator"},
                                   std::pair{Who::agents, "agent:nobody"}, std::pair{Who::manager, "manager"}};

/// The least that `schema` takes: what is required, and names that nobody has.
json::value least_of(const json::object& schema) {
  if (const auto* choice = schema.if_contains("enum")) return choice->as_array().at(0);
  if (const auto* choice = schema.if_contains("anyOf")) return least_of(choice->as_array().at(0).as_object());
  const auto* type = schema.if_contains("type");
  if (type == nullptr || *type == "string") return "nobody";
  if (*type == "integer" || *type == "number")
    return schema.contains("minimum") ? schema.at("minimum") : json::value(1);
  if (*type == "boolean") return false;
  if (*type == "array") return json::array();
  json::object out;
  if (const auto* required = schema.if_contains("required"))
    for (const auto& member : required->as_array())
      out[member.as_string()] = least_of(schema.at("properties").at(member.as_string()).as_object());
  return out;
}

struct Question {
  std::string method, caller, params;
};

/// What plugins answer. Nothing of it makes an agent or ends the host.
std::vector<Question> questions(App& app) {
  std::vector<Question> out;
  for (const auto& row : app.methods().rows(host_api::kEverybody)) {
    if (row.name == "lifecycle.spawn" || row.name.starts_with("host.")) continue;
    const auto about = parse_json(row.about);
    if (!about) continue;
    for (const auto& [who, principal] : kFirstPrincipals) {
      if ((row.callers & std::uint32_t(who)) == 0) continue;
      out.push_back({row.name, principal, write_json(least_of(about->at("params").as_object()))});
      break;
    }
  }
  return out;
}

/// Calls them all, over and over, and counts how each call ends.
class Storm final : public Waiter {
 public:
  explicit Storm(const std::vector<Question>& questions) : questions_(questions), ends_(questions.size()) {}

  void settled(std::uint64_t token, Code code, std::string_view) noexcept override {
    std::lock_guard lock(mutex_);
    ++ends_[token][code];
    ++settled_;
  }
  void released(std::uint64_t) noexcept override {
    std::lock_guard lock(mutex_);
    ++released_;
  }
  void ask(Router& router, const std::shared_ptr<Storm>& self, const std::stop_token& over) {
    for (std::size_t at = 0; !over.stop_requested(); at = (at + 1) % questions_.size()) {
      while (asked_ - released() > kInFlight && !over.stop_requested()) std::this_thread::yield();
      ++asked_;
      const auto& [method, caller, params] = questions_[at];
      router.call({caller, method, params}, self, at);
    }
  }
  bool is_quiet() const {
    std::lock_guard lock(mutex_);
    return settled_ == asked_ && released_ == asked_;
  }
  const std::map<Code, int>& ends_of(std::size_t question) const { return ends_[question]; }

 private:
  std::size_t released() const {
    std::lock_guard lock(mutex_);
    return released_;
  }
  const std::vector<Question>& questions_;
  mutable std::mutex mutex_;
  std::size_t settled_ = 0, released_ = 0;
  std::atomic<std::size_t> asked_ = 0;
  std::vector<std::map<Code, int>> ends_;
};

TEST(Reload, AStormOfThemUnderLoadLosesNoCallAndNoPlugin) {
  const Place place;
  auto options = place.options({"plugins.dashboard.port=0", "plugins.lifecycle.manager=false"});
  options.share = std::filesystem::path(HIVE_BINARY_DIR) / "share" / "hyperhive";
  options.plugin_folders = {std::filesystem::path(HIVE_BINARY_DIR) / "lib" / "hyperhive" / "plugins"};
  const auto app = place.open_with(std::move(options));
  ASSERT_TRUE(app->start());
  const auto all = questions(*app);
  const auto storm = std::make_shared<Storm>(all);
  std::jthread asking([&](const std::stop_token& over) { storm->ask(app->router(), storm, over); });
  for (int round = 0; round < kReloads; ++round) {
    for (const auto& plugin : app->plugins().list()) {
      if (plugin.id == "host") continue;
      const auto reloaded = app->reload(plugin.id);
      ASSERT_TRUE(reloaded) << reloaded.error().message;
      EXPECT_EQ(reloaded->state, host_api::PluginState::running) << reloaded->reason.value_or("");
      EXPECT_THAT(reloaded->left_out, ::testing::IsEmpty());
    }
  }
  asking.request_stop();
  asking.join();
  EXPECT_TRUE(soon([&] { return storm->is_quiet(); }));
  for (std::size_t at = 0; at < all.size(); ++at) {
    const auto& ends = storm->ends_of(at);
    EXPECT_FALSE(ends.contains(Code::method_not_found)) << all[at].method;
    EXPECT_FALSE(ends.contains(Code::cancelled)) << all[at].method << ": nobody has cancelled it";
    EXPECT_TRUE(std::any_of(ends.begin(), ends.end(), [](const auto& end) {
      return end.first != Code::unavailable && end.first != Code::forbidden;
    })) << all[at].method;
  }
  EXPECT_GT(all.size(), 40U);
  EXPECT_TRUE(app->stop());
}

}  // namespace
}  // namespace hive::host::test
