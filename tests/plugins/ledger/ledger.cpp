#include "ledger.hpp"

namespace ledger {

namespace sqlite = hive::sqlite;

constexpr auto columns(hive::Of<Entry>) {
  return sqlite::row(sqlite::column<&Entry::to>("recipient"), sqlite::column<&Entry::text>("text"));
}

namespace {

constexpr std::string_view kMigrations[] = {
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, text TEXT NOT NULL) STRICT",
    sqlite::Outbox::kTable};
constexpr auto kInsert = sqlite::sql_for<Entry>("INSERT INTO entry ({names}) VALUES ({values})");
constexpr std::string_view kCount = "SELECT count(*) FROM entry";

}  // namespace

hive::Status Ledger::start() {
  auto opened =
      sqlite::Database::open({.file = host_.root() / "ledger.sqlite", .owner = "ledger", .migrations = kMigrations});
  if (!opened) return opened.error();
  database_.emplace(std::move(*opened));
  outbox_.emplace(host_, *database_);
  outbox_->start();
  host_.answer(kWrite, [this](hive::Caller, Entry entry) { return write(std::move(entry)); });
  return {};
}

hive::Task<hive::Result<Written>> Ledger::write(Entry entry) {
  auto work = [this, &entry] { return store(entry); };
  auto stored = co_await host_.blocking(work);
  if (!stored) co_return stored.error();
  if (*stored) outbox_->wake();
  co_return std::move(*stored);
}

hive::Result<Written> Ledger::store(const Entry& entry) {
  auto transaction = sqlite::Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  if (auto inserted = database_->run(kInsert, entry); !inserted) return inserted.error();
  const sqlite::Letter letter{"entry/" + std::to_string(database_->last_id()), entry.to, "noted: " + entry.text};
  if (auto put = sqlite::Outbox::put(*database_, letter); !put) return put.error();
  const auto count = database_->integer(kCount);
  if (!count) return count.error();
  if (auto committed = transaction->commit(); !committed) return committed.error();
  return Written{count->value_or(0)};
}

}  // namespace ledger
