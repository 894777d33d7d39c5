#include "store/turns.hpp"

#include "store/queries.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace hive::harness {
namespace {

constexpr std::string_view kLastCommand = "last_command";
constexpr std::string_view kNewSession = "new_session", kCompact = "compact";  // since when; 0: not wanted
constexpr std::string_view kInterrupted = "interrupted_turn";                  // 0: none

/// It becomes an argument of the CLI.
bool is_session(std::string_view id) {
  constexpr std::size_t kLongest = 64;
  const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; };
  return !id.empty() && id.size() <= kLongest && id.front() != '-' && std::ranges::all_of(id, fits);
}

}  // namespace

TurnStore::TurnStore(std::filesystem::path file, std::function<void(std::string)> problem)
    : file_(std::move(file)), problem_(std::move(problem)) {
  auto opened = open();
  if (!opened) {
    problem_(opened.error().message);
    return;
  }
  database_.emplace(std::move(*opened));
  if (auto loaded = load(); !loaded) problem_(loaded.error().message);
}

Result<sqlite::Database> TurnStore::open() const {
  return sqlite::Database::open_or_replace(
      {.file = file_, .owner = "harness", .migrations = sql::kTurnMigrations, .problem = problem_});
}

Status TurnStore::be_there() {
  if (!database_ || !database_->has_moved()) return {};
  problem_("what the harness keeps of its turns was removed; it is written again");
  return make();
}

Status TurnStore::make() {
  auto opened = open();
  if (!opened) return opened.error();
  std::optional<sqlite::Database> before(std::move(*opened));
  before.swap(database_);
  auto filled = is_loaded_ ? Status{} : load();
  if (filled) filled = write_all();
  if (!filled) database_.swap(before);  // tried again with the next write
  return filled;
}

Status TurnStore::write_all() {
  auto transaction = sqlite::Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  const auto ms = [](const std::optional<Time>& time) { return time.value_or(Time{}).ms; };
  const Number numbers[] = {{kLastCommand, last_command_},
                            {kNewSession, ms(new_session_since_)},
                            {kCompact, ms(compact_since_)},
                            {kInterrupted, cut_off_.value_or(0)}};
  for (const auto& number : numbers)
    if (auto kept = database_->run(sql::kSetNumber, number); !kept) return kept;
  if (auto kept = database_->run(sql::kKeepSession, session_); !kept) return kept;
  if (open_turn_)
    if (auto kept = database_->run(sql::kBeginTurn, {*open_turn_}); !kept) return kept;
  for (const auto& outcome : untold_)
    if (auto kept = database_->run(sql::kFinishTurn, outcome); !kept) return kept;
  for (const auto& message : messages_)
    if (auto kept = database_->run(sql::kKeepMessage, message); !kept) return kept;
  return transaction->commit();
}

/// Beside what is in memory already: a store may come late.
Status TurnStore::load() {
  auto last = database_->integer(sql::kNumber, {kLastCommand});
  if (!last) return last.error();
  auto anew = time(kNewSession);
  if (!anew) return anew.error();
  auto compact = time(kCompact);
  if (!compact) return compact.error();
  auto session = database_->first<Session>(sql::kSession);
  if (!session) return session.error();
  auto open = database_->integer(sql::kOpenTurn);
  if (!open) return open.error();
  auto interrupted = database_->integer(sql::kNumber, {kInterrupted});
  if (!interrupted) return interrupted.error();
  auto untold = database_->read<TurnOutcome>(sql::kUntoldTurns).all();
  if (!untold) return untold.error();
  auto messages = database_->read<OperatorMessage>(sql::kMessages).all();
  if (!messages) return messages.error();

  is_loaded_ = true;
  last_command_ = std::max(last_command_, last->value_or(0));
  if (!new_session_since_) new_session_since_ = *anew;
  if (!compact_since_) compact_since_ = *compact;
  if (session_.name.empty() && *session) session_ = std::move(**session);
  if (!cut_off_) cut_off_ = *open ? *open : interrupted->value_or(0) != 0 ? *interrupted : std::nullopt;
  untold_.insert(untold_.begin(), std::make_move_iterator(untold->begin()), std::make_move_iterator(untold->end()));
  messages_.insert(messages_.begin(), std::make_move_iterator(messages->begin()),
                   std::make_move_iterator(messages->end()));
  return {};
}

Result<std::optional<Time>> TurnStore::time(std::string_view name) {
  auto ms = database_->integer(sql::kNumber, {name});
  if (!ms) return ms.error();
  return ms->value_or(0) == 0 ? std::optional<Time>() : Time{**ms};
}

