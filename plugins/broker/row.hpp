#pragma once
#include <hive/sdk/contracts/broker.hpp>
#include <hive/sqlite/rows.hpp>

namespace hive::broker {

/// The message in the current row of a query made by sql::select.
inline Message message_in(const sqlite::Rows& rows) {
  Message message;
  message.id = rows.integer(0);
  message.to = rows.text(1);
  message.from = rows.text(2);
  message.kind = Kind(rows.integer(3));
  message.body = rows.text(4);
  message.file = rows.text_if(5);
  message.in_reply_to = rows.integer_if(6);
  message.sent_at = rows.time(7);
  if (rows.integer(8) != 0) message.redelivered = true;
  return message;
}

inline Entry entry_in(const sqlite::Rows& rows) {
  Entry entry{message_in(rows), State(rows.integer(9))};
  if (!rows.is_null(10)) entry.died = rows.integer(10) != 0 ? Died::purged : Died::failed;
  return entry;
}

/// Of the messages in one answer. Replies over 1 MiB do not pass the router; of a tool's answer the CLI shows its model
/// 60,000 characters, and moves a longer one to a file that the model does not see.
inline constexpr std::size_t kReplyBytes = 900'000, kToolReplyBytes = 59'900;

inline std::size_t reply_bytes(Who caller) {
  return caller == Who::agents || caller == Who::manager ? kToolReplyBytes : kReplyBytes;
}

/// Whether `more` still fits into an answer of `most` bytes that holds `bytes`; one message alone always does, which
/// `kMostWireBytes` keeps small enough.
inline bool fits(std::size_t bytes, std::size_t more, std::size_t most) {
  return bytes == 0 || bytes + more <= most;
}
/// What one message may take in JSON.
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
