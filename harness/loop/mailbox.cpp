#include "loop/mailbox.hpp"

#include <hive/sdk/bounded_list.hpp>
#include <hive/sdk/crash_point.hpp>

namespace hive::harness {
namespace {

constexpr std::int64_t kRecvSeconds = 180;
constexpr std::size_t kMostTyped = 128 << 10;  // bytes of the operator's messages in a prompt

}  // namespace

std::optional<Mail> Mailbox::take() {
  if (auto opened = open(); !opened) {
    if (!waits_.is_stopping()) waits_.wait_after(opened.error());
    return std::nullopt;
  }
  broker::Recv recv{.wait_seconds = shop_.turns.operator_messages().empty() ? kRecvSeconds : 0};
  recv.key = wake_key_ = "wake-" + std::to_string(*turn_) + "-" + std::to_string(receives_);
  auto received = waits_.ask(broker::kRecv, recv, [this] { return waits_.is_interrupted(); });
  if (!received) {
    // Given up: the same key is used again, so what it may have leased comes then.
    const auto code = received.error().code;
    if (code == Code::conflict) turn_.reset();
    if (code != Code::cancelled && code != Code::timeout) waits_.wait_after(received.error());
    return std::nullopt;
  }
  ++receives_;
  waits_.went_well();
  crash_point("harness.received");
  left_ = received->waiting;
  Mail mail{*turn_, wake_key_, std::move(received->messages), received->waiting};
  add_typed(mail);
  if (mail.messages.empty()) return std::nullopt;
  return mail;
}

Status Mailbox::open() {
  if (turn_) return {};
  const auto begun = waits_.ask(broker::kTurnBegin, None{});
  if (!begun) return begun.error();
  turn_ = begun->turn;
  wake_key_.clear();
  return {};
}

/// As much as fits into one prompt; the rest is for the next turn. It has no id that could be replied to.
void Mailbox::add_typed(Mail& mail) const {
  std::size_t bytes = 0;
  for (const auto& typed : shop_.turns.operator_messages()) {
    if (!fits(bytes, typed.text.size(), kMostTyped)) break;
    bytes += typed.text.size();
    broker::Message message;
    message.from = "operator";
    message.to = shop_.config.name;
    message.kind = broker::Kind::operator_;
    message.body = typed.text;
    message.sent_at = typed.at;
    if (typed.was_shown) message.redelivered = true;
    mail.messages.push_back(std::move(message));
    mail.last_operator_message = typed.id;
  }
}

}  // namespace hive::harness
