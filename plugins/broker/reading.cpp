#include "broker.hpp"
#include "reply_size.hpp"

// The methods that only read, and the index that they read from.
namespace hive::broker {
namespace {

constexpr milliseconds kSweepPause{20};
/// Messages that come within this time are indexed together.
constexpr milliseconds kIndexPause{200};
constexpr milliseconds kIndexIdle{60'000};
/// While messages go on coming the index rests for so many times as long as it worked: who sends goes first.
constexpr int kIndexRest = 3;
/// How long a search right after the start waits for the index to be there.
constexpr milliseconds kIndexPatience{10'000};

}  // namespace

Task<Result<Entries>> Broker::recent(Caller who, Recent what) {
  const std::string own(who.name());
  const bool others = what.of && *what.of != own;
  Party of(what.of.value_or(own));
  if (!others) {
    auto asking = party_of(who);
    of = co_await std::move(asking);
  }
  const auto most = reply_bytes(who.who());
  auto read = [&] { return history_->recent(what, of, most); };
  auto entries = flat(co_await host_.blocking(read));
  const bool is_inbox = of.name == kOperator && !what.with && !what.before && what.box != Box::out;
  if (entries && is_inbox && who.who() == Who::operators) note_read(*entries);
  co_return entries;
}

void Broker::note_read(const Entries& inbox) {
  for (const auto& [message, state, died] : inbox.messages) {
    if (message.to != kOperator) continue;
    if (message.id <= read_) return;
    read_ = message.id;
    writer_->later([id = message.id](Exchange& exchange) { return exchange.read_up_to(id); });
    return;
  }
}

Task<Result<Found>> Broker::search(Caller who, Search what) {
  if (index_state_ == Index::opening) {
    auto waited = co_await index_opened_.wait(host_, kIndexPatience);
    if (!waited) co_return waited.error();
    if (index_state_ == Index::opening)
      co_return error(Code::unavailable, "broker: the search index is still being opened; try again in a moment");
  }
  std::optional<std::string> reader;
  if (who.who() == Who::manager) reader = kManager;
  const auto most = reply_bytes(who.who());
  auto read = [&] { return history_->search(what, reader, most); };
  auto found = co_await host_.blocking(read);
  co_return flat(std::move(found));
}

Task<Result<Depths>> Broker::depth(Caller who) {
  std::optional<Party> owner;
  if (who.who() != Who::operators) {
    auto asking = party_of(who);
    owner = co_await std::move(asking);
  }
  auto read = [&] { return history_->depth(owner); };
  auto depths = co_await host_.blocking(read);
  co_return flat(std::move(depths));
}

Task<Result<DeadLetters>> Broker::dead_letters(ReadDead what) {
  auto read = [&] { return history_->dead_letters(what); };
  auto letters = co_await host_.blocking(read);
  co_return flat(std::move(letters));
}

Task<bool> Broker::open_index() {
  auto open = [this]() -> Status {
    auto opened = SearchIndex::open(index_file(), mail_file(), problem());
    if (!opened) return opened.error();
    index_.emplace(std::move(*opened));
    return {};
  };
  auto opened = co_await host_.parallel(open);
  if (!opened) co_return false;
  if (!*opened) {
    host_.fail("search is off: " + opened->error().message);
    co_return false;
  }
  // In its turn among the readers, because it replaces what they read with.
  auto attach = [this]() -> Status {
    auto history = History::open(mail_file(), index_file(), problem());
    if (!history) return history.error();
    history_.emplace(std::move(*history));
    return {};
  };
  auto attached = co_await host_.blocking(attach);
  if (attached && !*attached) host_.fail("search is off: " + attached->error().message);
  co_return attached && attached->has_value();
}

Task<> Broker::keep_index() {
  auto opening = open_index();
  const bool opened = co_await std::move(opening);
  index_state_ = opened ? Index::open : Index::off;
  index_opened_.notify_all();
  if (!opened) co_return;
  for (;;) {
    if (!behind_) {
      auto waited = co_await stored_.wait(host_, kIndexIdle);
      if (!waited) co_return;
      auto slept = co_await host_.sleep(kIndexPause);
      if (!slept) co_return;
    }
    behind_ = false;
    auto following = follow();
    const bool level = co_await std::move(following);
    if (level) continue;
    behind_ = true;
    auto slept = co_await host_.sleep(kIndexPause);
    if (!slept) co_return;
  }
}

/// False: it must be tried again.
Task<bool> Broker::follow() {
  auto gone = std::exchange(removed_, {});
  for (bool more = true; more;) {
    auto step = [&]() -> Result<bool> {
      if (!gone.empty())
        if (auto done = index_->forget(gone); !done) return done.error();
      gone.clear();
      auto followed = index_->follow();
      if (!followed || *followed) return followed;
      if (auto done = index_->tidy_log(); !done) return done.error();
      return false;
    };
    const auto begun = std::chrono::steady_clock::now();
    auto stepped = flat(co_await host_.parallel(step));
    if (!stepped) {
      removed_.insert(removed_.end(), gone.begin(), gone.end());  // what is left of it is forgotten then
      const auto& why = stepped.error();
      // Tried again soon: a full disk is said once.
      if (why.code != Code::cancelled && why.message != std::exchange(index_trouble_, why.message))
        host_.warn("search index: " + why.message);
      co_return false;
    }
    more = *stepped || behind_;
    if (!std::exchange(behind_, false)) continue;
    const auto worked = std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begun);
    auto slept = co_await host_.sleep(worked * kIndexRest);
    if (!slept) co_return false;
  }
  index_trouble_.clear();
  co_return true;
}

Task<Status> Broker::sweep_all(Time now, std::size_t& count) {
  for (std::int64_t from = 0;;) {
    auto step = [&](Exchange& exchange) { return exchange.sweep(from, now); };
    auto swept = co_await writer_->run(step);
    if (!swept) co_return swept.error();
    count += swept->removed.size();
    removed_.insert(removed_.end(), swept->removed.begin(), swept->removed.end());
    if (swept->next == 0) co_return Status{};
    from = swept->next;
    auto slept = co_await host_.sleep(kSweepPause);  // senders go first
    if (!slept) co_return slept;
  }
}

Task<> Broker::sweep() {
  const auto now = wall_time();
  std::size_t count = 0;
  auto sweeping = sweep_all(now, count);
  auto swept = co_await std::move(sweeping);
  if (!swept && swept.error().code != Code::cancelled) host_.warn("retention: " + swept.error().message);
  if (count == 0) co_return;
  host_.info("retention: removed " + std::to_string(count) + (count == 1 ? " message" : " messages") +
             " that had been settled before " + to_text(Time{now.ms - limits_.kept_ms}));
  behind_ = true;
  stored_.notify_all();
}

}  // namespace hive::broker
