#pragma once
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
  /// Text must outlive the statement's run.
  void set(int at, const Value& value) const;
  void set_copy(int at, std::string_view text) const;

 private:
  friend Database;
  explicit Parameters(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

/// A row that could not be read and was left out. `id`: its first column; `why`: which column should hold what.
struct Unreadable {
  std::string id, why;

  /// `id` where it is a number; otherwise 0.
  std::int64_t number() const;
};

/// The answer to a query, read cell by cell. A store reads whole rows in place of that, see Database::read.
/// Outlived by its database. [blocking]
class Rows {
 public:
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  /// Goes to the next row. False: there is none, or `status` says what failed.
  bool next();
  const Status& status() const { return status_; }

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  Time time(int column) const { return Time{integer(column)}; }
  /// Valid until `next`.
  std::string_view text(int column) const;
  std::optional<std::string> text_if(int column) const;
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
bool read_cell(const Rows& rows, int column, double& out, std::string& wanted);
/// Valid until `next`.
bool read_cell(const Rows& rows, int column, std::string_view& out, std::string& wanted);
bool read_cell(const Rows& rows, int column, std::string& out, std::string& wanted);

/// The answer to a query, as rows of a described struct:
///   auto rows = database.read<Tally>(kTallies);
///   while (auto tally = rows.next()) use(*tally);
///   if (!rows.status()) return rows.status().error();
template <class Row>
class RowsOf {
 public:
  explicit RowsOf(Rows rows) : rows_(std::move(rows)) {}
  /// The next row that can be read; views in it are valid until the next call. Nothing: there is none, or `status`
  /// says what failed.
  std::optional<Row> next();
  const Status& status() const { return rows_.status(); }
  const std::vector<Unreadable>& unreadable() const { return rows_.unreadable(); }
  /// Those that are left.
  Result<std::vector<Row>> all();

 private:
  Rows rows_;
};

}  // namespace hive::sqlite
