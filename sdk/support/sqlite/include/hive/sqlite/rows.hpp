#pragma once
#include <hive/sdk/result.hpp>
#include <hive/sqlite/value.hpp>

#include <cstdint>

struct sqlite3_stmt;

namespace hive::sqlite {

class Database;
struct Connection;

/// The answer to a query, read row by row:
///   auto rows = database.query(kOldest, {owner});
///   while (rows.next()) use(rows.integer(0), rows.text(1));
///   if (auto read = rows.status(); !read) return read.error();
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

 private:
  friend Database;
  Rows(const Connection& connection, sqlite3_stmt* statement, bool* in_use)
      : connection_(&connection), statement_(statement), in_use_(in_use) {}
  Rows(const Connection& connection, Error failure) : connection_(&connection), status_(std::move(failure)) {}

  const Connection* connection_;
  sqlite3_stmt* statement_ = nullptr;
  bool* in_use_ = nullptr;  // of the cached statement; null: the statement is this one's own
  Status status_;
};

}  // namespace hive::sqlite
