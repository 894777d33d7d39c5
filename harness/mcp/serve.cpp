#include "mcp/serve.hpp"

#include "base/line_stream.hpp"
#include "mcp/host_tools.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace hive::harness {
namespace {

/// A tool call's parameters are at most 1 MiB for the host; escaping may make that longer here.
constexpr std::size_t kLongestLine = 4u << 20;

void complain(const std::string& text) {
  std::fprintf(stderr, "hyperhive mcp: %s\n", text.c_str());
}

/// Keeps the protocol's own descriptor of standard output and gives everything else standard error.
os::Fd take_standard_output() {
  os::Fd out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return out;
}

ToolRules rules_of(const Options& options) {
  ToolRules rules{.role = options.role, .key_prefix = options.call_prefix};
  auto config = read_config(options.config_dir);
  if (config)
    rules.allowed_recipients = std::move(config->allowed_recipients);
  else
    complain(config.error().message + "; to whom it may write the host alone says now");
  return rules;
}

}  // namespace

int serve_mcp(const Options& options) {
  ::signal(SIGINT, SIG_IGN);  // the CLI's own way to end a turn, not ours
  ::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  auto out = take_standard_output();
  os::Fd in(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!in || !out) return 0;  // closed: nobody asks, or nobody could be answered

  os::EventLoop event_loop;
  HostLink link(event_loop, options.socket_dir);
  HostTools tools(event_loop, link, rules_of(options), complain);
  bool ended = false;
  LineStream* stream_pointer = nullptr;
  Protocol protocol(tools, HIVE_VERSION, [&](std::string line) { stream_pointer->write(line += '\n'); });
  LineStream stream(event_loop, std::move(in), std::move(out), {.line = kLongestLine},
                    {.line = [&](std::string_view line) { protocol.take(line); },
                     .too_long = [&] { protocol.take_too_long(); },
                     .ended = [&] { ended = true; },
                     .skipped = [&](std::string_view part) { protocol.skip(part); }});
  stream_pointer = &stream;
  event_loop.run_until([&] { return ended; });
  return 0;
}

}  // namespace hive::harness
