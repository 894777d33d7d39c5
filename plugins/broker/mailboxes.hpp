#pragma once
#include "dead_mail.hpp"
#include "draft.hpp"
#include "retention.hpp"

namespace hive::broker {

/// Durable mailboxes. One row a message; a message is queued, leased, then settled or dead.
///
/// Owns its database, and the parts that each do one thing with it. Every function is [blocking] and is called by the
/// writer alone, between `begin` and `commit`; nothing is durable before `commit`. After an error of the database the
/// group must be rolled back.
class Mailboxes {
 public:
  /// `problem` is told of rows that are left out. Errors: unavailable (locked, names the holder), internal (corrupt:
  /// was set aside).
  static Result<std::unique_ptr<Mailboxes>> open(const std::filesystem::path& file, const Limits& limits,
                                                 const sqlite::Problem& problem = {});
  Mailboxes(const Mailboxes&) = delete;

  Status begin();
  Status commit();
  /// Also after a failed `commit`. Reads again what is kept in memory; until that succeeds, `begin` fails.
  void roll_back();

  /// The id that `sender`'s message with this key got.
  Result<std::optional<std::int64_t>> sent_before(std::string_view sender, std::string_view key);
  /// Settled at once for the operator, leased when a lease is given, else queued.
  Result<Message> add(const Draft& draft, std::string_view owner, const Lease* lease);

  sqlite::Database database;
  Messages messages;
  Leases leases;
  Lives lives;
  DeadMail dead_mail;
  Retention retention;

 private:
  Mailboxes(sqlite::Database opened, const Limits& limits);
  Status load();

  bool loaded_ = false;
};

}  // namespace hive::broker
