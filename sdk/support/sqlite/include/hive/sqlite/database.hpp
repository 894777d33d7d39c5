#pragma once
#include <hive/sdk/result.hpp>
#include <hive/sqlite/row.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>

/// SQLite as this project uses it: write-ahead log, prepared and cached statements, numbered
/// migrations, errors that say what to do. Everything is [blocking].
namespace hive::sqlite {

/// Databases of this process take room for their pages one by one, in place of twenty at once for each: for a
/// program that has many and uses them little. To be called before it opens the first.
void take_pages_one_by_one();

/// What a commit promises: `full` survives a power cut, `normal` the end of the process.
enum class Durability { full, normal };
/// Whether a database may be changed. Read only, it has to be there, and is neither migrated nor set aside.
enum class Access { read_write, read_only };

/// Hears a sentence about something that went wrong and was got over; by the thread that uses the database.
using Problem = std::function<void(const std::string&)>;

/// What a database is opened with; it keeps a copy.
struct Options {
  std::filesystem::path file;
  /// First word of every error, as the operator knows the owner: a plugin's id.
  std::string owner;
  /// Step n brings a database from `user_version` n to n + 1, in a transaction of its own. Steps are
  /// never changed once they were released; they outlive the database. Not looked at when read-only or
  /// empty: whose schema it is decides.
  std::span<const std::string_view> migrations{};
  Durability durability = Durability::full;
  Access access = Access::read_write;
  /// How long a statement waits for another connection before it fails.
  std::chrono::milliseconds patience{2'000};
  /// Size to which the log is laid out when it is opened, and kept. A commit into it does not change the
  /// file's size, which saves the disk about a third of the wait. 0: it grows and is removed at the end.
  std::size_t log_bytes = 0;
  /// Is told of each row that was left out because it could not be read, and of a damaged file that was replaced.
  Problem problem = {};
};

/// One connection, closed with this object and used by one thread at a time. Files up to 16 MiB are checked when they
/// are opened. Texts of statements are kept once they have run: use constants, never text with values in it.
///
/// Errors of every function: unavailable (locked, naming the holder; disk full; unreadable), conflict
/// (a constraint), too_large, internal (corrupt; a statement that does not compile).
class Database {
 public:
  /// Opens or creates the file and migrates it. Errors beside those above: unavailable (a newer
  /// program made it), internal (corrupt: the file was set aside, and the message says where).
  static Result<Database> open(Options options);
  /// The same for what can be made again or done without: in place of a corrupt file, which was set aside and
  /// of which `options.problem` is told, an empty one is made.
  static Result<Database> open_or_replace(const Options& options);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs one statement for what it changes, with `values` for its parameters in their order; rows are passed over.
  Status run(std::string_view sql, std::initializer_list<Value> values = {});
  /// The same with the columns of a described row as parameters, as {values} of sql_for has them.
  template <class Row>
  Status run(std::string_view sql, const Row& row) {
    return run(sql, {}, kColumns<Row>, &row);
  }
  /// The same with `values` first, then the columns of the row.
  template <class Row>
  Status run(std::string_view sql, std::initializer_list<Value> values, const Row& row) {
    return run(sql, values, kColumns<Row>, &row);
  }
  /// Asks for rows of a described struct. One that cannot be read is left out, and `options.problem` is told once. A
  /// failed query gives no rows and says so in their `status`.
  template <class Row>
  RowsOf<Row> read(std::string_view sql, std::initializer_list<Value> values = {}) {
    return RowsOf<Row>(query(sql, values));
  }
  /// The first of them that can be read; nothing: there is none.
  template <class Row>
  Result<std::optional<Row>> first(std::string_view sql, std::initializer_list<Value> values = {}) {
    static_assert(kOwns<Row>);
    auto rows = read<Row>(sql, values);
    auto row = rows.next();
    if (!rows.status()) return rows.status().error();
    return row;
  }
  /// Asks for rows cell by cell, which are read while `Rows` lives; the same text may be in use more than once.
  /// `values` are copied.
  Rows query(std::string_view sql, std::initializer_list<Value> values = {});
  /// The first column of the first row; nothing when there is no row or it is null.
  Result<std::optional<std::int64_t>> integer(std::string_view sql, std::initializer_list<Value> values = {});
  /// Runs several statements, which are not kept: for set-up alone.
  Status script(std::string_view sql);

  /// Chooses the first id of an AUTOINCREMENT table that has given none yet. It is made of time and chance and is below
  /// 2^53, so that a file that is made in place of a lost one gives no id again, and a client that remembers an old id
  /// (as a key, or as the last that it acted on) never takes a new row for a known one. Called each time the file was
  /// opened.
  Status begin_ids(std::string_view table);
  /// The id of the row that this connection inserted last; 0: none. An INSERT that did nothing leaves it as it was.
  std::int64_t last_id() const;
  /// How many rows the last INSERT, UPDATE or DELETE has changed.
  std::int64_t changes() const;
  /// The file as it was named to open(). Valid until the database is closed, also when this is moved.
  const std::filesystem::path& file() const;
  /// Whether the file was removed or replaced since it was opened: what is written from then on is lost at the end.
  bool has_moved() const;

 private:
  explicit Database(std::unique_ptr<Connection> connection);
  Status run(std::string_view sql, std::initializer_list<Value> values, std::span<const Column> columns,
             const void* row);
  std::unique_ptr<Connection> connection_;
};

/// Several statements as one, of all that its database runs meanwhile. Rolled back when it is destroyed without a
/// commit. One at a time for each database, which outlives it and is not moved meanwhile. [blocking]
class Transaction {
 public:
  /// Begins, and takes the write lock at once, so that nothing in it can fail for being late. Errors: as Database's.
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Keeps the changes: durable, as far as Options::durability promises, when it returns. After a failure they are
  /// rolled back when this is destroyed.
  Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace hive::sqlite
