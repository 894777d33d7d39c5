#include "connection.hpp"

namespace hive::sqlite {
namespace {

template <class... F>
struct Cases : F... {
  using F::operator()...;
};

}  // namespace

void set(sqlite3_stmt* statement, int at, const Value& value, sqlite3_destructor_type life) {
  std::visit(Cases{[&](std::monostate) { sqlite3_bind_null(statement, at); },
                   [&](std::int64_t number) { sqlite3_bind_int64(statement, at, number); },
                   [&](double number) { sqlite3_bind_double(statement, at, number); },
                   [&](std::string_view text) {
                     // A null pointer would bind NULL; an empty view may have one.
                     const char* bytes = text.data() != nullptr ? text.data() : "";
                     sqlite3_bind_text64(statement, at, bytes, text.size(), life, SQLITE_UTF8);
                   }},
             value.form());
}

void Parameters::set(int at, const Value& value) const {
  sqlite::set(statement_, at, value, SQLITE_STATIC);
}

void Parameters::set_copy(int at, std::string_view text) const {
  sqlite::set(statement_, at, text, SQLITE_TRANSIENT);
}

Rows::Rows(Rows&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(other.in_use_),
      status_(std::move(other.status_)),
      unreadable_(std::move(other.unreadable_)) {}

Rows::~Rows() {
  if (statement_ != nullptr) release({statement_, in_use_});
}

bool Rows::next() {
  if (statement_ == nullptr || !status_) return false;
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  if (status != SQLITE_DONE) status_ = connection_->failure(status);
  return false;
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Rows::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Rows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, std::size_t(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::string> Rows::text_if(int column) const {
  if (is_null(column)) return std::nullopt;
  return std::string(text(column));
}

std::optional<std::int64_t> Rows::integer_if(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

bool Rows::read(std::span<const Column> columns, void* row) {
  int at = 0;
  std::string wanted;
  for (const auto& column : columns) {
    if (column.read(*this, at++, row, wanted)) continue;
    // The first column as text: SQLite converts a number.
    unreadable_.push_back({std::string(text(0)), std::string(column.name) + " should hold " + wanted});
    connection_->left_out(unreadable_.back());
    return false;
  }
  return true;
}

bool read_cell(const Rows& rows, int column, std::int64_t& out, std::string& wanted) {
  if (sqlite3_column_type(rows.statement_, column) != SQLITE_INTEGER) return wanted = "a whole number", false;
  out = sqlite3_column_int64(rows.statement_, column);
  return true;
}

bool read_cell(const Rows& rows, int column, double& out, std::string& wanted) {
  const int type = sqlite3_column_type(rows.statement_, column);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return wanted = "a number", false;
  out = sqlite3_column_double(rows.statement_, column);
  return true;
}

bool read_cell(const Rows& rows, int column, std::string_view& out, std::string& wanted) {
  if (sqlite3_column_type(rows.statement_, column) != SQLITE_TEXT) return wanted = "text", false;
  out = rows.text(column);
  return true;
}

bool read_cell(const Rows& rows, int column, std::string& out, std::string& wanted) {
  std::string_view text;
  if (!read_cell(rows, column, text, wanted)) return false;
  out = text;
  return true;
}

}  // namespace hive::sqlite
