#include "history.hpp"

#include "queries.hpp"
#include "read_each.hpp"
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

template <class Query>
Status History::fill(Page& page, Query query) {
  const auto add = [&page](Entry& entry) {
    const auto bytes = wire_bytes(entry.message);
    return page.entries.add(std::move(entry), bytes);
  };
  for (auto before = page.before; !page.entries.more();) {
    const auto limit = std::int64_t(page.entries.room()) + 1;
    const auto read = read_each(query(before, limit), add);
    if (!read) return read.error();
    std::ranges::copy(read->left_out, std::back_inserter(page.unreadable));
    if (read->rows < limit) break;
    before = read->lowest;  // rows that were left out have taken the place of others
  }
  return {};
}

Result<Entries> History::recent(const Recent& what, const Party& of, std::size_t most_bytes) {
  Page page{.entries = BoundedList<Entry>({std::size_t(what.limit.value_or(kUsualPage)), most_bytes}),
            .before = what.before.value_or(kMaxInteger)};
  Status done;
  const bool all = of.name == "*";
  if (all && what.box.value_or(Box::all) != Box::all)
    return error(Code::invalid_params, "box: applies to one mailbox; name that in `of`");
  if (all && !what.with)
    done = fill(page, [&](std::int64_t before, std::int64_t limit) {
      return database_.read<Entry>(sql::kAll, {before, limit});
    });
  else
    done = read_of(what, all ? Party(*what.with) : of, page);
  if (!done) return done.error();
  return Entries{.messages = page.entries.take(), .more = page.more(), .unreadable = named(page.unreadable)};
}

Status History::read_of(const Recent& what, const Party& of, Page& page) {
  const auto box = what.box.value_or(Box::all);
  const auto other = of.name == what.with ? std::nullopt : what.with;
  auto begin = since(of);
  if (!begin) return begin.error();
  auto level = upto();
  if (!level) return level.error();
  std::string_view sql = sql::kTail;
  const auto query = [&](std::int64_t before, std::int64_t limit) {
    return database_.read<Entry>(sql, {*level, before, of.name, other, limit, int(box), *begin});
  };
  auto done = fill(page, query);
  if (!done || !indexed_ || page.entries.more()) return done;
  sql = sql::kIndexed;
  if (box == Box::all) sql = sql::kIndexedBoth;
  return fill(page, query);
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
  Page page{.entries = BoundedList<Entry>({kMostFound, most_bytes}), .before = what.before.value_or(kMaxInteger)};
  auto done = fill(page, [&](std::int64_t before, std::int64_t limit) {
    return database_.read<Entry>(sql::kSearch, {words, what.from, what.to, what.since, limit, before, reader});
  });
  if (!done) return done.error();
  found.messages = page.entries.take(), found.more = page.more(), found.unreadable = named(page.unreadable);
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
  const std::size_t most = what.limit.value_or(kUsualPage);
  Page page{.entries = BoundedList<Entry>({most, list_bytes(Who::operators)}),
            .before = what.before.value_or(kMaxInteger)};
  auto done = fill(page, [&](std::int64_t before, std::int64_t limit) {
    return database_.read<Entry>(sql::kDead, {what.of, before, limit});
  });
  if (!done) return done.error();
  auto total = database_.integer(sql::kDeadTotalOf, {what.of});
  if (!total) return total.error();
  return DeadLetters{.messages = page.entries.take(),
                     .total = total->value_or(0),
                     .more = page.more(),
                     .unreadable = named(page.unreadable)};
}

}  // namespace hive::broker
