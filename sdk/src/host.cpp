#include <hive/sdk/plugin.hpp>

#include <boost/json.hpp>

namespace hive {
namespace detail {

void add_defaults(json::object& schema, const json::value& defaults) {
  auto& properties = schema["properties"].as_object();
  for (const auto& member : defaults.as_object()) {
    auto& described = properties[member.key()].as_object();
    if (member.value().is_object() && described.contains("properties"))
      add_defaults(described, member.value());
    else if (!described.contains("writeOnly"))
      described["default"] = member.value();
  }
}

void hand_over(std::initializer_list<DescribedEvent> events, abi::Sink sink) {
  json::object out;
  for (const auto& event : events) out[event.topic] = {{"doc", event.doc}, {"payload", event.payload}};
  const auto text = write_json(out);
  sink.take(sink.context, text);
}

}  // namespace detail

detail::Detached Host::run(Host& host, Task<> task, std::shared_ptr<detail::Registered> keep) {
  auto handler = std::move(keep);
  Running running(host, host.next_own_++, co_await detail::ThisScope{});
  auto frame = std::move(task);
  try {
    co_await std::move(frame);
  } catch (const std::exception& thrown) {
    host.raw_.log(abi::Level::error, thrown.what());
  }
}

void Host::stop() {
  life_ = Life::stopping;
  for (auto& [answer, method] : answers_) raw_.retract(method);
  for (auto& [listener, topic] : listeners_) raw_.unsubscribe(listener);
  for (auto& [id, scope] : running_) scope->cancel();
  finish_when_idle();
}

void Host::finish_when_idle() {
  if (life_ != Life::stopping || !running_.empty() || !answers_.empty() || !listeners_.empty()) return;
  life_ = Life::stopped;  // said once
  raw_.stopped();
}

}  // namespace hive
