#include "output_log.hpp"

#include <hive/os/files.hpp>
#include <hive/sdk/bounded_list.hpp>
#include <hive/utf8/utf8.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>

namespace hive::supervisor {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostFileBytes = std::size_t(1) << 30;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Cursor that a log file's name stands for; 0: it is no log file.
std::int64_t first_cursor(const fs::path& file) {
  const auto stem = file.stem().string();
  std::int64_t cursor = 0;
  const auto [end, failure] = std::from_chars(stem.data(), stem.data() + stem.size(), cursor);
  const bool whole = failure == std::errc{} && end == stem.data() + stem.size();
  return whole && file.extension() == ".jsonl" ? cursor : 0;
}

std::vector<fs::path> log_files(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure))
    if (first_cursor(at->path()) > 0) out.push_back(at->path());
  std::sort(out.begin(), out.end());
  return out;
}

/// Where to cut `text` so that the first part fits and no character is split.
std::size_t cut_at(std::string_view text) {
  if (text.size() <= kLogTextBytes) return text.size();
  std::size_t at = kLogTextBytes;
  while (at > kLogTextBytes - 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

template <class F>
void for_each_line(std::string_view text, F take) {
  for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    auto line = decode_text<runtime::LogLine>(text.substr(0, end), Unknown::ignore);
    if (line) take(std::move(*line));
  }
}

std::vector<runtime::LogLine> lines_after(const std::vector<fs::path>& files, const LogQuery& query) {
  BoundedList<runtime::LogLine> out({query.lines, query.bytes});
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i + 1 < files.size() && first_cursor(files[i + 1]) <= *query.after + 1) continue;
    const auto text = os::read_file(files[i], kMostFileBytes);
    if (!text) continue;  // rotated away since it was listed: the reader sees the gap in the cursors
    for_each_line(*text, [&](runtime::LogLine line) {
      if (line.cursor <= *query.after) return;
      const auto bytes = line.text.size();
      out.add(std::move(line), bytes);
    });
    if (out.more() || out.room() == 0) break;
  }
  return out.take();
}

std::vector<runtime::LogLine> newest_lines(const std::vector<fs::path>& files, const LogQuery& query) {
  std::vector<runtime::LogLine> out;
  for (auto file = files.rbegin(); file != files.rend() && out.size() < query.lines; ++file) {
    const auto text = os::read_file(*file, kMostFileBytes);
    if (!text) continue;
    std::vector<runtime::LogLine> lines;
    for_each_line(*text, [&](runtime::LogLine line) { lines.push_back(std::move(line)); });
    lines.insert(lines.end(), std::make_move_iterator(out.begin()), std::make_move_iterator(out.end()));
    out = std::move(lines);
  }
  BoundedList<runtime::LogLine> newest({query.lines, query.bytes});
  for (auto line = out.rbegin(); line != out.rend(); ++line) {
    const auto bytes = line->text.size();
    if (!newest.add(std::move(*line), bytes)) break;
  }
  return newest.take_reversed();
}

}  // namespace

std::string clean_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8::first_of(text).bytes;
    out += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

Result<OutputLog> OutputLog::open(const fs::path& folder, LogSize size) {
  OutputLog log(folder, size);
  auto opened = log_files(folder).empty() ? log.begin_file() : log.open_newest();
  if (!opened) return opened.error();
  return log;
}

Status OutputLog::open_newest() {
  const auto newest = log_files(folder_).back();
  const auto text = os::read_file(newest, kMostFileBytes);
  if (!text) return text.error();
  next_ = first_cursor(newest);
  written_ = text->rfind('\n') == text->npos ? 0 : text->rfind('\n') + 1;
  for_each_line(std::string_view(*text).substr(0, written_),
                [&](const runtime::LogLine& line) { next_ = std::max(next_, line.cursor + 1); });
  path_ = newest;
  file_ = os::Fd(::open(newest.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (!file_ || ::ftruncate(file_.get(), off_t(written_)) != 0) return os::last_error(newest);
  return {};
}

Status OutputLog::begin_file() {
  char name[32];
  std::snprintf(name, sizeof name, "%016lld.jsonl", static_cast<long long>(next_));
  const auto path = folder_ / name;
  os::Fd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return os::last_error(path);
  file_ = std::move(file);
  path_ = path;
  written_ = 0;
  const auto files = log_files(folder_);
  for (std::size_t i = 0; i + size_.files < files.size(); ++i) ::unlink(files[i].c_str());
  return {};
}

void OutputLog::add(std::string_view stream, std::string_view text, Time now) {
  do {
    const auto part = cut_at(text);
    add_line(stream, text.substr(0, part), now);
    text.remove_prefix(part);
  } while (!text.empty());
}

void OutputLog::add_line(std::string_view stream, std::string_view text, Time now) {
  if (gap_ > 0) add_gap(now);
  const auto wrote = write_line(stream, text, now);
  if (wrote) return;
  ++lost_;
  if (gap_++ == 0)
    std::fprintf(stderr, "hive-supervisor: output is lost until it can be written again: %s\n",
                 wrote.error().message.c_str());
}

void OutputLog::add_gap(Time now) {
  if (write_line("supervisor", std::to_string(gap_) + " lines are missing here: they could not be written", now))
    gap_ = 0;
}

Status OutputLog::write_line(std::string_view stream, std::string_view text, Time now) {
  if (!file_)
    if (auto opened = open_again(); !opened) return opened;
  const auto line = encode_text(runtime::LogLine{next_, now, std::string(stream), clean_utf8(text)}) + "\n";
  if (written_ > 0 && written_ + line.size() > size_.file_bytes)
    if (auto begun = begin_file(); !begun) return begun;
  const auto wrote = ::write(file_.get(), line.data(), line.size());
  if (wrote == ssize_t(line.size())) {
    written_ += line.size();
    ++next_;
    return {};
  }
  if (wrote >= 0) errno = ENOSPC;  // a part of it, and then there was no room
  auto failed = os::last_error(path_);
  if (::ftruncate(file_.get(), off_t(written_)) != 0) file_.reset();  // half a line is in it: not without a look
  return failed;
}

/// The file again, up to its last whole line; a new one where it is gone.
Status OutputLog::open_again() {
  os::Fd file(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (!file && errno == ENOENT) return begin_file();
  if (!file || ::ftruncate(file.get(), off_t(written_)) != 0) return os::last_error(path_);
  file_ = std::move(file);
  return {};
}

runtime::LogLines read_log(const fs::path& folder, const LogQuery& query) {
  const auto files = log_files(folder);
  runtime::LogLines out;
  out.lines = query.after ? lines_after(files, query) : newest_lines(files, query);
  out.cursor = out.lines.empty() ? query.after.value_or(0) : out.lines.back().cursor;
  return out;
}

}  // namespace hive::supervisor
