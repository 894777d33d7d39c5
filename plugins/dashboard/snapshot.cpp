#include "snapshot.hpp"

#include <hive/json_text/json_text.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace hive::dashboard {
namespace {

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '.'; });
}

/// `box=in&limit=200` as the object that it means: a word is a text, digits are a number.
std::optional<std::string> params_in(std::string_view text) {
  json::object out;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    std::int64_t number = 0;
    const auto [end, wrong] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool is_number = wrong == std::errc() && end == value.data() + value.size();
    if (!is_word(pair.substr(0, equals)) || (!is_number && !is_word(value))) return {};
    out[pair.substr(0, equals)] = is_number ? json::value(number) : json::value(value);
  }
  return write_json(out);
}

/// `key=method?params/member`; nothing when it is none.
std::optional<Source> source_in(std::string_view word) {
  const auto equals = std::min(word.find('='), word.size());
  const auto slash = std::min(word.find('/', equals), word.size());
  const auto asked = word.substr(std::min(equals + 1, slash), slash - std::min(equals + 1, slash));
  const auto method = asked.substr(0, asked.find('?'));
  const auto params = params_in(asked.substr(std::min(method.size() + 1, asked.size())));
  const auto key = word.substr(0, equals);
  const auto member = word.substr(std::min(slash + 1, word.size()));
  if (!is_word(key) || !is_word(method) || !params || !is_word(member)) return {};
  return Source{.plugin = {},
                .key = std::string(key),
                .method = std::string(method),
                .params = *params,
                .member = std::string(member),
                .why_not = {}};
}

/// The list `member` of the object `text`, as it stands there.
Result<std::string> list_in(const Source& source, std::string_view text) {
  std::string_view found;
  json_text::for_members(text, [&](std::string_view name, std::string_view value) {
    if (name == source.member) found = value;
  });
  if (!found.starts_with('['))
    return error(Code::internal, source.method + ": its answer has no list `" + source.member + "`");
  return std::string(found);
}

}  // namespace

std::vector<Source> sources_of(const host_api::Plugin& plugin, const std::function<void(std::string)>& told) {
  std::vector<Source> out;
  for (const std::string_view word : plugin.snapshot) {
    auto source = source_in(word);
    if (!source) {
      told(plugin.id + ": its snapshot `" + std::string(word) + "` is not key=method/member; build the plugin again");
      continue;
    }
    source->plugin = plugin.id;
    out.push_back(std::move(*source));
    if (plugin.state != host_api::PluginState::running)
      out.back().why_not = plugin.reason.value_or(plugin.id + " is " + std::string(name_of(plugin.state)));
  }
  return out;
}

Task<> Snapshot::fetch(std::shared_ptr<Gathering> gathering, std::size_t at) {
  const auto& source = gathering->sources[at];
  auto& part = gathering->parts[at];
  if (!source.why_not.empty()) {
    part = error(Code::unavailable, source.why_not);
  } else {
    auto answer = co_await host_.call_text(source.method, source.params, kOperator);
    part = answer ? list_in(source, *answer) : Result<std::string>(answer.error());
  }
  if (--gathering->open == 0) gathering->done.notify_all();
}

Task<std::string> Snapshot::take() {
  const None none;
  auto plugins = co_await host_.call(host_api::kPlugins, none);
  const auto gathering = std::make_shared<Gathering>();
  json::array panels;
  if (!plugins) {
    gathering->sources.push_back({"host", "plugins", {}, {}, {}, plugins.error().message});
  } else {
    for (const auto& plugin : plugins->plugins) {
      if (plugin.state == host_api::PluginState::disabled) continue;
      for (auto& source : sources_of(plugin, [this](const std::string& words) { note(words, words); }))
        gathering->sources.push_back(std::move(source));
      const bool runs = plugin.state == host_api::PluginState::running;
      if (runs && plugin.panel && has_module_(*plugin.panel))
        panels.push_back({{"plugin", plugin.id}, {"module", *plugin.panel}});
    }
  }
  gathering->parts.resize(gathering->sources.size());
  gathering->open = gathering->sources.size();
  for (std::size_t at = 0; at < gathering->sources.size(); ++at) host_.spawn(fetch(gathering, at));
  if (gathering->open > 0) {
    // Cancelled or over: what is not there is said to be missing.
    [[maybe_unused]] auto waited = co_await gathering->done.wait(host_, kPatience);
  }
  co_return composed(*gathering, panels);
}

std::string Snapshot::note(const std::string& key, const std::string& why) {
  if (auto& last = failing_[key]; last != why) host_.warn("the page's state lacks " + key + ": " + (last = why));
  return why;
}

std::string Snapshot::composed(const Gathering& gathering, const json::array& panels) {
  std::string out;
  json::array errors;
  for (std::size_t at = 0; at < gathering.sources.size(); ++at) {
    const auto& [plugin, key, method, params, member, why_not] = gathering.sources[at];
    const auto& part = gathering.parts[at];
    out += json_text::quote(key) + ":";
    if (part && *part) {
      failing_.erase(key);
      out += **part;
    } else {
      const auto why = note(key, part ? part->error().message : method + ": gave no answer within 5 s");
      errors.push_back({{"source", key}, {"detail", why}});
      out += "[]";
    }
    out += ",";
  }
  return out + R"("panels":)" + write_json(panels) + R"(,"source_errors":)" + write_json(errors);
}

}  // namespace hive::dashboard
