#include "history.hpp"

#include "queries.hpp"
#include "row.hpp"

#include <map>

namespace hive::broker {
namespace {

constexpr std::int64_t kMostFound = 100;
constexpr std::int64_t kMostDead = 500;

/// Each word quoted: to FTS5 an unquoted `-` or `"` is an operator or an error.
std::string quoted_words(std::string_view text) {
  std::string out;
  bool in_word = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
    if (space && in_word) out += '"';
    if (!space && !in_word) out += out.empty() ? "\"" : " \"";
    if (!space) out += c == '"' ? "\"\"" : std::string(1, c);
    in_word = !space;
  }
  if (in_word) out += '"';
  return out;
}

std::size_t bytes_of(const std::vector<Entry>& entries) {
  std::size_t bytes = 0;
  for (const auto& entry : entries) bytes += wire_bytes(entry.message);
  return bytes;
}

Status count_into(std::map<std::string, Depth>& depths, sqlite::Rows rows) {
  while (rows.next()) {
    auto& depth = depths[std::string(rows.text(0))];
    const auto state = State(rows.integer(1));
    if (state == State::queued) depth.queued = rows.integer(2);
    if (state == State::leased) depth.leased = rows.integer(2);
    if (state == State::dead) depth.dead = rows.integer(2);
  }
  return rows.status();
}

}  // namespace

Result<History> History::open(const std::filesystem::path& mail, const std::filesystem::path& index) {
  auto database = sqlite::Database::open({.file = mail, .owner = "broker", .access = sqlite::Access::read_only});
  if (!database) return database.error();
  if (!index.empty())
    if (auto done = database->run(sql::kAttach, {index.string()}); !done) return done.error();
  return History(std::move(*database), !index.empty());
}

/// The last id that the index has.
Result<std::int64_t> History::upto() {
  if (!indexed_) return std::int64_t{0};
  auto found = database_.integer(sql::kUpto);
  if (!found) return found.error();
  return found->value_or(0);
}

Result<History::Read> History::read(std::string_view sql, std::initializer_list<sqlite::Value> values,
                                    std::vector<Entry>& into) {
  auto bytes = bytes_of(into);
  auto rows = database_.query(sql, values);
  while (rows.next()) {
    auto entry = entry_in(rows);
    bytes += wire_bytes(entry.message);
    if (bytes > kReplyBytes) return Read::cut;
    into.push_back(std::move(entry));
  }
  if (!rows.status()) return rows.status().error();
  return Read::to_the_end;
}

Result<Entries> History::recent(const Recent& what, std::string_view of) {
  const auto before = what.before.value_or(kMaxInteger);
  const auto limit = what.limit.value_or(50);
  Entries out;
  if (of == "*" && what.with) of = *what.with;
  if (of == "*") {
    if (auto done = read(sql::kAll, {before, limit}, out.messages); !done) return done.error();
    return out;
  }
  auto level = upto();
  if (!level) return level.error();
  auto done = read(sql::kTail, {*level, before, of, what.with, limit}, out.messages);
  if (!done) return done.error();
  const auto left = limit - std::int64_t(out.messages.size());
  if (!indexed_ || left == 0 || *done == Read::cut) return out;
  done = read(sql::kIndexed, {*level, before, of, what.with, left}, out.messages);
  if (!done) return done.error();
  return out;
}

Result<Found> History::search(const Search& what) {
  if (!indexed_)
    return error(Code::unavailable, "broker: the search index could not be opened; see the log, mend it and restart");
  const auto words = quoted_words(what.text);
  if (words.empty()) return error(Code::invalid_params, "broker: text has no word to search for");
  Found found;
  auto level = upto();
  if (!level) return level.error();
  auto behind = database_.integer(sql::kBehind, {*level});
  if (!behind) return behind.error();
  found.behind = behind->value_or(0);
  auto done = read(sql::kSearch, {words, what.from, what.to, what.since, kMostFound}, found.messages);
  if (!done) return done.error();
  return found;
}

Result<Depths> History::depth(const std::optional<std::string>& owner) {
  std::map<std::string, Depth> depths;
  if (owner) depths[*owner] = {};
  auto live = owner ? database_.query(sql::kCountsOf, {*owner}) : database_.query(sql::kCounts);
  if (auto done = count_into(depths, std::move(live)); !done) return done.error();
  auto dead = owner ? database_.query(sql::kDeadCountOf, {*owner}) : database_.query(sql::kDeadCounts);
  if (auto done = count_into(depths, std::move(dead)); !done) return done.error();
  Depths out;
  for (auto& [name, depth] : depths) {
    depth.owner = name;
    out.mailboxes.push_back(depth);
  }
  return out;
}

Result<Entries> History::dead_letters() {
  Entries out;
  if (auto done = read(sql::kDead, {kMostDead}, out.messages); !done) return done.error();
  return out;
}

}  // namespace hive::broker
