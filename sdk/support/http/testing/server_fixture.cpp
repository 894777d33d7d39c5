#include "server_fixture.hpp"

namespace hive::http {

Routes ServerTest::routes() {
  const auto echo = [](Request request, Reply reply) {
    reply.send(
        plain_text(std::string(name_of(request.verb)) + ' ' + request.path + '?' + request.query + ' ' + request.body));
  };
  Routes routes;
  routes.on(Verb::get, "/echo/{path*}", echo).on(Verb::post, "/echo/{path*}", echo);
  routes.on(Verb::get, "/large/{bytes}", [](Request request, Reply reply) {
    reply.send(plain_text(std::string(std::stoul(std::string(request.parameter("bytes"))), 'x')));
  });
  routes.on(Verb::get, "/throw", [](Request, Reply) { throw std::runtime_error("a secret"); });
  routes.on(Verb::get, "/throw-int", [](Request, Reply) { throw 42; });
  routes.on(Verb::get, "/answer-and-throw", [](Request, Reply reply) {
    reply.send(plain_text("answered"));
    throw std::runtime_error("afterwards");
  });
  routes.on(Verb::get, "/drop", [](Request, Reply) {});
  routes.on(Verb::get, "/broken", [](Request, Reply reply) { reply.send({.headers = {{"X", "a\r\nSet-Cookie: b"}}}); });
  routes.on(Verb::get, "/elsewhere", [this](Request, Reply reply) {
    const std::lock_guard lock(mutex_);
    threads_.emplace_back(
        [reply = std::make_shared<Reply>(std::move(reply))] { reply->send(plain_text("from elsewhere")); });
  });
  routes.on(Verb::get, "/later", [this](Request, Reply reply) {
    const std::lock_guard lock(mutex_);
    late_.push_back(std::make_unique<Reply>(std::move(reply)));
    changed_.notify_all();
  });
  routes.on(Verb::get, "/events", [this](Request, Reply reply) {
    auto events = std::make_unique<EventStream>(reply.stream());
    if (!events->is_open()) return;
    events->on_gone([this] {
      const std::lock_guard lock(mutex_);
      ++gone_;
      changed_.notify_all();
    });
    const std::lock_guard lock(mutex_);
    streams_.push_back(std::move(events));
    changed_.notify_all();
  });
  return routes;
}

void ServerTest::open(ServerOptions options) {
  options.limits.tick = std::chrono::milliseconds(5);
  options.log = [this](abi::Level level, std::string_view words) {
    const std::lock_guard lock(mutex_);
    (log_ += level == abi::Level::error ? "error " : level == abi::Level::debug ? "debug " : "other ") += words;
    log_ += '\n';
    changed_.notify_all();
  };
  auto opened = Server::open(std::move(options), routes());
  ASSERT_TRUE(opened) << opened.error().message;
  server_ = std::move(*opened);
}

EventStream& ServerTest::stream(std::size_t n) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(20), [&] { return streams_.size() > n; });
  return *streams_.at(n);
}

Reply& ServerTest::late(std::size_t n) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(20), [&] { return late_.size() > n; });
  return *late_.at(n);
}

std::string ServerTest::logged() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

}  // namespace hive::http
