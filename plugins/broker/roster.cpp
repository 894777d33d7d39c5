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

void Roster::start() {
  hear_changes();
  hear_removals();
  host_.spawn(learn());
}

// A subscription that was lost for being slow is begun anew, and what it missed is asked for.

void Roster::hear_changes() {
  host_.subscribe(
      lifecycle::kContainerChanged,
      [this](Stamp, lifecycle::ContainerEvent event) {
        note(event.container.name, std::move(event.container.deployed_sha));
      },
      [this](Error why) {
        if (why.code == Code::cancelled) return;
        host_.after(kFirstPause, [this] { hear_changes(), host_.spawn(learn()); });
      });
}

void Roster::hear_removals() {
  host_.subscribe(
      lifecycle::kContainerRemoved, [this](Stamp, lifecycle::Gone gone) { forget(gone.name); },
      [this](Error why) {
        if (why.code == Code::cancelled) return;
        host_.after(kFirstPause, [this] { hear_removals(), host_.spawn(learn()); });
      });
}

void Roster::note(const std::string& name, std::optional<std::string> revision) {
  if (asking_ > 0) news_[name] = Member{.revision = revision};
  members_[name].revision = std::move(revision);
}

void Roster::forget(const std::string& name) {
  if (asking_ > 0) news_[name] = std::nullopt;
  members_.erase(name);
  if (name == "manager") members_[name];  // its mailbox stays
}

Task<Status> Roster::refresh() {
  const None nothing;
  if (asking_++ == 0) news_.clear();
  auto listed = co_await host_.call(lifecycle::kList, nothing);
  --asking_;
  if (!listed) co_return error(Code::unavailable, listed.error().message);
  members_ = {{"manager", {}}, {"operator", {}}};
  for (auto& container : listed->containers)
    members_[std::move(container.name)].revision = std::move(container.deployed_sha);
  for (const auto& [name, news] : std::map(news_)) {
    if (news)
      note(name, news->revision);
    else
      forget(name);
  }
  complete_ = true;
  co_return Status{};
}

Task<> Roster::learn() {
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    auto asking = refresh();
    auto asked = co_await std::move(asking);
    if (asked) co_return;
    auto slept = co_await host_.sleep(pause);
    if (!slept) co_return;  // the plugin stops
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
    co_return error(Code::unavailable, "broker: to whom " + sender + " may write is not known (" +
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
    if (name != "operator" && name != except) names.push_back(name);
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
