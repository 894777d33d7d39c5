#include "loop/page_state.hpp"

#include <hive/utf8/utf8.hpp>

namespace hive::harness {
namespace {

constexpr std::size_t kMostTyped = 32, kTypedBytes = 512;

}  // namespace

page::State page_state(const Workshop& shop) {
  return {.report = shop.reporter.report(),
          .login = shop.login.kind(),
          .last_turn = shop.stats.last_turn(),
          .spent_today = shop.stats.spent_today()};
}

page::Queue queue_of(const TurnStore& turns, std::int64_t taken) {
  page::Queue queue{.compact_since = turns.compact_since(), .new_session_since = turns.new_session_since()};
  for (const auto& message : turns.operator_messages()) {
    if (message.id <= taken) continue;
    if (queue.typed.size() < kMostTyped)
      queue.typed.push_back({message.id, message.at, std::string(utf8::beginning_of(message.text, kTypedBytes))});
    ++queue.typed_count;
  }
  return queue;
}

}  // namespace hive::harness
