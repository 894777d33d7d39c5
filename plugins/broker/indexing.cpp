#include "indexing.hpp"

namespace hive::broker {
namespace {

/// Messages that come within this time are indexed together.
constexpr milliseconds kPause{200};
constexpr milliseconds kIdle{60'000};
/// While messages go on coming the index rests for so many times as long as it worked: who sends goes first.
constexpr int kRest = 3;
/// How long a search right after the start waits for the index to be there.
constexpr milliseconds kPatience{10'000};

}  // namespace

Task<bool> Indexing::open() {
  auto open = [this]() -> Status {
    auto opened = SearchIndex::open(files_.index, files_.mail, files_.problem);
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
  auto attach = [this] { return reading_.open(files_.mail, files_.index, files_.problem); };
  auto attached = co_await host_.blocking(attach);
  if (attached && !*attached) host_.fail("search is off: " + attached->error().message);
  co_return attached && attached->has_value();
}

Task<> Indexing::run() {
  auto opening = open();
  const bool opened = co_await std::move(opening);
  state_ = opened ? State::open : State::off;
  opened_.notify_all();
  if (!opened) co_return;
  for (;;) {
    if (!behind_) {
      auto waited = co_await stored_.wait(host_, kIdle);
      if (!waited) co_return;
      auto slept = co_await host_.sleep(kPause);
      if (!slept) co_return;
    }
    behind_ = false;
    auto following = follow();
    const bool level = co_await std::move(following);
    if (level) continue;
    behind_ = true;
    auto slept = co_await host_.sleep(kPause);
    if (!slept) co_return;
  }
}

Task<Status> Indexing::await_open() {
  if (state_ != State::opening) co_return Status{};
  auto waited = co_await opened_.wait(host_, kPatience);
  if (!waited) co_return waited.error();
  if (state_ != State::opening) co_return Status{};
  co_return error(Code::unavailable, "broker: the search index is still being opened; try again in a moment");
}

void Indexing::wake() {
  behind_ = true;
  stored_.notify_all();
}

void Indexing::forget(const std::vector<Removed>& removed) {
  removed_.insert(removed_.end(), removed.begin(), removed.end());
}

/// One step of the index. What is forgotten is taken out of `gone`. [blocking]
Result<bool> Indexing::step(std::vector<Removed>& gone) {
  if (!gone.empty())
    if (auto done = index_->forget(gone); !done) return done.error();
  gone.clear();
  auto followed = index_->follow();
  if (!followed || *followed) return followed;
  if (auto done = index_->tidy_log(); !done) return done.error();
  return false;
}

/// It is tried again soon: a full disk is said once.
void Indexing::complain(const Error& why) {
  if (why.code != Code::cancelled && why.message != std::exchange(trouble_, why.message))
    host_.warn("search index: " + why.message);
}

/// False: it must be tried again.
Task<bool> Indexing::follow() {
  auto gone = std::exchange(removed_, {});
  auto one_step = [&] { return step(gone); };
  for (bool more = true; more;) {
    const auto begun = std::chrono::steady_clock::now();
    auto stepped = flat(co_await host_.parallel(one_step));
    if (!stepped) {
      forget(gone);  // what is left of it
      complain(stepped.error());
      co_return false;
    }
    more = *stepped || behind_;
    if (!std::exchange(behind_, false)) continue;
    const auto worked = std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begun);
    auto slept = co_await host_.sleep(worked * kRest);
    if (!slept) co_return false;
  }
  trouble_.clear();
  co_return true;
}

}  // namespace hive::broker
