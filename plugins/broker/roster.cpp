#include "roster.hpp"

namespace hive::broker {
namespace {

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{5'000};
constexpr std::size_t kMostNamed = 50;

}  // namespace

void Roster::start() {
  hear(lifecycle::kContainerChanged, [this](Stamp, lifecycle::ContainerEvent event) {
    const auto& container = event.container;
    note(container.name, {.incarnation = container.incarnation, .revision = container.deployed_sha});
  });
  hear(lifecycle::kContainerRemoved, [this](Stamp, lifecycle::Gone gone) { forget(gone); });
  hear(lifecycle::kTombstoneRemoved, [this](Stamp, lifecycle::Gone gone) {
    ++moves_;
    if (gone.purged) holders_.release(gone.name, gone.incarnation);
  });
  host_.spawn(learn());
}

/// A subscription that was lost for being slow is begun anew, and what it missed is asked for.
template <class T, class F>
void Roster::hear(const Event<T>& event, F handler) {
  host_.subscribe(event, handler, [this, &event, handler](Error why) {
    if (why.code == Code::cancelled) return;
    host_.after(kFirstPause, [this, &event, handler] { hear(event, handler), host_.spawn(learn()); });
  });
}

void Roster::note(const std::string& name, const Member& member) {
  if (asking_ > 0) missed_[name] = member;
  if (!knows(name)) ++moves_;
  auto& known = members_[name];
  known.revision = member.revision;
  known.incarnation = member.incarnation;
  holders_.hold(name, member.incarnation);
}

void Roster::forget(const lifecycle::Gone& gone) {
  if (asking_ > 0) missed_[gone.name] = std::nullopt;
  ++moves_;
  members_.erase(gone.name);
  if (gone.name == kManager) members_[gone.name];
  if (gone.purged) holders_.release(gone.name, gone.incarnation);
}

Task<Status> Roster::refresh() {
  const None nothing;
  if (asking_++ == 0) missed_.clear();
  auto listed = co_await host_.call(lifecycle::kList, nothing);
  --asking_;
  if (!listed) co_return error(Code::unavailable, listed.error().message);
  members_ = {{"manager", {}}, {"operator", {}}};
  for (auto& container : listed->containers) {
    auto& member = members_[std::move(container.name)];
    member.incarnation = std::move(container.incarnation);
    member.revision = std::move(container.deployed_sha);
  }
  for (const auto& [name, member] : missed_) {
    if (member)
      members_[name] = *member;
    else
      members_.erase(name);
  }
  members_[std::string(kManager)];  // its mailbox stays
  for (const auto& [name, member] : members_) holders_.hold(name, member.incarnation);
  complete_ = true;
  co_return Status{};
}

Task<> Roster::learn() {
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    const auto before = moves_;
    auto asking = refresh();
    auto asked = co_await std::move(asking);
    if (asked) {
      auto counting = ask_who_lives();
      auto living = co_await std::move(counting);
      // Who moved between the answers may be in neither.
      if (living && moves_ == before) co_return holders_.judge(*living);
      if (!living && !is_passing(living.error().code)) co_return;
    }
    auto slept = co_await host_.sleep(pause);
    if (!slept) co_return;  // the plugin stops
  }
}

Task<Result<Holders::Living>> Roster::ask_who_lives() {
  const None nothing;
  auto listed = co_await host_.call(lifecycle::kList, nothing);
  if (!listed) co_return listed.error();
  auto kept = co_await host_.call(lifecycle::kTombstones, nothing);
  if (!kept) co_return kept.error();
  Holders::Living living;
  for (const auto& tombstone : kept->tombstones) living[tombstone.name] = tombstone.incarnation;
  for (const auto& container : listed->containers) living[container.name] = container.incarnation;
  co_return living;
}

std::optional<std::string> Roster::revision_of(std::string_view name) const {
  const auto found = members_.find(name);
  return found == members_.end() ? std::nullopt : found->second.revision;
}

std::vector<std::string> Roster::agents_but(std::string_view except) const {
  std::vector<std::string> names;
  for (const auto& [name, member] : members_)
    if (name != kOperator && name != except) names.push_back(name);
  return names;
}

std::string Roster::in_words() const {
  std::string words;
  std::size_t named = 0;
  for (const auto& [name, member] : members_) {
    if (named++ == kMostNamed) return words + ", …";
    words += (words.empty() ? "" : ", ") + name;
  }
  return words;
}

}  // namespace hive::broker
