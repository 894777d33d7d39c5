#include "upkeep.hpp"

namespace hive::broker {

Status Upkeep::requeue(std::int64_t id) {
  auto letter = uses_.mailboxes.dead_mail.requeue(id);
  if (letter) return serve({*letter});
  const auto code = letter.error().code;
  const bool own = code == Code::not_found || code == Code::conflict;
  return own ? letter.error() : uses_.group.broken(letter.error());
}

Result<std::int64_t> Upkeep::requeue_some(const std::optional<std::string>& of) {
  auto letters = uses_.mailboxes.dead_mail.requeue_some(of);
  if (!letters) return uses_.group.broken(letters.error());
  if (auto served = serve(*letters); !served) return served.error();
  return std::int64_t(letters->size());
}

Status Upkeep::serve(const std::vector<DeadLetter>& queued) {
  for (const auto& letter : queued) uses_.group.tell({Happening::What::returned, letter.id, letter.owner});
  for (const auto& letter : queued)
    if (auto served = uses_.delivery.serve(letter.owner); !served) return served;
  return {};
}

Status Upkeep::begin_life(const Party& party, Time now) {
  auto changes = uses_.mailboxes.lives.begin(party, now);
  if (!changes) return uses_.group.broken(changes.error());
  if (!*changes) return {};
  uses_.group.tell(party.name, **changes);
  uses_.parked.end_all(party.name, "its agent was purged");
  return {};
}

Status Upkeep::read_up_to(std::int64_t id) {
  auto read = uses_.mailboxes.messages.read_up_to(id);
  if (!read) return uses_.group.broken(read.error());
  return {};
}

Status Upkeep::look_at_space() {
  auto looked = uses_.space.look();
  static_cast<void>(looked);
  return {};
}

Result<Retention::Swept> Upkeep::sweep(const Retention::Range& range) {
  auto swept = uses_.mailboxes.retention.sweep(range);
  if (!swept) return uses_.group.broken(swept.error());
  return swept;
}

}  // namespace hive::broker
