#include "connection.hpp"

namespace hive::sqlite {

Rows::Rows(Rows&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(other.in_use_),
      status_(std::move(other.status_)) {}

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

}  // namespace hive::sqlite
