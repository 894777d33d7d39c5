#pragma once
#include <hive/sdk/contracts/broker.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace hive::harness {

/// What a wake prompt is made of.
struct Wake {
  std::string nonce;  // of this prompt alone; see make_nonce()
  std::vector<broker::Message> messages;
  std::int64_t waiting = 0;        // how many more are queued
  std::vector<std::string> notes;  // from the harness, like that the last turn was cut off
};

/// The prompt of one turn: a sentence on what came, the notes, then each message in its envelope
///
///     <<<message NONCE id=12 from=operator kind=operator time=2026-05-01T12:00:00.000Z>>>
///     body
///     <<<end NONCE>>>
///
/// with `redelivered=true`, `in_reply_to=11` and `file="/shared/bob/x.md"` where they apply. Whatever a
/// body holds, it cannot end its envelope or begin another one, and no line of it begins with `/`;
/// the prompt never does either. [any-thread]
std::string wake_prompt(const Wake& wake);

/// `body` as it stands inside an envelope.
std::string neutral(std::string_view body, std::string_view nonce);

}  // namespace hive::harness
