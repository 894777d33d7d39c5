#include "history.hpp"

#include "queries.hpp"
#include "reply_size.hpp"

#include <map>

namespace hive::broker {
namespace {

constexpr std::size_t kMostFound = 100;
constexpr std::int64_t kUsualPage = 50;

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

Status count_into(std::map<std::string, Depth>& depths, sqlite::RowsOf<InState> rows) {
  while (auto one = rows.next()) {
    auto& depth = depths[std::string(one->owner)];
    if (one->state == State::queued) depth.queued = one->count;
    if (one->state == State::leased) depth.leased = one->count;
    if (one->state == State::dead) depth.dead = one->count;
  }
  return rows.status();
}

}  // namespace

Result<History> History::open(const std::filesystem::path& mail, const std::filesystem::path& index,
                              const sqlite::Problem& problem) {
  auto database = sqlite::Database::open(
      {.file = mail, .owner = "broker", .access = sqlite::Access::read_only, .problem = problem});
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

Result<std::int64_t> History::since(const Party& party) {
  auto found = database_.first<NamedLife>(sql::kLife, {party.name});
  if (!found) return found.error();
  if (!*found) return std::int64_t{0};
  const auto& life = (*found)->life;
  if (party.incarnation && life.incarnation != party.incarnation)
    return error(Code::conflict, "broker: the name " + party.name + " is passing to another agent; ask again");
  return life.since;
}

Status History::read(std::string_view sql, std::initializer_list<sqlite::Value> values, Page& page) {
  auto rows = database_.read<Entry>(sql, values);
  const auto room = page.room();
  while (!page.more) {
    auto entry = rows.next();
    if (!entry) break;
    const auto bytes = wire_bytes(entry->message);
    if (page.room() == 0 || !fits(page.bytes, bytes, page.most_bytes)) {
      page.more = true;
      return {};
    }
    page.bytes += bytes;
    page.entries.push_back(std::move(*entry));
  }
  // Rows that were left out took the place of others.
  if (room - page.room() + std::ssize(rows.unreadable()) > room) page.more = true;
  return rows.status();
}

Result<Entries> History::recent(const Recent& what, const Party& of, std::size_t most_bytes) {
  Page page{.entries = {}, .most = std::size_t(what.limit.value_or(kUsualPage)), .most_bytes = most_bytes};
  Status done;
  const bool all = of.name == "*";
  if (all && what.box.value_or(Box::all) != Box::all)
    return error(Code::invalid_params, "box: applies to one mailbox; name that in `of`");
  if (all && !what.with)
    done = read(sql::kAll, {what.before.value_or(kMaxInteger), page.room() + 1}, page);
  else
    done = read_of(what, all ? Party(*what.with) : of, page);
  if (!done) return done.error();
  return Entries{.messages = std::move(page.entries), .more = page.more};
}

Status History::read_of(const Recent& what, const Party& of, Page& page) {
  const auto before = what.before.value_or(kMaxInteger);
  const auto box = what.box.value_or(Box::all);
  const auto other = of.name == what.with ? std::nullopt : what.with;
  auto begin = since(of);
  if (!begin) return begin.error();
  auto level = upto();
  if (!level) return level.error();
  auto done = read(sql::kTail, {*level, before, of.name, other, page.room() + 1, int(box), *begin}, page);
  if (!done || !indexed_ || page.more) return done;
  std::string_view sql = sql::kIndexed;
  if (box == Box::all) sql = sql::kIndexedBoth;
  return read(sql, {*level, before, of.name, other, page.room() + 1, int(box), *begin}, page);
}

Result<Found> History::search(const Search& what, const std::optional<std::string>& reader, std::size_t most_bytes) {
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
  Page page{.entries = {}, .most = kMostFound, .most_bytes = most_bytes};
  auto done =
      read(sql::kSearch,
           {words, what.from, what.to, what.since, page.room() + 1, what.before.value_or(kMaxInteger), reader}, page);
  if (!done) return done.error();
  found.messages = std::move(page.entries), found.more = page.more;
  return found;
}

Result<Depths> History::depth(const std::optional<Party>& owner) {
  std::map<std::string, Depth> depths;
  std::int64_t begin = 0;
  if (owner) {
    auto found = since(*owner);
    if (!found) return found.error();
    begin = *found;
    depths[owner->name] = {};
  }
  auto live = owner ? database_.read<InState>(sql::kCountsOf, {owner->name}) : database_.read<InState>(sql::kCounts);
  if (auto done = count_into(depths, std::move(live)); !done) return done.error();
  auto dead = owner ? database_.read<InState>(sql::kDeadCountOf, {owner->name, begin})
                    : database_.read<InState>(sql::kDeadCounts);
  if (auto done = count_into(depths, std::move(dead)); !done) return done.error();
  Depths out;
  for (auto& [name, depth] : depths) {
    depth.owner = name;
    out.mailboxes.push_back(depth);
  }
  return out;
}

Result<DeadLetters> History::dead_letters(const ReadDead& what) {
  Page page{.entries = {}, .most = std::size_t(what.limit.value_or(kUsualPage)), .most_bytes = kReplyBytes};
  const auto before = what.before.value_or(kMaxInteger);
  if (auto done = read(sql::kDead, {what.of, before, page.room() + 1}, page); !done) return done.error();
  auto total = database_.integer(sql::kDeadTotalOf, {what.of});
  if (!total) return total.error();
  return DeadLetters{.messages = std::move(page.entries), .total = total->value_or(0), .more = page.more};
}

}  // namespace hive::broker
