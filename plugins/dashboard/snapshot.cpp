#include "snapshot.hpp"

#include <hive/json_text/json_text.hpp>

#include <boost/json.hpp>

#include <optional>

namespace hive::dashboard {
namespace {

/// The list `member` of the object `text`, as it stands there.
Result<std::string> list_in(const Source& source, std::string_view text) {
  std::string_view found;
  json_text::for_members(text, [&](std::string_view name, std::string_view value) {
    if (name == source.from.member) found = value;
  });
  if (!found.starts_with('['))
    return error(Code::internal, source.from.method + ": its answer has no list `" + source.from.member + "`");
  return std::string(found);
}

}  // namespace

std::vector<Source> sources_of(const host_api::Plugin& plugin, const std::function<void(std::string)>& told) {
  std::vector<Source> out;
  for (const std::string_view word : plugin.snapshot) {
    auto from = parse_snapshot(word);
    if (!from || is_reserved_snapshot_key(from->key)) {
      told(plugin.id + ": its snapshot `" + std::string(word) + "` " +
           (from ? "names a part of the state that is the page's own" : "is not a source like key=role.verb/member") +
           "; correct the plugin's manifest");
      continue;
    }
    auto& source = out.emplace_back(Source{.plugin = plugin.id, .from = std::move(*from), .why_not = {}});
    if (plugin.state != host_api::PluginState::running)
      source.why_not = plugin.reason.value_or(plugin.id + " is " + std::string(name_of(plugin.state)));
  }
  return out;
}

Task<> Snapshot::fetch(std::shared_ptr<Gathering> gathering, std::size_t at) {
  const auto& source = gathering->sources[at];
  auto& part = gathering->parts[at];
  if (!source.why_not.empty()) {
    part = error(Code::unavailable, source.why_not);
  } else {
    auto answer = co_await host_.call_text(source.from.method, source.from.params, kOperator);
    part = answer ? list_in(source, *answer) : Result<std::string>(answer.error());
  }
  if (--gathering->open == 0) gathering->done.notify_all();
}

Task<std::string> Snapshot::take() {
  const None none;
  auto plugins = co_await host_.call(host_api::kPlugins, none);
  const auto gathering = std::make_shared<Gathering>();
  std::vector<host_api::Plugin> shown;
  if (!plugins) {
    gathering->sources.push_back({.plugin = "host",
                                  .from = {.key = "plugins", .method = {}, .params = {}, .member = {}},
                                  .why_not = plugins.error().message});
  } else {
    for (const auto& plugin : plugins->plugins) {
      if (plugin.state == host_api::PluginState::disabled) continue;
      for (auto& source : sources_of(plugin, [this](const std::string& words) { note(words, words); }))
        gathering->sources.push_back(std::move(source));
      if (plugin.state == host_api::PluginState::running && plugin.panel) shown.push_back(plugin);
    }
  }
  gathering->parts.resize(gathering->sources.size());
  gathering->open = gathering->sources.size();
  for (std::size_t at = 0; at < gathering->sources.size(); ++at) host_.spawn(fetch(gathering, at));
  auto panels_ready = panels_of(std::move(shown));
  const auto panels = co_await std::move(panels_ready);
  if (gathering->open > 0) {
    // Cancelled or over: what is not there is said to be missing.
    [[maybe_unused]] auto waited = co_await gathering->done.wait(host_, kPatience);
  }
  co_return composed(*gathering, panels);
}

/// Those of `plugins` whose panel can be served.
Task<json::array> Snapshot::panels_of(std::vector<host_api::Plugin> plugins) {
  auto work = [this, &plugins] {
    std::vector<Status> out;
    for (const auto& plugin : plugins) out.push_back(offer_panel_(plugin));
    return out;
  };
  json::array out;
  if (plugins.empty()) co_return out;
  const auto offered = co_await host_.blocking(work);
  for (std::size_t at = 0; offered && at < plugins.size(); ++at) {
    const auto& [id, panel] = std::tie(plugins[at].id, *plugins[at].panel);
    if (const auto& done = (*offered)[at]; !done) {
      note("the panel of " + id, done.error().message);
      continue;
    }
    failing_.erase("the panel of " + id);
    out.push_back({{"plugin", id}, {"module", panel}});
  }
  co_return out;
}

std::string Snapshot::note(const std::string& key, const std::string& why) {
  if (auto& last = failing_[key]; last != why) host_.warn("the page's state lacks " + key + ": " + (last = why));
  return why;
}

std::string Snapshot::composed(const Gathering& gathering, const json::array& panels) {
  std::string out;
  json::array errors;
  for (std::size_t at = 0; at < gathering.sources.size(); ++at) {
    const auto& [key, method, params, member] = gathering.sources[at].from;
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
