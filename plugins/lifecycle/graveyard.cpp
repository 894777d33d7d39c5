#include "graveyard.hpp"

#include "names.hpp"

#include <algorithm>

namespace hive::lifecycle {

namespace {

constexpr milliseconds kPurgeWait{60'000};  // for one look at how far a purge is

}  // namespace

const Tombstone* Graveyard::find(const std::string& name) const {
  const auto found = std::ranges::find(tombstones_.tombstones, name, &Tombstone::name);
  return found == tombstones_.tombstones.end() ? nullptr : &*found;
}

Incarnation Graveyard::incarnation_for(const std::string& name) const {
  const auto* kept = find(name);
  return kept != nullptr ? kept->incarnation : new_incarnation();
}

void Graveyard::add(const Tombstone& tombstone) {
  mend(tombstones_.unreadable, tombstone.name);
  tombstones_.tombstones.insert(tombstones_.tombstones.begin(), tombstone);
  host_.publish(kTombstoneChanged, tombstone);
}

void Graveyard::drop(const Gone& gone) {
  mend(tombstones_.unreadable, gone.name);
  if (std::erase_if(tombstones_.tombstones, [&](auto& kept) { return kept.name == gone.name; }) != 0)
    host_.publish(kTombstoneRemoved, gone);
}

Task<Result<None>> Graveyard::purge(std::string name) {
  const auto* kept = find(name);
  if (kept == nullptr)
    co_return error(Code::not_found, "lifecycle: no state of a destroyed agent '" + name + "' is kept");
  if (!purging_.insert(name).second)
    co_return error(Code::conflict, "lifecycle: what was kept of " + name + " is being purged already");
  auto purge = std::make_shared<Purge>();
  host_.spawn(purge_to_the_end({.name = name, .incarnation = kept->incarnation, .purged = true}, purge));
  while (!purge->done) {
    auto waited = co_await purge->ended.wait(host_, kPurgeWait);
    if (!waited) co_return waited.error();
  }
  if (!*purge->done) co_return purge->done->error();
  co_return None{};
}

/// Whoever asked for it may have gone: a large tree takes its time.
Task<> Graveyard::purge_to_the_end(Gone gone, std::shared_ptr<Purge> purge) {
  auto removing = remove(gone.name);
  purge->done = co_await std::move(removing);
  purging_.erase(gone.name);
  if (*purge->done)
    drop(gone);
  else
    host_.warn("what was kept of " + gone.name + " is not purged: " + purge->done->error().message);
  purge->ended.notify_all();
}

/// The row goes last: a purge that ends half way can be asked for again.
Task<Status> Graveyard::remove(std::string name) {
  const runtime::Destroy purge{.name = name, .purge = true};
  for (;;) {
    auto purged = co_await host_.call(runtime::kDestroy, purge);
    if (purged) break;
    if (purged.error().code != Code::timeout) co_return purged.error();
    // It goes on: asking again waits for the end of what was begun.
  }
  auto record = [this, &name] { return roster_.remove_tombstone(name); };
  co_return flat(co_await host_.blocking(record));
}

}  // namespace hive::lifecycle
