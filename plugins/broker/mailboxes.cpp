#include "mailboxes.hpp"

#include "queries.hpp"

namespace hive::broker {

Mailboxes::Mailboxes(sqlite::Database opened, const Limits& limits)
    : database(std::move(opened)),
      messages(database, limits),
      leases(database, messages, limits.failed_turns),
      lives(database, messages, leases),
      dead_mail(database, messages, lives),
      retention(database, messages, lives) {}

Result<std::unique_ptr<Mailboxes>> Mailboxes::open(const std::filesystem::path& file, const Limits& limits,
                                                   const sqlite::Problem& problem) {
  auto database = sqlite::Database::open(
      {.file = file, .owner = "broker", .migrations = sql::kSteps, .log_bytes = kLogBytes, .problem = problem});
  if (!database) return database.error();
  if (auto set = database->script(sql::kRarelyTidy); !set) return set.error();
  std::unique_ptr<Mailboxes> mailboxes(new Mailboxes(std::move(*database), limits));
  if (auto loaded = mailboxes->load(); !loaded) return loaded.error();
  return mailboxes;
}

Status Mailboxes::load() {
  loaded_ = false;
  if (auto loaded = messages.load(); !loaded) return loaded;
  if (auto loaded = lives.load(); !loaded) return loaded;
  loaded_ = true;
  return {};
}

Status Mailboxes::begin() {
  if (!loaded_)
    if (auto loaded = load(); !loaded) return loaded;
  return database.run("BEGIN IMMEDIATE");
}

Status Mailboxes::commit() {
  if (messages.counts().is_due(messages.last_id()))
    if (auto saved = messages.save_counts(); !saved) return saved;
  return database.run("COMMIT");
}

void Mailboxes::roll_back() {
  // A full disk has rolled back already; then SQLite says that there is nothing to do.
  auto ended = database.run("ROLLBACK");
  auto loaded = load();  // `begin` tries again when this failed
  static_cast<void>(ended), static_cast<void>(loaded);
}

Result<std::optional<std::int64_t>> Mailboxes::sent_before(std::string_view sender, std::string_view key) {
  return database.integer(sql::kByKey, {sender, lives.of(sender).number, key});
}

Result<Message> Mailboxes::add(const Draft& draft, std::string_view owner, const Lease* lease) {
  const auto& sender = draft.sender.name;
  NewMessage message{.owner = owner,
                     .sender = sender,
                     .sender_life = lives.of(sender).number,
                     .kind = draft.kind,
                     .state = lease != nullptr ? State::leased : State::queued,
                     .turn = {},
                     .recv_key = {},
                     .sent_at = draft.sent_at,
                     .settled_at = {},
                     .in_reply_to = draft.in_reply_to,
                     .key = draft.key,
                     .file = draft.file,
                     .body = draft.body};
  if (owner == kOperator) message.state = State::settled, message.settled_at = draft.sent_at;
  if (lease != nullptr) message.turn = lease->turn, message.recv_key = lease->key;
  if (auto added = messages.add(message); !added) return added.error();
  return message_of(draft, owner, message.id);
}

}  // namespace hive::broker
