#include "host_methods.hpp"

#include "app.hpp"
#include "words.hpp"

namespace hive::host {

std::optional<host_api::MethodAbout> listed(const MethodTable::Row& row, Who who) {
  auto said = parse_json(row.about.empty() ? "{}" : row.about);
  if (!said || !said->is_object()) return std::nullopt;
  if (who != host_api::kEverybody) own_view(said->get_object(), who);
  auto about = decode_value<host_api::About>(*said, Unknown::ignore);
  if (!about) return std::nullopt;
  host_api::MethodAbout out{row.name, names_of_callers(Who(row.callers)), row.deadline_ms, std::move(*about)};
  if (row.is_away) out.away = true;
  return out;
}

Manifest HostMethods::manifest() {
  Manifest out;
  out.id = "host";
  out.version = HIVE_VERSION;
  out.provides = {"host", "methods", "events"};
  out.publishes[std::string(host_api::kStopping.topic)] = std::uint32_t(host_api::kStopping.audience);
  out.publishes[std::string(host_api::kAddressesChanged.topic)] = std::uint32_t(host_api::kAddressesChanged.audience);
  return out;
}

void HostMethods::start() noexcept {
  try {
    answer_lists();
    answer_verbs();
    answer_sockets();
    raw_.started(Code::ok, "");
  } catch (const std::exception& thrown) {
    raw_.started(Code::internal, thrown.what());
  }
}

Result<host_api::Methods> HostMethods::methods_for(Who who, MethodTable::Listed which) const {
  host_api::Methods out;
  for (const auto& row : app_.methods().rows(who, which))
    if (auto method = listed(row, who)) out.methods.push_back(std::move(*method));
  return out;
}

void HostMethods::answer_lists() {
  host_.answer(host_api::kInfo, [this](Caller, None) -> Result<host_api::Info> { return app_.info(); });
  host_.answer(host_api::kPlugins,
               [this](Caller, None) -> Result<host_api::Plugins> { return host_api::Plugins{app_.plugins().list()}; });
  using Listed = MethodTable::Listed;
  host_.answer(host_api::kMethodsList, [this](Caller who, host_api::ListMethods what) {
    return methods_for(who.who(), what.away ? Listed::away_too : Listed::answered);
  });
  host_.answer(host_api::kMethods,
               [this](Caller, None) { return methods_for(host_api::kEverybody, Listed::answered); });
  host_.answer(host_api::kHealth, [this](Caller, None) -> Result<host_api::Health> { return app_.health(); });
  host_.answer(host_api::kEvents, [this](Caller, None) -> Result<host_api::Topics> {
    host_api::Topics out;
    for (auto& topic : app_.hub().topics())
      out.topics.push_back({std::move(topic.name), std::move(topic.plugin), names_of_callers(Who(topic.audience))});
    return out;
  });
}

void HostMethods::answer_verbs() {
  host_.answer(host_api::kLogLevel, [this](Caller, host_api::LogLevel wanted) { return set_level(wanted); });
  host_.answer(host_api::kReload, [this](Caller, host_api::PluginRef which) { return reload(std::move(which)); });
  host_.answer(host_api::kShutdown, [this](Caller, host_api::Shutdown how) { return shutdown(how); });
}

void HostMethods::answer_sockets() {
  host_.answer(host_api::kOpenSocket, [this](Caller, host_api::OpenSocket wanted) -> Result<None> {
    if (auto opened = app_.agent_sockets().open(wanted); !opened) return opened.error();
    return None{};
  });
  host_.answer(host_api::kCloseSocket, [this](Caller, host_api::AgentRef which) -> Result<None> {
    if (auto closed = app_.agent_sockets().close(which.name); !closed) return closed.error();
    return None{};
  });
}

Result<None> HostMethods::set_level(const host_api::LogLevel& wanted) {
  if (auto set = app_.set_level(wanted); !set) return set.error();
  return None{};
}

Task<Result<host_api::Plugin>> HostMethods::reload(host_api::PluginRef which) {
  auto work = [this, &which] { return app_.reload(which.plugin); };
  auto done = co_await host_.parallel(work);
  if (!done) co_return done.error();
  co_return std::move(*done);
}

Task<Result<None>> HostMethods::shutdown(host_api::Shutdown how) {
  const host_api::Stopping stopping{how.agents};
  auto work = [this, &stopping] {
    app_.prepare_stop(stopping);
    return true;
  };
  auto done = co_await host_.parallel(work);
  if (!done) co_return done.error();
  host_.post([this] { app_.request_stop(); });  // after the answer, which is sent in this turn
  co_return None{};
}

}  // namespace hive::host
