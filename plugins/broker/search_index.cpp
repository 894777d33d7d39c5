#include "search_index.hpp"

#include "queries.hpp"

namespace hive::broker {
namespace {

/// Messages; each makes about ten pages of log until it is settled.
constexpr std::size_t kWorthTidying = 100;

Status add(sqlite::Database& index, const Words& text) {
  if (auto added = index.run(sql::kAddWords, NewWords{text.id, text.body}); !added) return added;
  if (auto added = index.run(sql::kAddMail, Mail{text.owner, Box::in, text.id}); !added) return added;
  return index.run(sql::kAddMail, Mail{text.sender, Box::out, text.id});
}

}  // namespace

Result<SearchIndex> SearchIndex::open(const std::filesystem::path& file, const std::filesystem::path& mail,
                                      const sqlite::Problem& problem) {
  auto mailboxes = sqlite::Database::open(
      {.file = mail, .owner = "broker", .migrations = sql::kSteps, .log_bytes = kLogBytes, .problem = problem});
  if (!mailboxes) return mailboxes.error();
  auto index = sqlite::Database::open_or_replace({.file = file,
                                                  .owner = "broker",
                                                  .migrations = sql::kIndexSteps,
                                                  .durability = sqlite::Durability::normal,
                                                  .problem = problem});
  if (!index) return index.error();
  SearchIndex made(std::move(*index), std::move(*mailboxes));
  if (auto done = made.begin_anew_if_ahead(); !done) return done.error();
  return made;
}

Status SearchIndex::begin_anew_if_ahead() {
  auto upto = index_.integer(sql::kProgress);
  if (!upto) return upto.error();
  auto last = mail_.integer(sql::kLastId);
  if (!last) return last.error();
  if (upto->value_or(0) <= last->value_or(0)) return {};
  return index_.script(sql::kEmptyIndex);
}

Result<bool> SearchIndex::follow() {
  auto upto = index_.integer(sql::kProgress);
  if (!upto) return upto.error();
  auto texts = mail_.read<Words>(sql::kNext, {upto->value_or(0)}).all();
  if (!texts) return texts.error();
  if (texts->empty()) return false;
  auto transaction = sqlite::Transaction::begin(index_);
  if (!transaction) return transaction.error();
  for (const auto& text : *texts)
    if (auto added = add(index_, text); !added) return added.error();
  if (auto set = index_.run(sql::kSetProgress, {texts->back().id}); !set) return set.error();
  if (auto done = transaction->commit(); !done) return done.error();
  taken_up_ += texts->size();
  return true;
}

Status SearchIndex::forget(const std::vector<Removed>& messages) {
  auto transaction = sqlite::Transaction::begin(index_);
  if (!transaction) return transaction.error();
  for (const auto& message : messages) {
    if (auto done = index_.run(sql::kDropWords, {message.id}); !done) return done;
    if (auto done = index_.run(sql::kDropMail, {message.owner, int(Box::in), message.id}); !done) return done;
    if (auto done = index_.run(sql::kDropMail, {message.sender, int(Box::out), message.id}); !done) return done;
  }
  return transaction->commit();
}

Status SearchIndex::tidy_log() {
  if (taken_up_ < kWorthTidying) return {};
  taken_up_ = 0;
  // A reader or writer in the way is no failure: what is left is moved the next time.
  auto moved = mail_.integer("PRAGMA wal_checkpoint(PASSIVE)");
  if (!moved) return moved.error();
  return {};
}

}  // namespace hive::broker
