#include "snapshot.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/sdk/contracts/unreadable.hpp>

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

/// Rows that the answer `text` lacks.
LeftOut left_out_in(std::string_view text) {
  json::object answer;
  json_text::for_members(text, [&](std::string_view name, std::string_view value) {
    if (name != "unreadable") return;
    if (auto rows = parse_json(value)) answer[name] = std::move(*rows);
  });
  return left_out_of(answer);
}

/// What the answer `text` has of that agent; nothing when the list has no row of it. Errors: internal (it is one that
/// cannot be read, or there is no list).
Result<std::optional<json::value>> row_in(const Source& source, std::string_view text, std::string_view agent) {
  const auto list = list_in(source, text);
  const auto rows = list ? parse_json(*list) : Result<json::value>(list.error());
  if (!rows) return rows.error();
  for (const auto& row : rows->get_array()) {
    const auto* const own = row.if_object();
    const auto* const name = own != nullptr ? own->if_contains("name") : nullptr;
    if (name == nullptr || *name != json::value(agent)) continue;
    if (source.from.part.empty()) return std::optional(row);
    if (const auto* const part = own->if_contains(source.from.part)) return std::optional(*part);
  }
  if (const auto left_out = left_out_in(text))
    for (const auto& [id, why] : *left_out)
      if (id == agent)
        return error(Code::internal, source.from.method + ": the row of " + id + " cannot be read (" + why + ")");
  return std::optional<json::value>();
}

}  // namespace

std::vector<Source> sources_of(const host_api::Plugin& plugin, const std::function<void(std::string)>& told) {
  std::vector<Source> out;
  for (const std::string_view word : plugin.snapshot) {
    auto from = parse_snapshot(word);
    if (!from || is_reserved(*from)) {
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

Result<std::string> Snapshot::Gathering::part(std::size_t at) const {
  if (parts[at]) return *parts[at];
  return error(Code::timeout, sources[at].from.method + ": gave no answer within 5 s");
}

Task<> Snapshot::fetch(GatheringPtr gathering, std::size_t at) {
  const auto& source = gathering->sources[at];
  auto& part = gathering->parts[at];
  if (!source.why_not.empty())
    part = error(Code::unavailable, source.why_not);
  else
    part = co_await host_.call_text(source.from.method, source.from.params, kOperator);
  if (--gathering->open == 0) gathering->done.notify_all();
}

void Snapshot::add(Gathering& gathering, const host_api::Plugin& plugin, SnapshotSource::Of of) {
  if (plugin.state == host_api::PluginState::disabled) return;
  for (auto& source : sources_of(plugin, [this](const std::string& words) { note(words, words); }))
    if (source.from.of == of) gathering.sources.push_back(std::move(source));
  if (plugin.state == host_api::PluginState::running && plugin.panel) gathering.shown.push_back(plugin);
}

Task<Snapshot::GatheringPtr> Snapshot::begin(SnapshotSource::Of of) {
  const None none;
  auto plugins = co_await host_.call(host_api::kPlugins, none);
  auto gathering = std::make_shared<Gathering>();
  if (!plugins) {
    gathering->sources.push_back({.plugin = "host",
                                  .from = {.key = "plugins", .method = {}, .params = {}, .member = {}},
                                  .why_not = plugins.error().message});
  } else {
    for (const auto& plugin : plugins->plugins) add(*gathering, plugin, of);
  }
  gathering->parts.resize(gathering->sources.size());
  gathering->open = gathering->sources.size();
  for (std::size_t at = 0; at < gathering->sources.size(); ++at) host_.spawn(fetch(gathering, at));
  co_return gathering;
}

Task<> Snapshot::await_answers(GatheringPtr gathering) {
  if (gathering->open == 0) co_return;
  // Cancelled or over: what is not there is said to be missing.
  [[maybe_unused]] auto waited = co_await gathering->done.wait(host_, kPatience);
}

Task<std::string> Snapshot::take() {
  auto beginning = begin(SnapshotSource::Of::all);
  const auto gathered = co_await std::move(beginning);
  auto offering = panels_of(gathered->shown);  // while the sources answer
  const auto panels = co_await std::move(offering);
  auto answers = await_answers(gathered);
  co_await std::move(answers);
  co_return composed(*gathered, panels);
}

Task<Result<Snapshot::OfAgent>> Snapshot::take_of(std::string agent) {
  auto beginning = begin(SnapshotSource::Of::agent);
  const auto gathered = co_await std::move(beginning);
  auto answers = await_answers(gathered);
  co_await std::move(answers);
  OfAgent out;
  std::optional<Error> first_failure, unreadable;
  std::size_t answered = 0;
  for (std::size_t at = 0; at < gathered->sources.size(); ++at) {
    const auto& source = gathered->sources[at];
    const auto part = gathered->part(at);
    auto row = part ? row_in(source, *part, agent) : Result<std::optional<json::value>>(part.error());
    if (row) {
      ++answered;
      if (*row) out.members[source.from.key] = std::move(**row);
    } else {
      out.source_errors.push_back({{"source", source.from.key}, {"detail", row.error().message}});
      if (!first_failure) first_failure = row.error();
      if (part && !unreadable) unreadable = row.error();  // there is a row of it
    }
  }
  if (!out.members.empty()) co_return out;
  if (unreadable) co_return *unreadable;
  if (answered == 0 && first_failure) co_return *first_failure;
  co_return error(Code::not_found, "there is no agent " + agent);
}

/// Those of `plugins` whose panel can be served.
Task<json::array> Snapshot::panels_of(std::vector<host_api::Plugin> plugins) {
  auto work = [this, &plugins] {
    std::vector<Status> out;
    out.reserve(plugins.size());
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
    const auto& source = gathering.sources[at];
    const auto& key = source.from.key;
    const auto part = gathering.part(at);
    const auto list = part ? list_in(source, *part) : part;
    out += json_text::quote(key) + ":";
    out += list ? std::string_view(*list) : "[]";
    const auto lacking = list ? left_out_words(left_out_in(*part)) : list.error().message;
    if (lacking.empty())
      failing_.erase(key);
    else
      errors.push_back({{"source", key}, {"detail", note(key, lacking)}});
    out += ",";
  }
  return out + R"("panels":)" + write_json(panels) + R"(,"source_errors":)" + write_json(errors);
}

}  // namespace hive::dashboard
