#include "roster.hpp"

#include <algorithm>

namespace hive::broker {
namespace {

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{5'000};
constexpr std::size_t kMostNamed = 50;

/// Whether asking again may help.
bool is_passing(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::busy || code == Code::cancelled ||
         code == Code::method_not_found;
}

}  // namespace

void Roster::start(const std::vector<Party>& known) {
  for (const auto& party : known) stood_for_[party.name] = party.incarnation.value_or("");
  hear_changes();
  hear_removals();
  hear_tombstones();
  host_.spawn(learn());
}

// A subscription that was lost for being slow is begun anew, and what it missed is asked for.

void Roster::hear_changes() {
  host_.subscribe(
      lifecycle::kContainerChanged,
      [this](Stamp, lifecycle::ContainerEvent event) {
        const auto& container = event.container;
        note(container.name, {.incarnation = container.incarnation, .revision = container.deployed_sha});
      },
      [this](Error why) {
        if (why.code == Code::cancelled) return;
        host_.after(kFirstPause, [this] { hear_changes(), host_.spawn(learn()); });
      });
}

void Roster::hear_removals() {
  host_.subscribe(
      lifecycle::kContainerRemoved, [this](Stamp, lifecycle::Gone gone) { forget(gone); },
      [this](Error why) {
        if (why.code == Code::cancelled) return;
        host_.after(kFirstPause, [this] { hear_removals(), host_.spawn(learn()); });
      });
}

void Roster::hear_tombstones() {
  host_.subscribe(
      lifecycle::kTombstoneRemoved,
      [this](Stamp, lifecycle::Gone gone) {
        ++moves_;
        ended(gone);
      },
      [this](Error why) {
        if (why.code == Code::cancelled) return;
        host_.after(kFirstPause, [this] { hear_tombstones(), host_.spawn(learn()); });
      });
}

void Roster::note(const std::string& name, const Member& member) {
  if (asking_ > 0) news_[name] = member;
  if (!knows(name)) ++moves_;
  auto& known = members_[name];
  known.revision = member.revision;
  known.incarnation = member.incarnation;
  stands_for(name, member.incarnation);
}

void Roster::forget(const lifecycle::Gone& gone) {
  if (asking_ > 0) news_[gone.name] = std::nullopt;
  ++moves_;
  members_.erase(gone.name);
  if (gone.name == kManager) members_[gone.name];
  ended(gone);
}

void Roster::ended(const lifecycle::Gone& gone) {
  const auto found = stood_for_.find(gone.name);
  if (!gone.purged || found == stood_for_.end() || found->second != gone.incarnation) return;
  stood_for_.erase(found);
  heard_(gone.name);
}

void Roster::stands_for(const std::string& name, const std::string& incarnation) {
  if (incarnation.empty()) return;
  auto& known = stood_for_[name];
  if (std::exchange(known, incarnation) != incarnation) heard_({name, incarnation});
}

Party Roster::party(const std::string& name) const {
  const auto found = stood_for_.find(name);
  if (found == stood_for_.end() || found->second.empty()) return name;
  return {name, found->second};
}

Task<Status> Roster::refresh() {
  const None nothing;
  if (asking_++ == 0) news_.clear();
  auto listed = co_await host_.call(lifecycle::kList, nothing);
  --asking_;
  if (!listed) co_return error(Code::unavailable, listed.error().message);
  members_ = {{"manager", {}}, {"operator", {}}};
  for (auto& container : listed->containers) {
    auto& member = members_[std::move(container.name)];
    member.incarnation = std::move(container.incarnation);
    member.revision = std::move(container.deployed_sha);
  }
  for (const auto& [name, news] : news_) {
    if (news)
      members_[name] = *news;
    else
      members_.erase(name);
  }
  members_[std::string(kManager)];  // its mailbox stays
  for (const auto& [name, member] : members_) stands_for(name, member.incarnation);
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
      if (living && moves_ == before) co_return judge(*living);
      if (!living && !is_passing(living.error().code)) co_return;
    }
    auto slept = co_await host_.sleep(pause);
    if (!slept) co_return;  // the plugin stops
  }
}

Task<Result<Roster::Living>> Roster::ask_who_lives() {
  const None nothing;
  auto listed = co_await host_.call(lifecycle::kList, nothing);
  if (!listed) co_return listed.error();
  auto kept = co_await host_.call(lifecycle::kTombstones, nothing);
  if (!kept) co_return kept.error();
  Living living;
  for (const auto& tombstone : kept->tombstones) living[tombstone.name] = tombstone.incarnation;
  for (const auto& container : listed->containers) living[container.name] = container.incarnation;
  co_return living;
}

void Roster::judge(const Living& living) {
  for (const auto& [name, incarnation] : living) stands_for(name, incarnation);
  std::vector<std::string> purged;
  for (const auto& [name, incarnation] : stood_for_)
    // The manager's mailbox is there before the first manager is.
    if (living.find(name) == living.end() && (!incarnation.empty() || is_agent(name))) purged.push_back(name);
  for (const auto& name : purged) {
    stood_for_.erase(name);
    heard_(name);
  }
}

Task<Status> Roster::may_write(std::string sender, std::string to) {
  auto asking = allowed_recipients(sender);
  auto allowed = co_await std::move(asking);
  if (!allowed) co_return allowed.error();
  const bool may = allowed->empty() || to == "manager" || std::ranges::find(*allowed, to) != allowed->end();
  if (may) co_return Status{};
  co_return error(Code::forbidden, "broker: " + sender + " may not write to " + to +
                                       "; send it to manager and say for whom it is, the manager passes it on");
}

/// Asked of the runtime once for each configuration; while it is not known which one is active, each time.
Task<Result<std::vector<std::string>>> Roster::allowed_recipients(std::string sender) {
  const auto found = members_.find(sender);
  if (found != members_.end() && found->second.revision && found->second.revision == found->second.rules_revision)
    co_return found->second.allowed_recipients;
  const runtime::Name name{sender};
  auto active = co_await host_.call(runtime::kActive, name);
  if (!active && is_passing(active.error().code))
    co_return error(Code::unavailable, "broker: the recipients that " + sender + " may write to are not known (" +
                                           active.error().message + "); nothing was sent, try again");
  if (!active || !active->allowed_recipients)
    co_return error(Code::forbidden, "broker: the configuration of " + sender + " cannot be read (" +
                                         (active ? "none is active" : active.error().message) +
                                         "); nothing was sent, have the agent rebuilt");
  if (const auto again = members_.find(sender); again != members_.end()) {
    again->second.rules_revision = active->revision;
    again->second.allowed_recipients = *active->allowed_recipients;
  }
  co_return std::move(*active->allowed_recipients);
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
