#pragma once
#include "party.hpp"

#include <hive/sdk/contracts/broker.hpp>

namespace hive::broker {

/// What a sender gave, checked.
struct Draft {
  Party sender = "";
  Kind kind = Kind::agent;
  std::string body;
  std::optional<std::string> file, key;
  std::optional<std::int64_t> in_reply_to;
  Time sent_at;

  std::int64_t text_bytes() const { return std::int64_t(body.size() + (file ? file->size() : 0)); }
};

/// The message that a draft becomes in the mailbox of `owner`.
inline Message message_of(const Draft& draft, std::string_view owner, std::int64_t id = 0) {
  Message message;
  message.id = id;
  message.from = draft.sender.name;
  message.to = owner;
  message.kind = draft.kind;
  message.body = draft.body;
  message.file = draft.file;
  message.in_reply_to = draft.in_reply_to;
  message.sent_at = draft.sent_at;
  return message;
}

}  // namespace hive::broker
