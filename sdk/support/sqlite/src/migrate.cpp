#include "connection.hpp"

#include <ctime>

namespace hive::sqlite {
namespace {

std::string dated() {
  const auto now = std::time(nullptr);
  struct tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc);
  return text;
}

Status apply(Database& database, std::string_view step, std::size_t version) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  if (auto done = database.script(step); !done) return done;
  if (auto done = database.script("PRAGMA user_version = " + std::to_string(version)); !done) return done;
  return transaction->commit();
}

}  // namespace

Status migrate(Database& database, const Connection& connection) {
  auto version = database.integer("PRAGMA user_version");
  if (!version) return version.error();
  const auto found = std::size_t(version->value_or(0));
  const auto& steps = connection.options.migrations;
  if (found > steps.size())
    return error(Code::unavailable,
                 connection.sentence("is of version " + std::to_string(found) + ", this program knows up to " +
                                     std::to_string(steps.size()) + "; start the newer program that made it"));
  for (auto at = found; at < steps.size(); ++at)
    if (auto done = apply(database, steps[at], at + 1); !done) return done;
  return {};
}

Result<std::filesystem::path> set_aside(const std::filesystem::path& file) {
  const std::filesystem::path aside = file.string() + ".corrupt-" + dated();
  std::error_code failed;
  // The log first: a corrupt file that comes back without its log would look whole.
  std::filesystem::rename(file.string() + "-wal", aside.string() + "-wal", failed);
  if (failed && failed != std::errc::no_such_file_or_directory)
    return error(Code::unavailable, "its log: " + failed.message());
  std::filesystem::remove(file.string() + "-shm", failed);  // made anew by whoever opens it
  std::filesystem::rename(file, aside, failed);
  if (failed) return error(Code::unavailable, failed.message());
  return aside;
}

}  // namespace hive::sqlite
