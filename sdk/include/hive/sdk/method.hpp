#pragma once
#include <hive/sdk/codec.hpp>
#include <hive/sdk/route.hpp>

#include <array>
#include <chrono>
#include <initializer_list>

namespace hive {

/// What a tool does to what there is.
enum class Effect {
  reads,     // lets the CLI run several at once, and the harness repeat a call
  adds,      // takes nothing from anybody
  destroys,  // ends or replaces something
};

/// How a method is offered to Claude, as `mcp__hyperhive__<name>`. No name: it is no tool.
struct Tool {
  std::string_view name{}, description{};       // the key fact first: clients cut at 2,048 characters
  std::string_view answer{};                    // result text; `{member}` is replaced. Empty: the result as JSON
  std::string_view lines{};                     // of each element of the list in the result, see below
  Who offered_to = Who::manager | Who::agents;  // of those who may call
  Effect effect = Effect::adds;
  bool idempotent = false;  // a second call with the same params changes nothing more
  bool open_world = false;  // it reaches what is outside of the hive
  // In `lines` `{member}` is replaced, dots lead inwards; of what stands in `[…]` nothing is said unless each member
  // in it is there and not false; `{member?}` asks for that alone.
};

/// How a method is offered on the command line beside `hive-c0re <role> <verb>`.
struct Cli {
  std::string_view alias{};       // one word: `hive-c0re <alias>`
  std::string_view positional{};  // members that are taken by place, separated by spaces
  std::string_view awaits{};      // topic whose event with the same `name` ends the action
  std::string_view columns{};     // of the list in the answer: `TITLE=member` with spaces between; dots lead inwards
  std::string_view text{};        // member that is printed alone; `next` beside it is the `offset` to ask the rest with
};

/// A name, its types and its rules. Declared once, in a contract header, as an inline constant.
template <class Params, class Reply>
struct Method {
  std::string_view name;  // role.verb
  Who callers;
  std::string_view doc;  // one sentence
  Tool tool{};
  Cli cli{};
  Routes http{};
  std::chrono::milliseconds deadline{30'000};
};

/// A fact that a role publishes, with T as its payload. Declared once, in a contract header, as an inline constant.
template <class T>
struct Event {
  std::string_view topic;  // role.fact
  Who audience;
  std::string_view doc;
};

/// What `methods.list` says of a method beside name and callers: doc, deadline_ms, params, result
/// (JSON Schemas), and where offered tool {name, description, answer, lines, read_only, effect, idempotent, open_world,
/// to, params}, cli {alias, positional, awaits, columns, text}, http [{verb, path, with, joins}] and from_pages.
struct Offer {
  std::string_view doc;
  const Tool& tool;
  const Cli& cli;
  const Routes& http;
};
/// That JSON, from its parts; about() makes them.
std::string about_text(const Offer& offer, json::object params, json::object tool_params, json::object result);
/// What a plugin's settings allow a text of a tool's params, where that is less than its contract does.
struct MostBytes {
  std::string_view member;
  std::size_t bytes = 0;
};
/// The schema of a tool's params: without hidden members, and with the limits of `narrower` where they are less.
json::object tool_params(const Fields& fields, std::initializer_list<MostBytes> narrower);
/// What a method says of itself when it is offered, see Offer; Host::answer passes it on.
template <class P, class R>
std::string about(const Method<P, R>& method, std::initializer_list<MostBytes> narrower = {}) {
  return about_text({method.doc, method.tool, method.cli, method.http}, schema<P>(),
                    tool_params(fields_of<P>(), narrower), schema<R>());
}
/// `about` as it concerns `who`: without the members of its params that this caller may not give, and without marks.
void own_view(json::object& about, Who who);

namespace detail {

/// Joins names at compile time; the text lives as long as the program.
template <const auto&... Items>
struct Joined {
  static constexpr std::size_t size() {
    std::size_t n = 1;
    ((n += name(Items).size() + 1), ...);
    return n;
  }
  template <class P, class R>
  static constexpr std::string_view name(const Method<P, R>& m) {
    return m.name;
  }
  template <class T>
  static constexpr std::string_view name(const Event<T>& e) {
    return e.topic;
  }
  static constexpr auto make() {
    std::array<char, size()> out{};
    [[maybe_unused]] std::size_t at = 0;
    ((append(out, at, name(Items))), ...);
    return out;
  }
  static constexpr void append(auto& out, std::size_t& at, std::string_view text) {
    if (at != 0) out[at++] = ' ';
    for (char c : text) out[at++] = c;
  }
  static constexpr auto value = make();
};

/// `topic:audience` for each event, the audience in decimal.
template <const auto&... Events>
struct Published {
  static constexpr auto make() {
    std::array<char, ((Events.topic.size() + 4) + ... + 1)> out{};
    [[maybe_unused]] std::size_t at = 0;
    ((add(out, at, Events.topic, std::uint32_t(Events.audience))), ...);
    return out;
  }
  static constexpr void add(auto& out, std::size_t& at, std::string_view topic, std::uint32_t audience) {
    if (at != 0) out[at++] = ' ';
    for (char c : topic) out[at++] = c;
    out[at++] = ':';
    if (audience >= 10) out[at++] = char('0' + audience / 10);
    out[at++] = char('0' + audience % 10);
  }
  static constexpr auto value = make();
};

}  // namespace detail

/// For PluginInfo's `calls` and `listens`.
template <const auto&... Items>
inline constexpr const char* names_of = detail::Joined<Items...>::value.data();
/// For PluginInfo's `publishes`.
template <const auto&... Events>
inline constexpr const char* topics_of = detail::Published<Events...>::value.data();

}  // namespace hive
