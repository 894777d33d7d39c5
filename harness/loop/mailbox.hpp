#pragma once
#include <hive/sdk/contracts/broker.hpp>

#include "loop/waits.hpp"

namespace hive::harness {

/// What one turn is about.
struct Mail {
  std::int64_t turn = 0;  // open at the broker
  std::string wake_key;   // of the recv call that brought the messages
  std::vector<broker::Message> messages;
  std::int64_t waiting = 0;  // messages that were left
  std::int64_t last_operator_message = 0;
};

/// Opens turns at the broker and takes what they are about: messages from there, and what the operator typed on the
/// agent's page. One thread.
class Mailbox {
 public:
  Mailbox(const Workshop& shop, Waits& waits) : shop_(shop), waits_(waits) {}
  Mailbox(const Mailbox&) = delete;

  /// The mail of the open turn, opening one first if there is none. Nothing: none came before something else came up,
  /// so look at everything again. [blocking]
  std::optional<Mail> take();
  /// The turn that take() opened and whose outcome is not recorded.
  std::optional<std::int64_t> open_turn() const { return turn_; }
  /// Of the newest recv call of the open turn, which may have leased something although its answer was given up.
  const std::string& wake_key() const { return wake_key_; }
  /// The open turn has its outcome.
  void close_turn() { turn_.reset(); }
  /// Messages that waited at the broker by the last look.
  std::int64_t left() const { return left_; }

 private:
  Status open();
  void add_typed(Mail& mail) const;

  const Workshop& shop_;
  Waits& waits_;
  std::optional<std::int64_t> turn_;
  std::string wake_key_;
  std::int64_t receives_ = 0, left_ = 0;
};

}  // namespace hive::harness
