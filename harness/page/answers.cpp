#include "page/answers.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/sdk/bounded_list.hpp>

namespace hive::harness {

std::string event_text(std::string_view epoch, const LiveEvent& event) {
  std::string text = R"({"epoch":)" + json_text::quote(epoch) + R"(,"seq":)" + std::to_string(event.seq) +
                     R"(,"at":")" + to_text(event.at) + '"';
  if (event.turn) text += R"(,"turn":)" + std::to_string(*event.turn);
  text += R"(,"kind":)" + json_text::quote(event.kind) + R"(,"payload":)";
  return std::move(text.append(event.payload).append("}"));
}

Result<std::string> PageAnswers::answer(std::string_view method, std::string_view params) {
  if (method == page::kState.name) {
    const auto none = decode_text<None>(params, Unknown::refuse);
    return none ? Result<std::string>(state()) : none.error();
  }
  if (method == page::kHistory.name) {
    const auto asked = decode_text<page::History>(params, Unknown::refuse);
    return asked ? history(*asked) : asked.error();
  }
  if (method == page::kStats.name) {
    const auto asked = decode_text<page::StatsQuery>(params, Unknown::refuse);
    return asked ? stats(*asked) : asked.error();
  }
  return error(Code::method_not_found, std::string(page::kSocket) + ": there is no method " + std::string(method) +
                                           "; it has page.state, page.history, page.stats and events.subscribe");
}

std::string PageAnswers::state() {
  auto state = state_();
  state.epoch = bus_.epoch();
  state.seq = bus_.last();
  state.has_store = bus_.has_store();
  return encode_text(state);
}

Result<std::string> PageAnswers::history(const page::History& asked) {
  const auto found = bus_.history(asked.before.value_or(kMaxInteger), asked.limit, kAnswerBytes);
  if (!found) return found.error();
  std::string text = R"({"epoch":)" + json_text::quote(bus_.epoch()) + R"(,"events":[)";
  for (const auto& event : found->events) {
    if (&event != &found->events.front()) text += ',';
    text += event_text(bus_.epoch(), event);
  }
  text += found->more ? R"(],"more":true)" : R"(],"more":false)";
  if (found->unreadable) text += R"(,"unreadable":)" + write_json(encode_value(*found->unreadable));
  return text + "}";
}

Result<std::string> PageAnswers::stats(const page::StatsQuery& asked) {
  const auto found = stats_.list(asked, kAnswerBytes);
  return found ? Result<std::string>(encode_text(*found)) : found.error();
}

}  // namespace hive::harness
