#include "loop/serve.hpp"

#include "loop/command_feed.hpp"
#include "loop/turn_loop.hpp"
#include "page/answers.hpp"
#include "page/server.hpp"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace hive::harness {
namespace {

constexpr int kConfigError = 78;  // EX_CONFIG of sysexits.h

void log(const std::string& text) {
  std::fprintf(stderr, "harness: %s\n", text.c_str());
}

/// Signals as something to read, so that they are handled between two events like all else.
os::Fd open_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  return os::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

void handle_signals(int fd, TurnLoop& loop, const Driver& driver) {
  signalfd_siginfo info{};
  while (::read(fd, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGCHLD)
      os::reap_others(driver.pid());
    else
      loop.stop();
  }
}

}  // namespace

int serve_turns(const Options& options) {
  ::signal(SIGPIPE, SIG_IGN);
  // What a turn leaves behind becomes our child, whatever session it made for itself.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const auto signals = open_signals();
  const auto config = read_config(options.config_dir);
  if (!config) return log(config.error().message), kConfigError;
  if (auto prompt = system_prompt(options, *config); !prompt) return log(prompt.error().message), kConfigError;

  os::EventLoop event_loop;
  os::Processes processes;
  HostLink link(event_loop, options.socket_dir);
  EventBus bus(options.events_db, log);
  TurnStore turns(options.state_dir / "hyperhive-turns.sqlite", log);
  StatStore stats(options.state_dir / "hyperhive-turn-stats.sqlite", log);
  LoginWatch login(event_loop, options);
  Reporter reporter(event_loop, link, bus, options.state_dir / "notes.md");
  Driver driver({event_loop, processes}, options, bus, reporter);
  if (!bus.has_store()) bus.note("The event store cannot be opened; events are shown but not kept.");
  TurnLoop loop({options, *config, event_loop, link, bus, reporter, turns, stats, login, driver, log});
  PageAnswers answers(bus, stats, [&loop] { return loop.page_state(); });
  PageServer page(event_loop, bus, [&answers](auto method, auto params) { return answers.answer(method, params); });
  if (auto listening = page.listen(options.socket_dir / page::kFolder); !listening)
    log(listening.error().message + "; the agent has no page");
  CommandFeed commands(event_loop, link, turns, [&loop](const turns::Command& command) { loop.act(command); }, log);
  link.on_connected([&] {
    reporter.repeat();
    loop.host_came();
  });
  const auto signalled =
      event_loop.watch(signals.get(), POLLIN, [&](short) { handle_signals(signals.get(), loop, driver); });
  log("ready as " + config->name);
  commands.start();
  loop.run();
  log("stopped");
  return 0;
}

}  // namespace hive::harness
