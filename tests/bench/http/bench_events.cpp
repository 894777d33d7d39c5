// How long until the last of many readers of an event stream has an event, beside write() of the same bytes
// to as many sockets. `bench_events [--json] [--short]`.
#include <hive/http/server.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstring>
#include <mutex>

#include "figures.hpp"
#include "readers.hpp"

namespace hive::bench {
namespace {

using std::chrono::milliseconds;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_events: %s\n", why.c_str());
  std::_Exit(1);
}

/// The one side: streams of the server.
class Streams {
 public:
  explicit Streams(std::size_t count) {
    http::Routes routes;
    routes.on(http::Verb::get, "/events", [this](http::Request, http::Reply reply) {
      const std::lock_guard lock(mutex_);
      streams_.push_back(reply.stream());
    });
    auto opened = http::Server::open({}, std::move(routes));
    if (!opened) give_up(opened.error().message);
    server_ = std::move(*opened);
    for (std::size_t i = 0; i < count; ++i)
      if (!readers_.connect(server_->port(), "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        give_up("no connection");
    while (open_streams() < count) std::this_thread::sleep_for(milliseconds(1));
    for (std::uint64_t before = 0; before != readers_.read() || before == 0;
         std::this_thread::sleep_for(milliseconds(50)))
      before = readers_.read();  // until the heads are through
  }

  void send(const http::Bytes& frame) {
    const std::lock_guard lock(mutex_);
    for (auto& stream : streams_)
      if (!stream.send(frame)) give_up("a reader was cut");
  }
  Readers& readers() { return readers_; }

 private:
  std::size_t open_streams() {
    const std::lock_guard lock(mutex_);
    return streams_.size();
  }

  Readers readers_;
  std::unique_ptr<http::Server> server_;
  std::mutex mutex_;
  std::vector<http::EventStream> streams_;
};

/// The other side: sockets and nothing else.
class Sockets {
 public:
  explicit Sockets(std::size_t count) {
    const os::Fd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* address = reinterpret_cast<sockaddr*>(&where);
    if (::bind(listening.get(), address, size) != 0 || ::listen(listening.get(), 1'024) != 0 ||
        ::getsockname(listening.get(), address, &size) != 0)
      give_up("nothing to listen on");
    for (std::size_t i = 0; i < count; ++i) {
      if (!readers_.connect(ntohs(where.sin_port), "")) give_up("no connection");
      sockets_.emplace_back(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const int one = 1;
      ::setsockopt(sockets_.back().get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
  }

  void send(const http::Bytes& frame) {
    for (const auto& socket : sockets_)
      if (::send(socket.get(), frame->data(), frame->size(), MSG_NOSIGNAL) < 0) give_up("a write failed");
  }
  Readers& readers() { return readers_; }

 private:
  Readers readers_;
  std::vector<os::Fd> sockets_;
};

template <class Side>
void measure(Side& side, const http::Bytes& frame, std::size_t count, std::size_t events, Samples& samples) {
  side.readers().reset();
  const auto begin = Clock::now();
  for (std::size_t i = 0; i < events; ++i) side.send(frame);
  side.readers().wait_for(count * events * frame->size());
  samples.add(Clock::now() - begin);
}

void fan_out(std::size_t count, std::size_t rounds, Table& table) {
  const auto frame = http::event("1-1234567", "broker.sent", std::string(300, 'x'));
  Streams streams(count);
  Sockets sockets(count);
  stay_on(Processor::first);
  for (const std::size_t events : {std::size_t(1), std::size_t(50)}) {
    Samples served, written;
    // In turns, so that what else the machine does meets both.
    for (std::size_t i = 0; i < rounds; ++i) {
      measure(streams, frame, count, events, served);
      measure(sockets, frame, count, events, written);
    }
    const auto ratio = served.at(0.5) / written.at(0.5);
    const auto who = std::to_string(count) + (count == 1 ? " reader" : " readers");
    table.add({.what = (events == 1 ? "event -> " : "50 events -> ") + who + ", p50",
               .unit = "us",
               .value = served.at(0.5),
               .beside = written.at(0.5),
               .beside_what = "write() to as many sockets",
               .goal = "<= 1.5 x",
               .met = ratio <= 1.5});
  }
}

}  // namespace
}  // namespace hive::bench

int main(int argc, char** argv) {
  bool json = false, few = false;
  for (int i = 1; i < argc; ++i) {
    json = json || std::strcmp(argv[i], "--json") == 0;
    few = few || std::strcmp(argv[i], "--short") == 0;
  }
  hive::bench::Table table;
  for (const std::size_t count : {1u, 50u, 1'000u})
    hive::bench::fan_out(count, few ? 5 : count < 1'000 ? 200 : 20, table);
  json ? table.print_json() : table.print_text();
  return 0;
}
