// The broker through the host's real sockets, each figure beside its limit from the same run.
//
//   bench_broker [--short] [--full] [--json]
//
// --short: few samples, to see that it works. --full: a history of a million messages.
#include "figures.hpp"
#include "host_process.hpp"
#include "peers.hpp"

#include <hive/sqlite/database.hpp>

#include <sys/resource.h>

#include <atomic>
#include <exception>
#include <future>
#include <string_view>
#include <thread>

namespace hive::bench {
namespace {

struct Sizes {
  int samples = 1'000, parked = 1'000, sends = 40'000, history = 100'000, first_history = 10'000;
};
constexpr int kWriters = 16;
constexpr int kWindow = 32;  // calls in flight a writer
constexpr int kAgents = 1'000;
const std::string kBody(500, 'x');

std::string draft(std::string_view to, std::string_view key) {
  return R"({"to":")" + std::string(to) + R"(","body":")" + kBody + R"(","key":")" + std::string(key) + "\"}";
}

/// An agent in an open turn. Its leases are settled now and then, as turns do.
class Receiver {
 public:
  explicit Receiver(LineClient client) : client_(std::move(client)) { begin(); }

  void park() { client_.send("broker.recv", R"({"wait_seconds":180,"key":")" + std::to_string(++calls_) + "\"}"); }
  void take() {
    if (client_.read().find("\"body\"") == std::string::npos) give_up("recv answered without a message");
    if (calls_ % 100 == 0) begin();
  }
  Clock::duration timed_take() {
    const auto start = Clock::now();
    client_.call("broker.recv", R"({"max":1})");
    return Clock::now() - start;
  }

 private:
  void begin() {
    if (turn_ != 0) client_.call("broker.turn_end", R"({"ok":true,"turn":)" + std::to_string(turn_) + "}");
    turn_ = number_in(client_.call("broker.turn_begin", "{}"), "turn");
  }
  LineClient client_;
  long calls_ = 0, turn_ = 0;
};

void durable_send(HostProcess& host, int samples, Table& table) {
  RawWrite raw(host.root());
  auto sender = host.as_operator();
  Samples floor, sends;
  for (int i = 0; i < samples; ++i) {
    floor.add(raw.once(kBody));
    const auto params = draft("a1", "send" + std::to_string(i));
    const auto begin = Clock::now();
    sender.call("broker.send", params);
    sends.add(Clock::now() - begin);
  }
  table.add({"durable send, p50", "us", sends.at(.5), floor.at(.5), "pwrite + fdatasync"});
  table.add({"durable send, p99", "us", sends.at(.99), floor.at(.99), "pwrite + fdatasync"});
}

struct Delivery {
  Samples floor, times;
};
/// From the first byte of a send until the parked recv has its message. The raw writes are made between
/// the sends, so that both see the same disk.
Delivery deliver(HostProcess& host, Receiver& receiver, int samples, const std::string& keys) {
  RawWrite raw(host.root());
  auto sender = host.as_operator();
  Delivery out;
  for (int i = 0; i < samples; ++i) {
    out.floor.add(raw.once(kBody));
    receiver.park();
    // Parking is a line on another socket: a call after it on this one shows that the broker is idle.
    sender.call("broker.depth", "{}");
    const auto params = draft("a0", keys + std::to_string(i));
    const auto begin = Clock::now();
    sender.send("broker.send", params);
    receiver.take();
    out.times.add(Clock::now() - begin);
    sender.read();
  }
  return out;
}

void parked(HostProcess& host, const Sizes& sizes, Table& table) {
  Receiver receiver(host.as_agent(0));
  const auto one = deliver(host, receiver, sizes.samples, "one");
  const auto half = one.times.at(.5), floor = one.floor.at(.5);
  table.add(
      {"send -> parked recv, 1 parked, p50", "us", half, floor, "pwrite + fdatasync", "<= 2.0 x", half <= 2 * floor});
  table.add({"send -> parked recv, 1 parked, p99", "us", one.times.at(.99), one.floor.at(.99), "pwrite + fdatasync"});

  const auto before = host.memory_kib();
  std::vector<Receiver> others;
  for (int i = 1; i < sizes.parked; ++i) {
    others.emplace_back(host.as_agent(i));
    others.back().park();
  }
  const auto many = deliver(host, receiver, sizes.samples, "many");
  const auto scaled = half * many.floor.at(.5) / floor;  // the disk may have changed meanwhile
  table.add({"send -> parked recv, " + std::to_string(sizes.parked) + " parked, p50", "us", many.times.at(.5), scaled,
             "with 1 parked", "<= 1.5 x", many.times.at(.5) <= 1.5 * scaled});
  const double each = double(host.memory_kib() - before) / sizes.parked;
  table.add({"host memory for each parked agent", "KiB", each, {}, {}, "<= 8", each <= 8});
}

double sends_a_second(HostProcess& host, int sends) {
  std::atomic<int> next{0};
  std::vector<std::future<void>> writers;
  const auto begin = Clock::now();
  for (int w = 0; w < kWriters; ++w)
    writers.push_back(std::async(std::launch::async, [&] {
      auto client = host.as_operator();
      int flying = 0;
      for (int i = next++; i < sends; i = next++) {
        client.send("broker.send", draft("a" + std::to_string(i % kAgents), "many" + std::to_string(i)));
        if (++flying < kWindow) continue;
        client.read();
        --flying;
      }
      for (; flying > 0; --flying) client.read();
    }));
  for (auto& writer : writers) writer.get();
  return sends / std::chrono::duration<double>(Clock::now() - begin).count();
}

