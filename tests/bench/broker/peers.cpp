#include "peers.hpp"

#include "line_client.hpp"

#include <hive/sqlite/database.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace hive::bench {
namespace {

constexpr std::string_view kSteps[] = {"CREATE TABLE rows (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT) STRICT"};

}  // namespace

RawWrite::RawWrite(const std::filesystem::path& folder)
    : file_(::open((folder / "raw").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (!file_) give_up(os::last_error((folder / "raw").string()).message);
}

Clock::duration RawWrite::once(std::string_view bytes) {
  const auto begin = Clock::now();
  const auto written = ::pwrite(file_.get(), bytes.data(), bytes.size(), at_);
  if (written != ssize_t(bytes.size()) || ::fdatasync(file_.get()) != 0) give_up(os::last_error("raw").message);
  at_ += written;
  return Clock::now() - begin;
}

double sqlite_rows_a_second(const std::filesystem::path& folder, int rows) {
  auto database = sqlite::Database::open({.file = folder / "peer.sqlite", .owner = "peer", .migrations = kSteps});
  if (!database) give_up(database.error().message);
  const std::string body(500, 'x');
  const auto begin = Clock::now();
  for (int row = 0; row < rows;) {
    auto transaction = sqlite::Transaction::begin(*database);
    for (int i = 0; i < 100; ++i, ++row)
      if (auto done = database->run("INSERT INTO rows (key, body) VALUES (?, ?)", {"k" + std::to_string(row), body});
          !done)
        give_up(done.error().message);
    if (auto done = transaction->commit(); !done) give_up(done.error().message);
  }
  return rows / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace hive::bench