Status TurnStore::begin(std::int64_t turn, std::int64_t last_message) {
  auto there = be_there();
  last_shown_ = last_message;
  for (auto& message : messages_)
    if (message.id <= last_message) ++message.tries, message.was_shown = true;
  open_turn_ = turn;
  if (!database_ || !there) return there;
  auto transaction = sqlite::Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  if (auto begun = database_->run(sql::kBeginTurn, {turn}); !begun) return begun;
  if (auto shown = database_->run(sql::kShowMessages, {last_message}); !shown) return shown;
  return transaction->commit();
}

Status TurnStore::finish(const TurnOutcome& outcome, Messages messages) {
  auto there = be_there();
  untold_.push_back(outcome);
  const auto last = std::exchange(last_shown_, 0);
  if (messages == Messages::settled)
    std::erase_if(messages_, [last](const OperatorMessage& message) { return message.id <= last; });
  for (auto& message : messages_)
    if (messages == Messages::put_off && message.id <= last) --message.tries;
  open_turn_.reset();
  if (!database_ || !there) return there;
  auto transaction = sqlite::Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  auto kept = database_->run(sql::kFinishTurn, outcome);
  if (!kept) return kept;
  if (messages != Messages::tried) {
    const auto* sql = messages == Messages::settled ? &sql::kSettleMessages : &sql::kPutOffMessages;
    if (auto changed = database_->run(*sql, {last}); !changed) return changed;
  }
  return transaction->commit();
}

Status TurnStore::told(std::int64_t turn) {
  std::erase_if(untold_, [turn](const TurnOutcome& outcome) { return outcome.turn == turn; });
  if (auto there = be_there(); !there) return there;
  return database_ ? database_->run(sql::kForgetTurn, {turn}) : Status{};
}

Status TurnStore::keep_cut_off(std::int64_t turn) {
  return put(kInterrupted, turn);
}

Status TurnStore::forget_cut_off(std::int64_t turn) {
  if (!cut_off_) return {};
  cut_off_.reset();
  if (!database_) return {};
  if (auto kept = put(kInterrupted, 0); !kept) return kept;
  return database_->run(sql::kForgetOpenTurns, {turn});
}

Status TurnStore::put(std::string_view name, std::int64_t value) {
  if (auto there = be_there(); !there || !database_) return there;
  return set(name, value);
}

Status TurnStore::set(std::string_view name, std::int64_t value) {
  return database_->run(sql::kSetNumber, Number{name, value});
}

Status TurnStore::take_command(std::int64_t id, const std::optional<OperatorMessage>& message) {
  if (!message) last_command_ = std::max(last_command_, id);  // kept or not: this process does not do it again
  if (message && !database_)
    if (auto made = make(); !made) return made;
  if (database_)
    if (auto kept = keep_command(id, message); !kept) return kept;
  last_command_ = std::max(last_command_, id);
  if (message && std::ranges::find(messages_, message->id, &OperatorMessage::id) == messages_.end())
    messages_.push_back(*message);
  return {};
}

Status TurnStore::keep_command(std::int64_t id, const std::optional<OperatorMessage>& message) {
  if (auto there = be_there(); !there) return there;
  auto transaction = sqlite::Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  if (message)
    if (auto added = database_->run(sql::kAddMessage, *message); !added) return added;
  if (auto kept = set(kLastCommand, std::max(last_command_, id)); !kept) return kept;
  return transaction->commit();
}

Status TurnStore::want_new_session() {
  new_session_since_ = wall_time();
  return put(kNewSession, new_session_since_->ms);
}

Status TurnStore::new_session_began(Time asked) {
  if (new_session_since_ != asked) return {};
  new_session_since_.reset();
  return put(kNewSession, 0);
}

Status TurnStore::keep_session(const std::string& id) {
  const auto name = is_session(id) ? id : std::string();
  if (name == session_.name) return {};
  session_ = {.name = name};
  return write_session();
}

Status TurnStore::keep_session_answered() {
  if (std::exchange(session_.has_answered, true)) return {};
  return write_session();
}

Status TurnStore::write_session() {
  if (auto there = be_there(); !there || !database_) return there;
  return database_->run(sql::kKeepSession, session_);
}

Status TurnStore::set_compact(std::optional<Time> since) {
  compact_since_ = since;
  return put(kCompact, since.value_or(Time{}).ms);
}

Status TurnStore::restart_commands() {
  last_command_ = 0;
  return put(kLastCommand, 0);
}

Result<std::size_t> TurnStore::give_up_messages(std::int64_t tries) {
  if (auto there = be_there(); !there) return there.error();
  if (database_)
    if (auto forgotten = database_->run(sql::kGiveUpMessages, {tries}); !forgotten) return forgotten.error();
  return std::erase_if(messages_, [tries](const OperatorMessage& message) { return message.tries >= tries; });
}

}  // namespace hive::harness
