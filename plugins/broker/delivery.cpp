#include "delivery.hpp"

#include "reply_size.hpp"

namespace hive::broker {

Result<std::int64_t> Delivery::deliver(const Draft& draft, const std::string& owner) {
  const bool is_next = mailboxes_.messages.counts().queued(owner) == 0;
  const auto waiter = is_next ? parked_.choose(owner, wire_bytes(message_of(draft, owner))) : nullptr;
  Lease lease;
  if (waiter) lease = {waiter->turn, waiter->key};
  auto message = mailboxes_.add(draft, owner, waiter ? &lease : nullptr);
  if (!message) return group_.broken(message.error());
  const auto id = message->id;
  group_.tell({Happening::What::sent, id, owner, *message});
  if (waiter) {
    give(waiter, std::move(*message));
    return id;
  }
  // Somebody is parked though there is mail: none of that can be read.
  if (auto served = serve(owner); !served) return served.error();
  return id;
}

Status Delivery::serve(const std::string& owner) {
  while (mailboxes_.messages.counts().queued(owner) > 0) {
    const auto waiter = parked_.first(owner);
    if (!waiter) return {};
    auto messages = mailboxes_.leases.take(owner, {waiter->turn, waiter->key}, {waiter->room(), waiter->bytes});
    if (!messages) return group_.broken(messages.error());
    if (messages->empty() && waiter->messages.empty()) return {};  // none of them can be read
    if (messages->empty()) waiter->full = true;
    for (auto& message : *messages) give(waiter, std::move(message));
  }
  return {};
}

Result<Delivery::Given> Delivery::fill(const WaiterRef& waiter) {
  const Lease lease{waiter->turn, waiter->key};
  if (waiter->key) {
    auto again = mailboxes_.leases.take_again(waiter->owner, lease);
    if (!again) return group_.broken(again.error());
    waiter->messages = std::move(*again);
    if (!waiter->messages.empty()) return Given::again;
  }
  auto taken = mailboxes_.leases.take(waiter->owner, lease, {waiter->most});
  if (!taken) return group_.broken(taken.error());
  for (auto& message : *taken) give(waiter, std::move(message));
  return Given::fresh;
}

void Delivery::give(const WaiterRef& waiter, Message message) {
  group_.tell({Happening::What::delivered, message.id, waiter->owner});
  waiter->leased.push_back(message.id);
  waiter->bytes += wire_bytes(message);
  waiter->messages.push_back(std::move(message));
  parked_.answer(waiter);
}

}  // namespace hive::broker
