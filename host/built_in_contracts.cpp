#include "built_in_contracts.hpp"

#include <hive/sdk/contracts/page.hpp>

#include <boost/json.hpp>

#include <algorithm>

#include "contract_list.hpp"
#include "words.hpp"

namespace hive::host {
namespace {

template <class P, class R>
host_api::MethodAbout about_of(const Method<P, R>& method) {
  auto said = decode_text<host_api::About>(about(method), Unknown::refuse);
  return {std::string(method.name), names_of_callers(method.callers), method.deadline.count(),
          said ? std::move(*said) : host_api::About()};
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
  each_method([&](const auto& method) { out.push_back(about_of(method)); });
  return out;
}

std::vector<TopicEntry> built_in_topics() {
  std::vector<TopicEntry> out;
  each_event([&](const auto& event) { out.push_back(topic_of(event)); });
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
