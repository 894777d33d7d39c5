#pragma once
#include <hive/sdk/bounded_list.hpp>
#include <hive/sdk/contracts/broker.hpp>

namespace hive::broker {

/// Of the messages in a tool's answer: of that the CLI shows its model 60,000 characters, and moves a longer one to a
/// file that the model does not see.
inline constexpr std::size_t kToolReplyBytes = 59'900;

/// Of the messages in a list, which may have to name rows beside them.
inline std::size_t list_bytes(Who caller) {
  const auto most = caller == Who::agents || caller == Who::manager ? kToolReplyBytes : kAnswerBytes;
  return most - kMostUnreadable * kUnreadableBytes;
}

/// What one message may take in JSON, so that one alone fits into every answer.
inline constexpr std::size_t kMostWireBytes = kToolReplyBytes;

/// An upper bound of what a message takes in JSON.
inline std::size_t wire_bytes(const Message& message) {
  std::size_t bytes = 256 + message.from.size() + message.to.size();
  for (const auto* text : {&message.body, message.file ? &*message.file : nullptr}) {
    if (text == nullptr) continue;
    for (const char c : *text) {
      if (static_cast<unsigned char>(c) < 0x20)
        bytes += 6;
      else
        bytes += c == '"' || c == '\\' ? 2 : 1;
    }
  }
  return bytes;
}

}  // namespace hive::broker
