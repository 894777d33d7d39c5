// bench_mcp SERVER FLOOR [CALLS]: times an MCP server over stdio against a program that parses nothing, in one run.
//
// SERVER is run as `SERVER mcp` with this program's environment (HIVE_SOCKET_DIR names a hive's socket). Prints one
// JSON object: times in microseconds, memory in KiB. The calls alternate between both, so that a noisy moment
// of the machine meets both.
#include "figures.hpp"

#include <hive/os/files.hpp>
#include <hive/os/process.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/sdk/codec.hpp>

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

using hive::bench::Clock;
using hive::bench::Processor;
using hive::bench::Samples;
using hive::bench::stay_on;
using hive::json::object;

constexpr int kPatienceMs = 20'000;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_mcp: %s\n", why.c_str());
  std::exit(1);
}

std::vector<std::string> environment() {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) out.emplace_back(*entry);
  return out;
}

/// A child that answers lines.
class Server {
 public:
  explicit Server(std::vector<std::string> argv) {
    auto to = hive::os::make_pipe();
    auto from = hive::os::make_pipe();
    if (!to || !from) give_up("no pipe");
    hive::os::Command command{.argv = std::move(argv), .environment = environment()};
    command.in = to->first.get();
    command.out = from->second.get();
    command.err = 2;
    auto child = hive::os::start(command);
    if (!child) give_up(child.error().message);
    child_ = std::move(*child);
    in_ = std::move(to->second);
    out_ = std::move(from->first);
  }

  void send(const std::string& line) {
    if (::write(in_.get(), line.data(), line.size()) != ssize_t(line.size())) give_up("the server reads no more");
  }
  std::string read_line() {
    for (;;) {
      if (const auto end = text_.find('\n'); end != text_.npos) {
        auto line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
      }
      pollfd ready{out_.get(), POLLIN, 0};
      char block[65'536];
      const auto got = ::poll(&ready, 1, kPatienceMs) == 1 ? ::read(out_.get(), block, sizeof block) : 0;
      if (got <= 0) give_up("the server wrote no answer");
      text_.append(block, std::size_t(got));
    }
  }
  Clock::duration call(const std::string& line) {
    const auto begin = Clock::now();
    send(line);
    last_ = read_line();
    return Clock::now() - begin;
  }
  const std::string& last() const { return last_; }

  long memory_kib() const {
    auto status = hive::os::read_file("/proc/" + std::to_string(child_.pid) + "/status");
    const auto at = status ? status->find("VmRSS:") : std::string::npos;
    return at == std::string::npos ? -1 : std::strtol(status->c_str() + at + 6, nullptr, 10);
  }
  Clock::duration end() {
    const auto begin = Clock::now();
    in_.reset();
    hive::os::wait_for(child_);
    return Clock::now() - begin;
  }

 private:
  hive::os::Child child_;
  hive::os::Fd in_, out_;
  std::string text_, last_;
};

std::string request(int id, const std::string& method, const std::string& params) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method + R"(","params":)" + params +
         "}\n";
}

const std::string kInitialize =
    request(0, "initialize",
            R"({"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}})");
const std::string kPing = request(1, "ping", "{}");

std::string tool_call(int id) {
  return request(id, "tools/call", R"({"name":"recent","arguments":{"limit":1}})");
}

object latencies(const Samples& times) {
  return {{"p50_us", times.at(0.5)}, {"p99_us", times.at(0.99)}};
}

/// From the fork until initialize is answered.
Clock::duration start_time(const std::string& program) {
  const auto begin = Clock::now();
  Server server({program, "mcp"});
  server.call(kInitialize);
  const auto took = Clock::now() - begin;
  server.end();
  return took;
}

Clock::duration answer_many(Server& server, int count) {
  const auto begin = Clock::now();
  std::string lines;
  for (int i = 0; i < count; ++i) lines += tool_call(1'000 + i);
  server.send(lines);
  for (int i = 0; i < count; ++i)
    if (server.read_line().find("\"result\"") == std::string::npos) give_up("a call of many was not answered well");
  return Clock::now() - begin;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) give_up("usage: bench_mcp SERVER FLOOR [CALLS]");
  const int calls = count > 3 ? std::atoi(arguments[3]) : 2'000;
  stay_on(Processor::last);
  Server floor({arguments[2]});
  Server server({arguments[1], "mcp"});
  stay_on(Processor::first);
  server.call(kInitialize);
  server.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
  server.call(tool_call(2));
  if (server.last().find("isError\":true") != std::string::npos) give_up("the tool call failed: " + server.last());
  Samples floor_times, ping_times, host_times, starts;
  for (int i = 0; i < calls; ++i) {
    floor_times.add(floor.call(kPing));
    ping_times.add(server.call(kPing));
    host_times.add(server.call(tool_call(3)));
  }
  for (int i = 0; i < 20; ++i) starts.add(start_time(arguments[1]));
  object out{{"floor", latencies(floor_times)},
             {"ping", latencies(ping_times)},
             {"tool_through_host", latencies(host_times)},
             {"start_us", starts.at(0.5)},
             {"two_hundred_at_once_us", hive::bench::microseconds(answer_many(server, 200))},
             {"memory_kib", server.memory_kib()}};
  out["end_on_eof_us"] = hive::bench::microseconds(server.end());
  std::printf("%s\n", hive::write_json(out).c_str());
}
