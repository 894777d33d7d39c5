#include "connection.hpp"

namespace hive::sqlite {
namespace {

constexpr std::uintmax_t kLargestChecked = 16u << 20;

/// Milliseconds since 1970, then ten bits of chance.
constexpr std::string_view kBeginIds =
    "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, "
    "(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) << 10) | (random() & 1023) "
    "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)";

void set_all(sqlite3_stmt* statement, std::initializer_list<Value> values, sqlite3_destructor_type life) {
  int at = 0;
  for (const auto& value : values) set(statement, ++at, value, life);
}

/// A parameter without a value would be NULL, and a value too many would go nowhere.
Status has_all_values(const Prepared& prepared, std::size_t values, std::string_view sql) {
  const auto wanted = std::size_t(sqlite3_bind_parameter_count(prepared.statement));
  if (wanted == values) return {};
  release(prepared);
  return error(Code::internal, "a statement wanted " + std::to_string(wanted) + " values and was given " +
                                   std::to_string(values) + "; mend the call of: " + std::string(sql));
}

bool is_corrupt(sqlite3* handle) {
  const int code = sqlite3_errcode(handle) & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

/// Reads the header, the schema and, of a small file, every page.
Result<bool> is_whole(Database& database, sqlite3* handle) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(database.file(), failed);
  const bool small = !failed && size <= kLargestChecked;
  auto rows = database.query(small ? "PRAGMA quick_check(1)" : "SELECT count(*) FROM sqlite_schema");
  if (rows.next()) return !small || rows.text(0) == "ok";
  if (is_corrupt(handle)) return false;
  return rows.status().error();
}

Status set_up(Database& database, const Options& options) {
  if (options.access == Access::read_only) return {};
  if (auto done = database.script("PRAGMA journal_mode = WAL"); !done) return done;
  // A reader that kept the log from being written back makes it grow once, not for good.
  constexpr std::size_t kLargestKeptLog = 8 << 20;
  const auto kept = std::max(options.log_bytes, kLargestKeptLog);
  if (auto done = database.script("PRAGMA journal_size_limit = " + std::to_string(kept)); !done) return done;
  const bool full = options.durability == Durability::full;
  return database.script(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

}  // namespace

void take_pages_one_by_one() {
  sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(Options options) {
  auto made = std::make_unique<Connection>(std::move(options));
  Connection& connection = *made;
  const int writable = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int flags = (connection.options.access == Access::read_only ? SQLITE_OPEN_READONLY : writable);
  const int status = sqlite3_open_v2(connection.options.file.c_str(), &connection.handle,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (status != SQLITE_OK) return connection.failure(status);
  sqlite3_busy_timeout(connection.handle, int(connection.options.patience.count()));
  Database database(std::move(made));
  auto whole = is_whole(database, connection.handle);
  if (!whole) return whole.error();
  if (!*whole) {
    const auto corrupt = connection.sentence("is corrupt");
    if (connection.options.access == Access::read_only) return error(Code::internal, corrupt + "; restore a backup");
    const auto file = connection.options.file;
    // The connection is closed first: it would write its log into the file that is moved.
    database.connection_.reset();
    auto aside = set_aside(file);
    if (!aside) return error(Code::internal, corrupt + " and could not be set aside: " + aside.error().message);
    return error(Code::internal, corrupt + " and was set aside as " + aside->string() +
                                     "; restore a backup, or start again without it");
  }
  if (auto done = set_up(database, connection.options); !done) return done.error();
  if (connection.options.access == Access::read_write && !connection.options.migrations.empty())
    if (auto done = migrate(database, connection); !done) return done.error();
  if (connection.options.access == Access::read_write && connection.options.log_bytes > 0)
    if (auto done = lay_out_log(database, connection); !done) return done.error();
  // Only now: a migration may have to rebuild a table that others refer to.
  if (auto done = database.script("PRAGMA foreign_keys = ON"); !done) return done.error();
  return database;
}

Result<Database> Database::open_or_replace(const Options& options) {
  auto opened = open(options);
  if (opened || opened.error().code != Code::internal) return opened;
  if (options.problem) options.problem(opened.error().message);
  return open(options);
}

Status Database::run(std::string_view sql, std::initializer_list<Value> values) {
  return run(sql, values, {}, nullptr);
}

Status Database::run(std::string_view sql, std::initializer_list<Value> values, std::span<const Column> columns,
                     const void* row) {
  const auto prepared = connection_->prepare(sql);
  if (prepared.statement == nullptr) return connection_->failure(sqlite3_errcode(connection_->handle));
  set_all(prepared.statement, values, SQLITE_STATIC);
  int at = int(values.size());
  for (const auto& column : columns)
    if (column.is_written) column.write(row, Parameters(prepared.statement), ++at);
  if (auto all = has_all_values(prepared, std::size_t(at), sql); !all) return all;
  int status = sqlite3_step(prepared.statement);
  while (status == SQLITE_ROW) status = sqlite3_step(prepared.statement);
  Status result;
  if (status != SQLITE_DONE) result = connection_->failure(status);
  release(prepared);
  return result;
}

Rows Database::query(std::string_view sql, std::initializer_list<Value> values) {
  const auto prepared = connection_->prepare(sql);
  if (prepared.statement == nullptr)
    return Rows(*connection_, connection_->failure(sqlite3_errcode(connection_->handle)));
  if (auto all = has_all_values(prepared, values.size(), sql); !all) return Rows(*connection_, all.error());
  set_all(prepared.statement, values, SQLITE_TRANSIENT);
  return Rows(*connection_, prepared.statement, prepared.in_use);
}

Result<std::optional<std::int64_t>> Database::integer(std::string_view sql, std::initializer_list<Value> values) {
  auto rows = query(sql, values);
  if (rows.next()) return rows.integer_if(0);
  if (!rows.status()) return rows.status().error();
  return std::optional<std::int64_t>{};
}

Status Database::script(std::string_view sql) {
  const int status = sqlite3_exec(connection_->handle, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return connection_->failure(status);
  return {};
}

Status Database::begin_ids(std::string_view table) {
  return run(kBeginIds, {table});
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(connection_->handle);
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(connection_->handle);
}

const std::filesystem::path& Database::file() const {
  return connection_->options.file;
}

bool Database::has_moved() const {
  int moved = 0;
  return sqlite3_file_control(connection_->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun.error();
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // Some failures (disk full) have rolled back already; then there is nothing to do and this says so.
  auto ended = database_->run("ROLLBACK");
  static_cast<void>(ended);
}

Status Transaction::commit() {
  auto committed = database_->run("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace hive::sqlite
