#include "core.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "connection.hpp"
#include "text.hpp"

namespace hive::http {
namespace {

// A client that vanished without a word (its machine lost power) is gone after two minutes.
void watch_for_silence(int socket) {
  const auto set = [&](int level, int name, int value) { ::setsockopt(socket, level, name, &value, sizeof value); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set(IPPROTO_TCP, TCP_KEEPCNT, 4);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 120'000);
}

/// The name in a Host header, without its port.
std::string_view name_in(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') == std::string_view::npos ? 0 : host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

std::vector<std::string> hosts_of(const ServerOptions& options) {
  std::vector<std::string> hosts{"127.0.0.1", "[::1]", "localhost"};
  const bool six = options.address.find(':') != std::string::npos;
  hosts.push_back(lower(six ? '[' + options.address + ']' : options.address));
  for (const auto& host : options.hosts) hosts.push_back(lower(host));
  return hosts;
}

}  // namespace

Core::Core(ServerOptions options, Routes routes)
    : options_(std::move(options)),
      hosts_(hosts_of(options_)),
      heartbeat_(bytes(":\n\n")),
      routes_(std::make_shared<const Routes>(std::move(routes))) {}

void Core::start() {
  loop_.start(limits().tick, [this] { tick(); });
}

// --- connections ----------------------------------------------------------------------------------

std::shared_ptr<Connection> Core::admit(os::Fd socket, std::string peer) {
  const auto has_room = [this] {
    const std::lock_guard lock(mutex_);
    return connections_.size() < limits().connections;
  };
  if (stopping_ || (!has_room() && !make_room())) {
    ++cut_;
    log(abi::Level::debug, "the client " + peer + " was turned away: there is no room for another connection");
    const auto answer = problem(Code::unavailable, "there are too many connections; close some or try again later");
    const auto text = head_text(answer, options_.headers, {.keep_alive = false}) + answer.body;
    ::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return nullptr;
  }
  watch_for_silence(socket.get());
  auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket), std::move(peer));
  const std::lock_guard lock(mutex_);
  connections_.emplace(connection.get(), connection);
  return connection;
}

bool Core::make_room() const {
  const auto open = all();
  std::vector<std::pair<Connection::Clock::time_point, Connection*>> waiting;
  for (const auto& connection : open)
    if (const auto since = connection->waiting_since()) waiting.emplace_back(*since, connection.get());
  std::sort(waiting.begin(), waiting.end());
  return std::any_of(waiting.begin(), waiting.end(), [](const auto& one) { return one.second->close_waiting(); });
}

void Core::forget(const Client& client) {
  const std::lock_guard lock(mutex_);
  connections_.erase(&client);
}

std::vector<std::shared_ptr<Connection>> Core::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Connection>> open;
  open.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) open.push_back(connection);
  return open;
}

void Core::tick() {
  const auto now = Connection::Clock::now();
  for (const auto& connection : all()) connection->tick(now);
}

// --- requests -------------------------------------------------------------------------------------

void Core::mount(Routes routes) {
  auto mounted = std::make_shared<const Routes>(std::move(routes));
  const std::lock_guard lock(mutex_);
  routes_.swap(mounted);
}

void Core::serve(Head head, Reply reply) {
  ++requests_;
  const auto what = std::string(name_of(head.request.verb)) + ' ' + head.request.path;
  try {
    route(head, reply);
    return;
  } catch (const std::exception& thrown) {
    log(abi::Level::error, "the handler of " + what + " threw: " + thrown.what() + "; the client got a 500");
  } catch (...) {
    log(abi::Level::error,
        "the handler of " + what + " threw something that is not an exception; the client got a 500");
  }
  reply.send(empty(500));
}

void Core::route(Head& head, Reply& reply) {
  auto& request = head.request;
  if (!knows_host(request.header("host").value_or(""))) {
    ++refused_;
    return reply.send(
        problem(421, "this server is not known by the name in Host; open it by an address that it knows"));
  }
  if (stopping_) return reply.send(problem(Code::unavailable, "the server is stopping; try again later"));
  if (options_.check)
    if (auto answer = options_.check(request)) return reply.send(std::move(*answer));
  const auto routes = [this] {
    const std::lock_guard lock(mutex_);
    return routes_;
  }();
  auto match = routes->match(request.verb, request.path);
  if (match.allow.empty())
    return reply.send(options_.not_found ? options_.not_found(request)
                                         : problem(Code::not_found, "there is nothing at this address"));
  if (head.options || match.handler == nullptr) {
    auto answer = head.options ? empty(204) : problem(405, "this address does not answer the method; see Allow");
    answer.headers.push_back({"Allow", std::move(match.allow)});
    return reply.send(std::move(answer));
  }
  request.parameters = std::move(match.parameters);
  (*match.handler)(std::move(request), std::move(reply));
}

bool Core::knows_host(std::string_view host) const {
  const auto name = lower(name_in(host));
  return std::find(hosts_.begin(), hosts_.end(), name) != hosts_.end();
}

// --- writing --------------------------------------------------------------------------------------

void Core::schedule(std::shared_ptr<Client> client) {
  const std::lock_guard lock(scheduled_mutex_);
  scheduled_.push_back(std::move(client));
  if (scheduled_.size() == 1) loop_.post([this] { write_scheduled(); });
}

void Core::write_scheduled() {
  std::vector<std::shared_ptr<Client>> ready;
  {
    const std::lock_guard lock(scheduled_mutex_);
    ready.swap(scheduled_);
  }
  for (const auto& client : ready) client->write_scheduled();
}

bool Core::take_stream() {
  if (++streams_ <= limits().streams) return true;
  --streams_;
  return false;
}

bool Core::hold(std::size_t bytes) {
  return (unsent_ += bytes) <= limits().unsent_bytes;
}

// --- ending ---------------------------------------------------------------------------------------

void Core::begin_stop() {
  stopping_ = true;
  for (const auto& connection : all()) connection->wind_up();
}

bool Core::is_busy() const {
  const auto open = all();
  return std::any_of(open.begin(), open.end(), [](const auto& connection) { return connection->is_busy(); });
}

void Core::close_all() {
  for (const auto& connection : all()) connection->close();
}

void Core::end() {
  close_all();
  loop_.stop();
  const std::lock_guard lock(scheduled_mutex_);
  scheduled_.clear();
}

void Core::log(abi::Level level, const std::string& words) const {
  if (options_.log) options_.log(level, "http: " + words);
}

Figures Core::figures() const {
  const std::lock_guard lock(mutex_);
  return {.connections = connections_.size(),
          .streams = streams_,
          .unsent_bytes = unsent_,
          .requests = requests_,
          .refused = refused_,
          .cut = cut_};
}

}  // namespace hive::http
