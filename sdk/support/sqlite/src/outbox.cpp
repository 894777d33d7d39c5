#include <hive/sdk/contracts/broker.hpp>
#include <hive/sqlite/outbox.hpp>

#include <set>

namespace hive::sqlite {

constexpr auto columns(Of<Letter>) {
  return row(column<&Letter::key>("key"), column<&Letter::to>("recipient"), column<&Letter::body>("body"));
}
/// A letter that was not accepted yet.
struct OwedLetter {
  std::int64_t id = 0;
  Letter letter;
};
constexpr auto columns(Of<OwedLetter>) {
  return row(column<&OwedLetter::id>("id"), column<&OwedLetter::letter, &Letter::key>("key"),
             column<&OwedLetter::letter, &Letter::to>("recipient"), column<&OwedLetter::letter, &Letter::body>("body"));
}

namespace {

constexpr auto kPut = sql_for<Letter>("INSERT INTO outbox ({names}) VALUES ({values}) ON CONFLICT (key) DO NOTHING");
constexpr auto kNext = sql_for<OwedLetter>("SELECT {columns} FROM outbox WHERE id > ? ORDER BY id LIMIT 64");
constexpr std::string_view kRemove = "DELETE FROM outbox WHERE id = ?";

constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLongestPause{15'000};
/// Nothing waits: `wake` ends this; it only bounds how long a lost wake could matter.
constexpr milliseconds kIdle{60'000};

/// To repeat it could not help.
bool is_final(Code code) {
  return code == Code::invalid_params || code == Code::not_found || code == Code::forbidden || code == Code::too_large;
}

}  // namespace

Status Outbox::put(Database& database, const Letter& letter) {
  return database.run(kPut, letter);
}

void Outbox::start() {
  host_.spawn(pump());
}

void Outbox::wake() {
  asked_ = true;
  more_.notify_all();
}

Task<> Outbox::pump() {
  auto pause = kFirstPause;
  for (;;) {
    asked_ = false;
    const bool empty = co_await send_all();
    if (empty) pause = kFirstPause;
    if (asked_) continue;
    auto woken = co_await more_.wait(host_, empty ? kIdle : pause);
    if (!woken) co_return;
    if (!empty && !*woken) pause = std::min(pause * 2, kLongestPause);
  }
}

/// Goes through all letters once, in order. False: something still waits. A mailbox that is full holds up its own
/// letters alone; a broker that is away holds up all.
Task<bool> Outbox::send_all() {
  std::set<std::string> full;
  for (std::int64_t after = 0;;) {
    auto read = [this, after] { return database_.read<OwedLetter>(kNext, {after}).all(); };
    auto letters = co_await host_.blocking(read);
    if (!letters) co_return false;
    if (!*letters) {
      host_.warn("outbox: " + letters->error().message);
      co_return false;
    }
    if ((*letters)->empty()) break;
    for (auto& letter : **letters) {
      after = letter.id;
      if (full.contains(letter.letter.to)) continue;
      const auto to = letter.letter.to;
      auto sending = send(std::move(letter));
      const auto outcome = co_await std::move(sending);
      if (outcome == Outcome::away) co_return false;
      if (outcome == Outcome::full) full.insert(to);
    }
  }
  const bool none_waits = full.empty();
  co_return none_waits;
}

Task<Outbox::Outcome> Outbox::send(OwedLetter owed) {
  broker::Send params;
  params.to = owed.letter.to;
  params.body = owed.letter.body;
  params.key = owed.letter.key;
  auto sent = co_await host_.call(broker::kSend, params);
  if (!sent && !is_final(sent.error().code)) {
    host_.debug("outbox: '" + owed.letter.key + "' waits: " + sent.error().message);
    const bool full = sent.error().code == Code::busy;
    co_return full ? Outcome::full : Outcome::away;
  }
  if (!sent)
    host_.fail("outbox: '" + owed.letter.key + "' to " + owed.letter.to +
               " was refused and is given up: " + sent.error().message);
  auto remove = [this, id = owed.id] { return database_.run(kRemove, {id}); };
  auto removed = co_await host_.blocking(remove);
  if (!removed) co_return Outcome::away;
  if (*removed) co_return Outcome::gone;
  host_.warn("outbox: " + removed->error().message);
  co_return Outcome::away;
}

}  // namespace hive::sqlite
