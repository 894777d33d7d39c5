#include "connection.hpp"

#include <cstring>

namespace hive::sqlite {

void release(const Prepared& prepared) {
  if (prepared.in_use == nullptr) {
    sqlite3_finalize(prepared.statement);
    return;
  }
  sqlite3_reset(prepared.statement);
  sqlite3_clear_bindings(prepared.statement);
  *prepared.in_use = false;
}

Connection::~Connection() {
  for (auto& [sql, cached] : statements) sqlite3_finalize(cached.statement);
  sqlite3_close_v2(handle);
}

Prepared Connection::prepare(std::string_view sql) {
  const auto found = statements.find(sql);
  if (found != statements.end() && !found->second.in_use) {
    found->second.in_use = true;
    return {found->second.statement, &found->second.in_use};
  }
  const bool lasting = found == statements.end();
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v3(handle, sql.data(), int(sql.size()), lasting ? SQLITE_PREPARE_PERSISTENT : 0,
                                        &statement, nullptr);
  if (status != SQLITE_OK || !lasting) return {statement, nullptr};
  auto& cached = statements[std::string(sql)];
  cached = {statement, true};
  return {statement, &cached.in_use};
}

std::string Connection::sentence(const std::string& found) const {
  return options.owner + ": database " + options.file.string() + " " + found;
}

void Connection::left_out(const Unreadable& row) {
  constexpr std::size_t kMostTold = 100;
  if (!options.problem || told_of.size() >= kMostTold) return;
  const auto text = sentence("has a row that is left out: of '" + row.id + "' " + row.why);
  if (told_of.insert(text).second) options.problem(text);
}

Error Connection::failure(int status) const {
  const std::string words = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(status);
  const int system = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  const auto reason = system != 0 ? words + ": " + std::strerror(system) : words;
  switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(Code::unavailable, sentence("is locked by " + holder_of(options.file) + "; stop it"));
    case SQLITE_FULL: return error(Code::unavailable, sentence("has no room left on its disk; free some space"));
    case SQLITE_IOERR:
      return error(Code::unavailable, sentence("could not be read or written (" + reason + "); check its disk"));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return error(Code::unavailable, sentence("could not be opened (" + reason + "); check its folder and owner"));
    case SQLITE_CONSTRAINT: return error(Code::conflict, sentence("refused a row: " + words));
    case SQLITE_TOOBIG: return error(Code::too_large, sentence("takes no value of that size"));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return error(Code::internal, sentence("is corrupt (" + words + "); stop the host, then restore a backup"));
    default: return error(Code::internal, sentence("failed: " + reason));
  }
}

}  // namespace hive::sqlite
