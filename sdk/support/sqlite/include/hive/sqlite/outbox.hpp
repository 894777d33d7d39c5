#pragma once
#include <hive/sdk/signal.hpp>
#include <hive/sqlite/database.hpp>

namespace hive::sqlite {

/// A message that a plugin owes because of its own change.
struct Letter {
  /// Unique in this plugin for ever, made from what it is about: `spawned/alice/17`. The broker takes a
  /// repeat of it as the same message.
  std::string key;
  std::string to, body;
};

struct OwedLetter;

/// Letters are written in the transaction of the change that owes them and are sent until the broker has accepted them:
/// neither a crash nor a broker that is away loses or doubles one. One that the broker refuses for good
/// (invalid_params, not_found, forbidden, too_large) is given up, and the log says so. Letters to one recipient are
/// sent in order; a mailbox that is full holds up its own alone. The plugin owns it beside its database and lists
/// `broker.send` among its `calls`.
class Outbox {
 public:
  /// A migration step of the owner's database.
  static constexpr std::string_view kTable =
      "CREATE TABLE outbox (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, "
      "body TEXT NOT NULL) STRICT";

  /// Both outlive it. `database` is used through host.blocking alone, so by one thread at a time.
  Outbox(Host& host, Database& database) : host_(host), database_(database) {}
  Outbox(const Outbox&) = delete;

  /// Writes into the caller's open transaction; a key that is there already is the same letter. Errors: as Database's.
  /// [blocking]
  static Status put(Database& database, const Letter& letter);
  /// Sends what waits, now and whenever `wake` is called, until the plugin stops. Called once. [strand]
  void start();
  /// Says that there is something to send. To be called after the transaction was committed. [strand]
  void wake();

 private:
  /// What the answer to one letter says: it is owed no more; its mailbox is full; nothing can be sent now.
  enum class Outcome { gone, full, away };
  Task<> pump();
  Task<bool> send_all();
  Task<Outcome> send(OwedLetter letter);

  Host& host_;
  Database& database_;
  Signal more_;
  bool asked_ = false;
};

}  // namespace hive::sqlite