double own_cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// SQLite alone keeps one processor busy, a send those of the host and of its client: on a machine that has few, or
/// shares them, the second row says why the first falls.
void throughput(HostProcess& host, const Sizes& sizes, Table& table) {
  const auto begin = own_cpu_seconds();
  const auto alone = sqlite_rows_a_second(host.root(), sizes.sends);
  const auto between = own_cpu_seconds(), before = host.cpu_seconds();
  const auto rate = sends_a_second(host, sizes.sends);
  const auto each = 1e6 / sizes.sends;
  table.add({"durable sends a second, 16 writers", "/s", rate, alone, "SQLite alone, batches of 100", ">= 0.6 x",
             rate >= .6 * alone});
  table.add({"processor time of one of them, host and client", "us",
             (own_cpu_seconds() - between + host.cpu_seconds() - before) * each, (between - begin) * each,
             "SQLite alone"});
}

/// Settled mail between agents, as long operation leaves it, put straight into the database.
void fill_history(const HostProcess& host, int from, int to) {
  auto database = sqlite::Database::open(
      {.file = host.root() / "broker.sqlite", .owner = "bench", .durability = sqlite::Durability::normal});
  // The version is the broker's; this program has no migrations of its own.
  if (!database) give_up(database.error().message);
  auto transaction = sqlite::Transaction::begin(*database);
  const auto now = wall_time();
  for (int i = from; i < to; ++i) {
    const auto done = database->run(
        "INSERT INTO messages (owner, sender, kind, state, sent_at, settled_at, key, body) VALUES (?, ?, 1, 2, ?, ?, "
        "?, ?)",
        {"a" + std::to_string(i % kAgents), "a" + std::to_string((i * 7 + 1) % kAgents), now, now,
         "old" + std::to_string(i), "word" + std::to_string(i % 5'000) + " of an old message that somebody wrote"});
    if (!done) give_up(done.error().message);
  }
  if (auto done = transaction->commit(); !done) give_up(done.error().message);
}

struct HistoryTimes {
  Samples floor, send, recv, recent, search;
};
/// `rows`: how many `recent` is asked for, so that it answers the same amount whatever the history.
HistoryTimes with_history(HostProcess& host, int samples, int rows) {
  host.start();
  auto client = host.as_operator();
  while (number_in(client.call("broker.search", R"({"text":"word17"})"), "behind") != 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  Receiver receiver(host.as_agent(2));
  RawWrite raw(host.root());
  HistoryTimes out;
  const auto timed = [&](Samples& samples_of, std::string_view method, const std::string& params) {
    const auto begin = Clock::now();
    client.call(method, params);
    samples_of.add(Clock::now() - begin);
  };
  const auto run = std::to_string(Clock::now().time_since_epoch().count());
  const auto recent = R"({"of":"a3","limit":)" + std::to_string(rows) + "}";
  for (int i = 0; i < samples; ++i) {
    out.floor.add(raw.once(kBody));
    timed(out.send, "broker.send", draft("a2", run + "/" + std::to_string(i)));
    out.recv.add(receiver.timed_take());
    timed(out.recent, "broker.recent", recent);
    timed(out.search, "broker.search", R"({"text":"word)" + std::to_string(i) + "\"}");
  }
  host.stop();
  return out;
}

void history(const Sizes& sizes, Table& table) {
  HostProcess host(kAgents);
  host.start();
  host.stop();
  fill_history(host, 0, sizes.first_history);
  const int rows = 2 * sizes.first_history / kAgents;  // sent and received by each
  const auto few = with_history(host, sizes.samples / 4, rows);
  fill_history(host, sizes.first_history, sizes.history);
  const auto many = with_history(host, sizes.samples / 4, rows);
  const auto beside = "with " + std::to_string(sizes.first_history);
  // What waits for the disk is measured by it: the disk may be a slower one by the second half.
  const auto disk = many.floor.at(.5) / few.floor.at(.5);
  const auto row = [&](const std::string& what, double value, double first) {
    table.add({what + " with a history of " + std::to_string(sizes.history) + ", p50", "us", value, first, beside,
               "<= 1.3 x", value <= 1.3 * first});
  };
  row("send", many.send.at(.5), few.send.at(.5) * disk);
  row("recv", many.recv.at(.5), few.recv.at(.5) * disk);
  row("recent", many.recent.at(.5), few.recent.at(.5));
  const auto search = many.search.at(.5);
  table.add({"search with a history of " + std::to_string(sizes.history) + ", p50", "us", search, few.search.at(.5),
             beside, "<= 50000 us", search <= 50'000});
}

void run(const Sizes& sizes, std::string_view form) {
  Table table;
  {
    HostProcess host(kAgents);
    host.start();
    host.as_agent(kAgents - 1).call("broker.depth", "{}");  // the last socket is open
    durable_send(host, sizes.samples, table);
    parked(host, sizes, table);
    throughput(host, sizes, table);
  }
  history(sizes, table);
  if (form == "json")
    table.print_json();
  else
    table.print_text();
}

}  // namespace
}  // namespace hive::bench

int main(int count, char** words) try {
  hive::bench::Sizes sizes;
  std::string_view form = "text";
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--json")
      form = "json";
    else if (word == "--short")
      sizes = {.samples = 40, .parked = 200, .sends = 4'000, .history = 10'000, .first_history = 1'000};
    else if (word == "--full")
      sizes = {.samples = 2'000, .sends = 100'000, .history = 1'000'000};
    else
      hive::bench::give_up("usage: bench_broker [--short | --full] [--json]");
  }
  hive::bench::run(sizes, form);
  return 0;
} catch (const std::exception& thrown) {
  std::fprintf(stderr, "%s\n", thrown.what());
  return 1;
}
