#include "reading.hpp"

#include "reply_size.hpp"

namespace hive::broker {

Status Reading::open(const std::filesystem::path& mail, const std::filesystem::path& index,
                     const sqlite::Problem& problem) {
  auto history = History::open(mail, index, problem);
  if (!history) return history.error();
  history_.emplace(std::move(*history));
  return {};
}

Task<Result<Entries>> Reading::recent(Caller who, Recent what) {
  const std::string own(who.name());
  const bool others = what.of && *what.of != own;
  Party of(what.of.value_or(own));
  if (!others) {
    auto asking = uses_.callers.identify(who);
    of = co_await std::move(asking);
  }
  const auto most = list_bytes(who.who());
  auto read = [&] { return history_->recent(what, of, most); };
  auto entries = flat(co_await host_.blocking(read));
  const bool is_inbox = of.name == kOperator && !what.with && !what.before && what.box != Box::out;
  if (entries && is_inbox && who.who() == Who::operators) note_read(*entries);
  co_return entries;
}

void Reading::note_read(const Entries& inbox) {
  for (const auto& entry : inbox.messages) {
    if (entry.message.to != kOperator) continue;
    if (entry.message.id <= read_) return;
    read_ = entry.message.id;
    uses_.writer.later([id = read_](Exchange& exchange) { return exchange.upkeep().read_up_to(id); });
    return;
  }
}

Task<Result<Found>> Reading::search(Caller who, Search what) {
  std::optional<std::string> reader;
  if (who.who() == Who::manager) reader = kManager;
  const auto most = list_bytes(who.who());
  auto read = [&] { return history_->search(what, reader, most); };
  auto found = co_await host_.blocking(read);
  co_return flat(std::move(found));
}

Task<Result<Depths>> Reading::depth(Caller who) {
  std::optional<Party> owner;
  if (who.who() != Who::operators) {
    auto asking = uses_.callers.identify(who);
    owner = co_await std::move(asking);
  }
  auto read = [&] { return history_->depth(owner); };
  auto depths = co_await host_.blocking(read);
  co_return flat(std::move(depths));
}

Task<Result<DeadLetters>> Reading::dead_letters(ReadDead what) {
  auto read = [&] { return history_->dead_letters(what); };
  auto letters = co_await host_.blocking(read);
  co_return flat(std::move(letters));
}

}  // namespace hive::broker
