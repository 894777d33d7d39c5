#pragma once
#include <hive/sdk/plugin.hpp>
#include <hive/sqlite/outbox.hpp>

/// Role `ledger`: a plugin with a store and an outbox. Whoever writes an entry for an agent owes it a letter.
namespace ledger {

struct Entry {
  std::string to, text;
};
constexpr auto fields(hive::Of<Entry>) {
  return hive::shape(hive::field<&Entry::to>("to", "who hears of it").max_bytes(64),
                     hive::field<&Entry::text>("text", "what is noted").max_bytes(512));
}
struct Written {
  std::int64_t entries = 0;
};
constexpr auto fields(hive::Of<Written>) {
  return hive::shape(hive::field<&Written::entries>("entries", "how many entries the ledger has now"));
}
inline constexpr hive::Method<Entry, Written> kWrite{.name = "ledger.write",
                                                     .callers = hive::Who::operators,
                                                     .doc = "Notes an entry and tells whom it is for.",
                                                     .cli = {.positional = "to text"}};

class Ledger {
 public:
  explicit Ledger(hive::Host& host) : host_(host) {}
  hive::Status start();

 private:
  hive::Task<hive::Result<Written>> write(Entry entry);
  hive::Result<Written> store(const Entry& entry);

  hive::Host& host_;
  std::optional<hive::sqlite::Database> database_;
  std::optional<hive::sqlite::Outbox> outbox_;
};

}  // namespace ledger
