// What the page shows of the loop.
#include <hive/utf8/utf8.hpp>

#include "loop/model.hpp"
#include "loop/turn_loop.hpp"

namespace hive::harness {
namespace {

constexpr std::size_t kMostTyped = 32, kTypedBytes = 512;
constexpr std::int64_t kLookBack = 32;  // runs; compactions are no turns

}  // namespace

page::State TurnLoop::page_state() {
  page::State state{.report = shop_.reporter.report(), .model = model(), .login = shop_.login.kind(), .queue = queue()};
  if (last_turn_) {
    state.last_turn_ms = last_turn_->duration_ms;
    if (last_turn_->context_window > 0) state.context_window = last_turn_->context_window;
  }
  if (auto spent = shop_.stats.spent_today())
    state.spent_today = *spent;
  else
    shop_.log(spent.error().message);
  return state;
}

/// What the turn under way has taken does not wait any more.
page::Queue TurnLoop::queue() const {
  page::Queue queue{.mail = mail_left_,
                    .compact_since = shop_.turns.compact_since(),
                    .new_session_since = shop_.turns.new_session_since()};
  for (const auto& message : shop_.turns.operator_messages()) {
    if (message.id <= typed_in_turn_) continue;
    if (queue.typed.size() < kMostTyped)
      queue.typed.push_back({message.id, message.at, std::string(utf8::beginning_of(message.text, kTypedBytes))});
    ++queue.typed_count;
  }
  return queue;
}

page::Model TurnLoop::model() const {
  auto model = next_model(shop_.options, shop_.config);
  if (!model_of_run_.empty() && model_of_run_ != model.name) model.in_use = model_of_run_;
  return model;
}

void TurnLoop::tell_model() {
  std::optional<std::string> of_run;
  if (shop_.driver.is_running()) of_run = model_of_run_;
  shop_.reporter.set_model(model(), of_run);
}

void TurnLoop::load_last_turn() {
  const auto stats = shop_.stats.list({.limit = kLookBack}, std::size_t(1) << 20);
  if (!stats) return shop_.log(stats.error().message);
  for (const auto& stat : stats->turns)
    if (!stat.wake_from.empty()) last_turn_ = stat;
}

}  // namespace hive::harness
