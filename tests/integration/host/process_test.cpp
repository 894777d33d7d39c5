// The real program: what only shows when a process ends, or when there are two.
#include "testing/host_place.hpp"

#include <hive/os/process.hpp>

#include <csignal>

namespace hive::host::test {
namespace {

class Process : public ::testing::Test {
 protected:
  /// Starts `hive-c0re serve` over the place and waits for its first words, or its end.
  void serve(const std::vector<std::string>& given) {
    auto pipe = os::make_pipe();
    ASSERT_TRUE(pipe);
    os::Command command;
    command.argv = {std::string(HIVE_BINARY_DIR) + "/bin/hive-c0re",
                    "--root",
                    place.root().string(),
                    "serve",
                    "--plugins",
                    (place.path() / "plugins").string()};
    if (!config.empty()) command.argv.insert(command.argv.end(), {"--config", config.string()});
    for (const auto& setting : given) command.argv.insert(command.argv.end(), {"--set", setting});
    command.out = command.err = pipe->second.get();
    auto child = os::start(command);
    ASSERT_TRUE(child) << child.error().message;
    process = std::move(*child);
    pipe->second.reset();
    out = std::move(pipe->first);
    hear("ready root=");
  }
  /// Reads until `word` was said or nothing more comes.
  void hear(std::string_view word) {
    char text[4'096];
    while (said.find(word) == said.npos) {
      const auto got = ::read(out.get(), text, sizeof text);
      if (got <= 0) return;
      said.append(text, std::size_t(got));
    }
  }
  /// What `hive-c0re config check` says of `text`, with the plugins of the place.
  std::string check(const std::string& text) { return run_config({"--config", checked(text), "check"}); }
  std::string checked(const std::string& text) {
    const auto plugins = (place.path() / "plugins").string();
    return place.write("checked.toml", "[host]\nplugin_dirs = [\"" + plugins + "\"]\n" + text);
  }
  /// Code, space, and what `hive-c0re config WORDS` writes.
  std::string run_config(const std::vector<std::string>& words) {
    auto pipe = os::make_pipe();
    EXPECT_TRUE(pipe);
    os::Command command;
    command.argv = {std::string(HIVE_BINARY_DIR) + "/bin/hive-c0re", "--root", place.root().string(), "config"};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.out = command.err = pipe->second.get();
    const auto child = os::start(command);
    EXPECT_TRUE(child) << child.error().message;
    pipe->second.reset();
    out = std::move(pipe->first);
    said.clear();
    hear("(nothing that is ever said)");
    return std::to_string(os::wait_for(*child).code) + " " + said;
  }
  int stop() {
    ::kill(process.pid, SIGTERM);
    return os::wait_for(process).code;
  }
  std::string log() const {
    std::ifstream file(place.root() / "logs" / "host.log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Place place{{"hello"}};
  std::filesystem::path config;
  os::Child process;
  os::Fd out;
  std::string said;
};

TEST_F(Process, StopsInAnOrderlyWay) {
  serve({});
  LinePeer client(place.socket());
  client.ask("events.subscribe", R"({"topics":["host.stopping"]})");
  EXPECT_EQ(stop(), 0);
  EXPECT_THAT(client.line(), HasSubstr(R"("topic":"host.stopping","payload":{"agents":false})"));
  EXPECT_EQ(client.line(), "");
}

TEST_F(Process, SaysWhoHasTheRoot) {
  const auto app = place.open();
  serve({});
  EXPECT_THAT(said, HasSubstr("another host has this folder"));
  EXPECT_THAT(said, HasSubstr("pid " + std::to_string(getpid())));
  EXPECT_EQ(os::wait_for(process).code, 73);
}

TEST_F(Process, NamesThePluginThatTookItDown) {
  serve({});
  LinePeer client(place.socket());
  EXPECT_EQ(client.ask("hello.crash"), "");
  EXPECT_EQ(os::wait_for(process).signal, SIGABRT);
  said.clear();
  serve({});
  EXPECT_THAT(said, HasSubstr("died of signal 6"));
  EXPECT_THAT(said, HasSubstr("in the plugin hello while it ran hello.crash"));
  EXPECT_EQ(stop(), 0);
}

TEST_F(Process, NamesThePluginThatOverflowedItsStack) {
  serve({});
  LinePeer client(place.socket());
  EXPECT_EQ(client.ask("hello.overflow"), "");
  EXPECT_EQ(os::wait_for(process).signal, SIGSEGV);
  said.clear();
  serve({});
  EXPECT_THAT(said, HasSubstr("died of signal 11"));
  EXPECT_THAT(said, HasSubstr("in the plugin hello while it ran hello.overflow"));
  EXPECT_EQ(stop(), 0);
}

TEST_F(Process, NamesThePluginWhoseBlockingWorkDied) {
  serve({});
  LinePeer client(place.socket());
  EXPECT_EQ(client.ask("hello.crash_in_work"), "");
  EXPECT_EQ(os::wait_for(process).signal, SIGABRT);
  said.clear();
  serve({});
  EXPECT_THAT(said, HasSubstr("in the plugin hello while it ran blocking work"));
  EXPECT_EQ(stop(), 0);
}

TEST_F(Process, SaysThatItWasEndedWithoutAGoodbye) {
  serve({});
  ::kill(process.pid, SIGKILL);
  os::wait_for(process);
  said.clear();
  serve({});
  EXPECT_THAT(said, HasSubstr("the last run ended without a goodbye: it was killed or the machine went down"));
  EXPECT_EQ(stop(), 0);
  said.clear();
  serve({});
  EXPECT_EQ(said.find("the last run"), std::string::npos);
  EXPECT_EQ(stop(), 0);
}

TEST_F(Process, AConfigurationIsCheckedAlikeForIsolatedPlugins) {
  for (const auto* where : {"isolate = false\n", "isolate = true\n"}) {
    EXPECT_THAT(check(std::string("[plugins.hello]\ntimes = 12\n") + where),
                ::testing::AllOf(::testing::StartsWith("64 "),
                                 HasSubstr("checked.toml:4: plugins.hello.times: wanted 1 to 9, not 12")));
    EXPECT_THAT(check(std::string("[plugins.hello]\ngreeting = \"moin\"\n") + where), ::testing::StartsWith("0 "));
  }
}

TEST_F(Process, AConfigurationIsShownAndCheckedInEveryForm) {
  const auto file = checked("[plugins.hello]\ntimes = 3\n");
  EXPECT_THAT(run_config({"show", "--config", file}), HasSubstr("times = 3  # " + file + ":4"));
  EXPECT_THAT(run_config({"show", "--config", file, "--set", "plugins.hello.times=4"}),
              HasSubstr("times = 4  # --set"));
  EXPECT_THAT(run_config({"show", "--config", file, "--json"}),
              HasSubstr(R"("table":"plugins.hello","key":"times","value":3)"));
  EXPECT_THAT(run_config({"check", "--config", file}), "0 " + file + " is valid\n");
  EXPECT_THAT(run_config({"--json", "--config", file, "check"}),
              "0 {\"ok\":true,\"file\":\"" + file + "\",\"findings\":[]}\n");
  EXPECT_THAT(run_config({"check", "--json", "--config", file, "--set", "plugins.hello.times=99"}),
              ::testing::AllOf(::testing::StartsWith("64 {\"ok\":false"), HasSubstr("wanted 1 to 9, not 99")));
  EXPECT_THAT(run_config({"chekc"}), ::testing::StartsWith("64 hive-c0re: config: "));
  EXPECT_THAT(run_config({"check", "--config", "/nowhere.toml", "--json"}), HasSubstr("{\"error\":{\"code\":"));
}

TEST_F(Process, AHangupReloadsWhatChanged) {
  place.write("hive.toml", "[plugins.hello]\n");
  config = place.path() / "hive.toml";
  serve({});
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  place.write("hive.toml", "[plugins.hello]\ngreeting = \"moin\"\n");
  ::kill(process.pid, SIGHUP);
  EXPECT_TRUE(soon([&] { return client.ask("hello.greet", R"({"name":"x"})").find("moin, x") != std::string::npos; }));
  place.write("hive.toml", "[plugins.hello\n");
  ::kill(process.pid, SIGHUP);
  hear("nothing is reloaded");
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("moin, x"));
  EXPECT_EQ(stop(), 0);
}

TEST_F(Process, AHangupKeepsLevelsThatWereSetUnlessTheFileHasAnother) {
  config = place.write("hive.toml", "[plugins.hello]\n");
  serve({});
  LinePeer client(place.socket());
  const auto reloads = [&](const std::string& greeting, const std::string& level) {
    place.write("hive.toml", level + "[plugins.hello]\ngreeting = \"" + greeting + "\"\n");
    ::kill(process.pid, SIGHUP);
    return soon([&] {
      return client.ask("hello.greet", R"({"name":"x"})").find(greeting + ", x") != std::string::npos &&
             client.ask("host.plugins").find(R"("state":"running")") != std::string::npos;
    });
  };
  EXPECT_THAT(client.ask("host.log_level", R"({"plugin":"*","level":"error"})"), HasSubstr("result"));
  EXPECT_TRUE(reloads("moin", ""));
  EXPECT_TRUE(reloads("servus", ""));  // the first reload is over, its line would have been written
  EXPECT_EQ(log().find("hello: its settings were read anew"), std::string::npos);
  EXPECT_TRUE(reloads("hallo", "[host]\nlog_level = \"debug\"\n"));
  hear("hello: its settings were read anew");
  EXPECT_THAT(client.ask("host.log_level", R"({"plugin":"helo","level":"error"})"),
              HasSubstr(R"(there is no such plugin; did you mean hello?)"));
  EXPECT_THAT(client.ask("host.log_level", R"({"plugin":"hello","level":"loud"})"),
              HasSubstr("level: wanted one of trace debug info warning error"));
  EXPECT_EQ(stop(), 0);
}

TEST_F(Process, ARequiredPluginThatFailsEndsItWithTheReason) {
  place.link("sulk");
  serve({"plugins.sulk.where=refuse", "plugins.sulk.required=true"});
  EXPECT_THAT(said, HasSubstr("the required plugin sulk does not run: sulk: it does not want to"));
  EXPECT_EQ(os::wait_for(process).code, 69);
}

TEST_F(Process, AKilledHostTakesItsIsolatedPluginsAlongWhateverTheyDo) {
  serve({"plugins.hello.isolate=true"});
  std::vector<os::Identity> plugins;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process.pid) + "/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) plugins.push_back(os::identity_of(child));
  }
  ASSERT_EQ(plugins.size(), 1u);
  const auto held = os::open_process(plugins[0]);
  ASSERT_TRUE(held);
  ::kill(plugins[0].pid, SIGSTOP);  // it reads nothing any more, as one that hangs
  ::kill(process.pid, SIGKILL);
  EXPECT_EQ(os::wait_for(process).signal, SIGKILL);
  EXPECT_TRUE(soon([&] { return os::is_readable(held.get()); }));
  (void)os::signal_process(held.get(), SIGKILL);
}

TEST_F(Process, ASecondSignalEndsItAtOnce) {
  place.link("sulk");
  serve({});
  ::kill(process.pid, SIGTERM);
  hear("stops; the agents go on");
  EXPECT_EQ(stop(), 75);
}

TEST_F(Process, AHangInStopCostsNobodyElseTheirOrderlyStop) {
  place.link("sulk");
  serve({});
  ASSERT_THAT(said, HasSubstr("ready"));
  EXPECT_EQ(stop(), 70);
  EXPECT_THAT(log(), HasSubstr("sulk: gave no answer within 5 s after it was asked to stop; the others go on"));
}

TEST_F(Process, AHangInStartMakesItFaultedAndTheOthersServe) {
  place.link("sulk");
  serve({"plugins.sulk.where=start"});
  ASSERT_THAT(said, HasSubstr("ready"));
  LinePeer client(place.socket());
  EXPECT_THAT(client.ask("hello.greet", R"({"name":"x"})"), HasSubstr("hello, x"));
  EXPECT_THAT(client.ask("host.plugins"), HasSubstr("sulk: gave no answer within 10 s"));
  EXPECT_EQ(stop(), 70);
}

}  // namespace
}  // namespace hive::host::test
