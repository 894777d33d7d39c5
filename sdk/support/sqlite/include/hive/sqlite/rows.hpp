#pragma once
#include <hive/sdk/contracts/unreadable.hpp>
#include <hive/sdk/result.hpp>
#include <hive/sqlite/value.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

struct sqlite3_stmt;

namespace hive::sqlite {

class Database;
struct Column;
struct Connection;

/// The parameters of one statement, the first of which is 1.
class Parameters {
 public:
  /// Sets one parameter. Text is borrowed: it must outlive the statement's run.
  void set(int at, const Value& value) const;
  /// The same for text that may be gone when this returns.
  void set_copy(int at, std::string_view text) const;

 private:
  friend Database;
  explicit Parameters(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

/// The answer to a query, read cell by cell: columns count from 0, and cells are read after `next` has said true. A
/// cell of another type is converted as SQLite does, so a store reads whole rows in place of that, see Database::read.
/// Its database outlives it and is used by the same thread. [blocking]
class Rows {
 public:
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  /// Goes to the next row. False: there is none, or `status` says what failed.
  bool next();
  const Status& status() const { return status_; }

  /// Whether the cell is null.
  bool is_null(int column) const;
  /// The cell as a whole number; 0 when it is null or no number.
  std::int64_t integer(int column) const;
  /// The cell as a number; 0 when it is null or none.
  double real(int column) const;
  /// The cell as milliseconds since 1970, as a Value of a Time is written.
  Time time(int column) const { return Time{integer(column)}; }
  /// The cell as text, empty when it is null. Valid until `next`.
  std::string_view text(int column) const;
  /// A copy of the cell's text; nothing when it is null.
  std::optional<std::string> text_if(int column) const;
  /// The cell as a whole number; nothing when it is null.
  std::optional<std::int64_t> integer_if(int column) const;

  /// Reads the current row by its description. False: a cell holds something else than the description says. Then
  /// the row is in `unreadable`, and the database's `problem` was told once.
  bool read(std::span<const Column> columns, void* row);
  const std::vector<Unreadable>& unreadable() const { return unreadable_; }

 private:
  friend Database;
  friend bool read_cell(const Rows&, int, std::int64_t&, std::string&);
  friend bool read_cell(const Rows&, int, double&, std::string&);
  friend bool read_cell(const Rows&, int, std::string_view&, std::string&);
  Rows(Connection& connection, sqlite3_stmt* statement, bool* in_use)
      : connection_(&connection), statement_(statement), in_use_(in_use) {}
  Rows(Connection& connection, Error failure) : connection_(&connection), status_(std::move(failure)) {}

  Connection* connection_;
  sqlite3_stmt* statement_ = nullptr;
  bool* in_use_ = nullptr;  // of the cached statement; null: the statement is this one's own
  Status status_;
  std::vector<Unreadable> unreadable_;
};

/// The value of a cell of that very type. False: it holds another, and `wanted` says what it should hold.
bool read_cell(const Rows& rows, int column, std::int64_t& out, std::string& wanted);
/// The same; a whole number is a number too.
bool read_cell(const Rows& rows, int column, double& out, std::string& wanted);
/// The same for text; `out` is valid until `next`.
bool read_cell(const Rows& rows, int column, std::string_view& out, std::string& wanted);
/// The same for text that is kept.
bool read_cell(const Rows& rows, int column, std::string& out, std::string& wanted);

/// The answer to a query, as rows of a described struct:
///   auto rows = database.read<Tally>(kTallies);
///   while (auto tally = rows.next()) use(*tally);
///   if (!rows.status()) return rows.status().error();
/// Its database outlives it and is used by the same thread. [blocking]
template <class Row>
class RowsOf {
 public:
  /// For Database::read. Takes over a query that has not been read yet.
  explicit RowsOf(Rows rows) : rows_(std::move(rows)) {}
  /// The next row that can be read; views in it are valid until the next call. Nothing: there is none, or `status`
  /// says what failed.
  std::optional<Row> next();
  /// Whether the query has failed, at the beginning or at any row; ask after the last one.
  const Status& status() const { return rows_.status(); }
  /// The rows that were left out so far, for `named`. As long as this.
  const std::vector<Unreadable>& unreadable() const { return rows_.unreadable(); }
  /// The rows that are left and can be read. Errors: as Database's, and then none of them.
  Result<std::vector<Row>> all();

 private:
  Rows rows_;
};

}  // namespace hive::sqlite
