#pragma once
#include <hive/sqlite/database.hpp>

#include <sqlite3.h>

#include <set>
#include <unordered_map>

namespace hive::sqlite {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// A statement that is ready to be bound. Null `in_use`: it is the caller's own, to be finalised; else
/// it is cached, to be reset and marked free.
struct Prepared {
  sqlite3_stmt* statement = nullptr;
  bool* in_use = nullptr;
};
void release(const Prepared& prepared);

/// The connection and its prepared statements.
struct Connection {
  explicit Connection(Options given) : options(std::move(given)) {}
  Connection(const Connection&) = delete;
  ~Connection();

  /// The cached statement, or while that is in use another one. No statement: it does not compile.
  Prepared prepare(std::string_view sql);
  /// What the last call on `handle` failed with, `status` being its result.
  Error failure(int status) const;
  /// `owner: database file <found>`.
  std::string sentence(const std::string& found) const;
  /// Tells `options.problem` of a row that is left out, unless it did before. A store that has very many of them
  /// does not fill the log.
  void left_out(const Unreadable& row);

  Options options;
  sqlite3* handle = nullptr;
  struct Cached {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
  };
  std::unordered_map<std::string, Cached, TextHash, std::equal_to<>> statements;
  std::set<std::string> told_of;  // rows that were left out
};

/// `life`: SQLITE_STATIC when text outlives the statement's run, else SQLITE_TRANSIENT.
void set(sqlite3_stmt* statement, int at, const Value& value, sqlite3_destructor_type life);

/// "pid 41", or "another process" when the kernel does not tell. `file` is not opened: to close it
/// again would drop this process's own locks on it.
std::string holder_of(const std::filesystem::path& file);

/// Brings `database` to the last step. Errors: unavailable (it is newer).
Status migrate(Database& database, const Connection& connection);

/// Fills the log up to `options.log_bytes`. SQLite takes what follows its last frame for no log.
Status lay_out_log(Database& database, const Connection& connection);

/// Renames the file with its log to a dated name beside it and gives that name.
Result<std::filesystem::path> set_aside(const std::filesystem::path& file);

}  // namespace hive::sqlite
