// A new role's header is added here and nowhere else in the host and its command line.
#include "built_in_contracts.hpp"

#include <hive/sdk/contracts/broker.hpp>
#include <hive/sdk/contracts/files.hpp>
#include <hive/sdk/contracts/http.hpp>
#include <hive/sdk/contracts/journal.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/contracts/page.hpp>
#include <hive/sdk/contracts/runtime.hpp>
#include <hive/sdk/contracts/turns.hpp>

#include <boost/json.hpp>

#include <algorithm>

#include "words.hpp"

namespace hive::host {
namespace {

template <class P, class R>
host_api::MethodAbout about_of(const Method<P, R>& method) {
  auto about_value = parse_json(about(method));
  return {std::string(method.name), names_of_callers(method.callers), method.deadline.count(),
          about_value ? std::move(*about_value) : json::value()};
}

template <class... M>
void add(std::vector<host_api::MethodAbout>& out, const M&... methods) {
  (out.push_back(about_of(methods)), ...);
}

template <class T>
TopicEntry topic_of(const Event<T>& event) {
  return {std::string(event.topic), std::string(event.doc), names_of_callers(event.audience), schema<T>()};
}

template <class P, class R>
PageEntry result_of(const Method<P, R>& method) {
  return {std::string(method.name), std::string(method.doc), schema<R>()};
}

}  // namespace

std::vector<host_api::MethodAbout> built_in_methods() {
  std::vector<host_api::MethodAbout> out;
  add(out, host_api::kInfo, host_api::kPlugins, host_api::kMethodsList, host_api::kMethods, host_api::kEvents,
      host_api::kHealth, host_api::kLogLevel, host_api::kReload, host_api::kShutdown, host_api::kOpenSocket,
      host_api::kCloseSocket);
  add(out, broker::kSend, broker::kLimits, broker::kTurnBegin, broker::kTurnEnd, broker::kRecv, broker::kRecent,
      broker::kSearch, broker::kDepth, broker::kDeadLetters, broker::kRequeue, broker::kRequeueAll);
  add(out, lifecycle::kList, lifecycle::kSpawn, lifecycle::kStart, lifecycle::kStop, lifecycle::kRestart,
      lifecycle::kRebuild, lifecycle::kUpdateAll, lifecycle::kDestroy, lifecycle::kTombstones,
      lifecycle::kPurgeTombstone, lifecycle::kPreflight, lifecycle::kRescan, lifecycle::kConfig);
  add(out, runtime::kPrepare, runtime::kActivate, runtime::kDiscard, runtime::kActive, runtime::kStart, runtime::kStop,
      runtime::kDestroy, runtime::kList, runtime::kStatus, runtime::kBeforeStop, runtime::kLogs, runtime::kLoginState,
      runtime::kLimits);
  add(out, http_api::kOpen, http_api::kPasswordLine, http_api::kServing);
  add(out, journal::kRead, journal::kFollow);
  add(out, files::kRead, files::kReadState);
  add(out, turns::kReport, turns::kList, turns::kCommands, turns::kCommand, turns::kPause, turns::kResume,
      turns::kGate);
  return out;
}

std::vector<TopicEntry> built_in_topics() {
  std::vector<TopicEntry> out{
      topic_of(host_api::kStopping),
      topic_of(broker::kSentEvent),
      topic_of(broker::kDelivered),
      topic_of(broker::kSettled),
      topic_of(broker::kReturned),
      topic_of(broker::kDead),
      topic_of(broker::kDeadCount),
      topic_of(broker::kSpace),
      topic_of(lifecycle::kTransientSet),
      topic_of(lifecycle::kTransientCleared),
      topic_of(lifecycle::kContainerChanged),
      topic_of(lifecycle::kContainerRemoved),
      topic_of(lifecycle::kTombstoneChanged),
      topic_of(lifecycle::kTombstoneRemoved),
      topic_of(runtime::kStateChanged),
      topic_of(runtime::kOutput),
      topic_of(turns::kChanged),
  };
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.topic < b.topic; });
  return out;
}

std::vector<PageEntry> page_results() {
  return {result_of(page::kState), result_of(page::kHistory), result_of(page::kStats)};
}

std::vector<PageEntry> page_payloads() {
  return {{"turn_start", "A run of the CLI begins.", schema<page::TurnStart>()},
          {"turn_end", "It has ended.", schema<page::TurnEnd>()},
          {"note", "Something to be read by people.", schema<page::Note>()},
          {"model_changed", "The model of the next turn is another one.", schema<page::Model>()},
          {"token_usage_changed", "What a run that ended has used.", schema<page::TokenUsage>()},
          {"turn_state_changed", "The turn loop does something else.", schema<turns::Report>()}};
}

}  // namespace hive::host
