#include <hive/http/server.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "core.hpp"
#include "listener.hpp"
#include "wire.hpp"

namespace hive::http {
namespace {

constexpr std::size_t kOtherFiles = 1'024;  // that the rest of the process may have open
constexpr std::size_t kFilesEach = 2;       // Pistache's descriptor of a client, and the server's own

/// Makes room for `wanted` connections; how many there is room for.
std::size_t make_room_for(std::size_t wanted) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  const rlim_t needed = wanted * kFilesEach + kOtherFiles;
  if (files.rlim_cur < needed) {
    files.rlim_cur = std::min(files.rlim_max, needed);
    ::setrlimit(RLIMIT_NOFILE, &files);
    ::getrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur >= needed) return wanted;
  // Half of what there is where even the rest of the process is short.
  const rlim_t mine =
      std::max<rlim_t>(files.rlim_cur / 2, files.rlim_cur - std::min<rlim_t>(files.rlim_cur, kOtherFiles));
  return std::clamp<std::size_t>(mine / kFilesEach, 1, wanted);
}

Status check_options(const ServerOptions& options, const Routes& routes) {
  if (auto routed = routes.check(); !routed) return error(routed.error().code, "http: " + routed.error().message);
  if (auto fits = check({.headers = options.headers}); !fits)
    return error(fits.error().code, "http: " + fits.error().message);
  const auto& limits = options.limits;
  if (limits.connections == 0 || limits.head_bytes == 0 || limits.tick.count() <= 0)
    return error(Code::invalid_params, "http: a limit on connections, head or tick is 0; nothing could be served");
  return {};
}

}  // namespace

struct Server::Parts {
  std::shared_ptr<Core> core;
  std::unique_ptr<Listener> listener;
  bool stopped = false;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  stop(std::chrono::seconds(1));
}

Result<std::unique_ptr<Server>> Server::open(ServerOptions options, Routes routes) {
  if (auto fits = check_options(options, routes); !fits) return fits.error();
  const auto wanted = options.limits.connections;
  options.limits.connections = make_room_for(wanted);
  auto core = std::make_shared<Core>(std::move(options), std::move(routes));
  if (core->limits().connections < wanted)
    core->log(abi::Level::warning, "the hard limit on open files leaves room for " +
                                       std::to_string(core->limits().connections) + " connections, not " +
                                       std::to_string(wanted) + "; raise it (LimitNOFILE, ulimit -Hn)");
  core->start();
  auto listener = Listener::open(core);
  if (!listener) {
    core->end();
    return listener.error();
  }
  auto parts = std::make_unique<Parts>();
  parts->core = std::move(core);
  parts->listener = std::move(*listener);
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

void Server::mount(Routes routes) {
  parts_->core->mount(std::move(routes));
}

std::uint16_t Server::port() const {
  return parts_->listener->port();
}

Figures Server::figures() const {
  return parts_->core->figures();
}

void Server::stop(std::chrono::milliseconds grace) {
  if (std::exchange(parts_->stopped, true)) return;
  parts_->core->begin_stop();
  const auto deadline = std::chrono::steady_clock::now() + grace;
  while (parts_->core->is_busy() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  // Closed before Pistache is stopped, so that it sees them go; again, for what came in between.
  parts_->core->close_all();
  parts_->listener->stop();
  parts_->core->end();
  parts_->listener->close_unseen();
}

}  // namespace hive::http
