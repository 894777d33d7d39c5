#include "sessions.hpp"

#include <hive/os/files.hpp>
#include <hive/os/read.hpp>
#include <hive/sdk/codec.hpp>

#include <algorithm>
#include <charconv>

#include "secrets.hpp"

namespace hive::dashboard {
namespace {

constexpr const char* kFile = "ended-sessions.json";
constexpr std::size_t kIdBytes = 16, kCodeBytes = 16, kMostFileBytes = 256 << 10;

struct EndedFile {
  Time not_before;
  std::map<std::string, Time> ended;
};
constexpr auto fields(Of<EndedFile>) {
  return shape(field<&EndedFile::not_before>("not_before", "older sessions have ended"),
               field<&EndedFile::ended>("ended", "sessions that were signed out, until when they would have lasted"));
}

/// Empty when there is no such file.
Result<std::string> read_file(int folder) {
  const auto file = os::open_beneath(folder, kFile);
  if (!file && file.error().code == Code::not_found) return std::string();
  if (!file) return file.error();
  return os::read_rest(file->get(), kFile, kMostFileBytes);
}

}  // namespace

Result<std::unique_ptr<Sessions>> Sessions::open(Options options, std::string& told) {
  const auto text = read_file(options.folder.get());
  if (!text) return text.error();
  std::unique_ptr<Sessions> out(new Sessions(std::move(options)));
  if (text->empty()) return out;
  auto file = decode_text<EndedFile>(*text, Unknown::ignore);
  if (file) {
    out->not_before_ = file->not_before;
    for (auto& [id, until] : file->ended) out->ended_.emplace(id, until);
    return out;
  }
  told = std::string(kFile) + " makes no sense (" + file.error().message + "): every browser has to sign in again";
  out->not_before_ = wall_time();
  if (auto saved = out->save(); !saved) return saved.error();
  return out;
}

std::string Sessions::signature(std::string_view id, std::int64_t issued) const {
  return keyed_hash(options_.key, "session " + std::string(id) + " " + std::to_string(issued));
}

std::string Sessions::begin() const {
  const auto id = random_text(kIdBytes);
  const auto issued = wall_time().ms;
  return id + "." + std::to_string(issued) + "." + signature(id, issued);
}

std::optional<Sessions::Session> Sessions::find(std::string_view cookie) const {
  const auto first = cookie.find('.');
  const auto second = first == cookie.npos ? first : cookie.find('.', first + 1);
  if (second == cookie.npos) return {};
  const auto id = cookie.substr(0, first), number = cookie.substr(first + 1, second - first - 1);
  std::int64_t issued = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), issued);
  if (read.ec != std::errc{} || read.ptr != number.data() + number.size()) return {};
  if (!is_same(cookie.substr(second + 1), signature(id, issued))) return {};
  const Time expires{issued + std::chrono::milliseconds(options_.lifetime).count()};
  const auto now = wall_time();
  if (expires <= now) return {};
  std::lock_guard lock(mutex_);
  if (issued <= not_before_.ms || ended_.contains(id)) return {};
  return Session{std::string(id), keyed_hash(options_.key, "token " + std::string(id)), expires};
}

Status Sessions::end(const Session& session) {
  std::lock_guard lock(mutex_);
  const auto now = wall_time();
  std::erase_if(ended_, [&](const auto& entry) { return entry.second <= now; });
  ended_.emplace(session.id, session.expires);
  if (ended_.size() > options_.most_ended) {  // ends more than was asked for, and none comes back
    ended_.clear();
    not_before_ = now;
  }
  return save();
}

Status Sessions::save() const {
  EndedFile file{.not_before = not_before_, .ended = {}};
  for (const auto& [id, until] : ended_) file.ended.emplace(id, until);
  return os::replace_file(options_.folder.get(), kFile, encode_text(file));
}

const OpenCodes::Code& OpenCodes::issue() {
  const auto now = wall_time();
  std::erase_if(codes_, [&](const Code& code) { return code.expires <= now; });
  if (codes_.size() == kMost) codes_.pop_front();
  return codes_.emplace_back(Code{random_text(kCodeBytes), random_phrase(), {now.ms + kLifetimeMs}});
}

std::optional<std::string> OpenCodes::take(std::string_view code) {
  const auto found =
      std::find_if(codes_.begin(), codes_.end(), [&](const Code& out) { return is_same(out.code, code); });
  if (found == codes_.end()) return {};
  auto taken = std::move(*found);
  codes_.erase(found);
  if (taken.expires <= wall_time()) return {};
  return std::move(taken.phrase);
}

bool Attempts::take() {
  const auto now = wall_time();
  if (now < filled_) filled_ = now;  // the clock was set back
  const auto earned = (now.ms - filled_.ms) / interval_ms_;
  if (earned > 0) {
    left_ = int(std::min<std::int64_t>(burst_, left_ + earned));
    filled_ = {filled_.ms + earned * interval_ms_};
  }
  if (left_ == 0) return false;
  --left_;
  return true;
}

}  // namespace hive::dashboard
