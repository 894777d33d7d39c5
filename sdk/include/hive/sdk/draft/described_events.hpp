#pragma once
#include <hive/sdk/abi.hpp>
#include <hive/sdk/method.hpp>

/// A draft: what is here may change with any version of the SDK. Tools that make types and pages from a built plugin
/// read it; a host does not, and takes a plugin without it. All [any-thread].
namespace hive::draft {

/// A descriptor that is told from a plain one by its `size`.
struct Descriptor {
  abi::Descriptor plain;
  /// Hands over a JSON object: {doc, payload} of each event by its topic, the payload's schema as hive::schema() makes
  /// it. Null: it publishes none.
  void (*describe_events)(abi::Sink sink) noexcept;
};

/// The draft parts of a descriptor; null when it was built without them.
inline const Descriptor* drafted(const abi::Descriptor& plain) {
  return plain.size < sizeof(Descriptor) ? nullptr : reinterpret_cast<const Descriptor*>(&plain);
}

}  // namespace hive::draft

namespace hive {
namespace detail {

struct DescribedEvent {
  std::string_view topic, doc;
  json::object payload;
};
void hand_over(std::initializer_list<DescribedEvent> events, abi::Sink sink);

template <class T>
DescribedEvent described(const Event<T>& event) {
  return {event.topic, event.doc, schema<T>()};
}
template <const auto&... Events>
void describe_events(abi::Sink sink) noexcept {
  hand_over({described(Events)...}, sink);
}

}  // namespace detail

/// What a plugin publishes. Make it with `published<…>`.
struct Publishes {
  const char* topics = "";  // `topic:audience`, separated by spaces
  void (*describe)(abi::Sink sink) noexcept = nullptr;
};
/// For PluginInfo's `publishes`: the events' own constants.
template <const auto&... Events>
inline constexpr Publishes published{topics_of<Events...>, &detail::describe_events<Events...>};

}  // namespace hive
