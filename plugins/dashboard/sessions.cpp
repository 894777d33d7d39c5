#include "sessions.hpp"

#include <hive/os/files.hpp>
#include <hive/os/read.hpp>
#include <hive/sdk/codec.hpp>

#include <algorithm>
#include <array>
#include <charconv>

#include "secrets.hpp"

namespace hive::dashboard {
namespace {

constexpr const char* kFile = "sessions.json";
constexpr std::size_t kIdBytes = 16, kCodeBytes = 16, kNonceBytes = 16, kLifeBytes = 32, kMostFileBytes = 64 << 10;

struct SessionRow {
  std::string id, key;
  Time expires;
};
constexpr auto fields(Of<SessionRow>) {
  return shape(field<&SessionRow::id>("id", "id of the session"),
               field<&SessionRow::key>("key", "key that the browser has too").as_secret(),
               field<&SessionRow::expires>("expires", "when the session ends by itself"));
}
struct SessionsFile {
  std::string fits;
  std::vector<SessionRow> sessions;
};
constexpr auto fields(Of<SessionsFile>) {
  return shape(field<&SessionsFile::fits>("fits", "what the sessions were begun under"),
               field<&SessionsFile::sessions>("sessions", "sessions that have not ended"));
}

/// Empty when there is no such file.
Result<std::string> read_file(int folder) {
  const auto file = os::open_beneath(folder, kFile);
  if (!file && file.error().code == Code::not_found) return std::string();
  if (!file) return file.error();
  return os::read_rest(file->get(), kFile, kMostFileBytes);
}

/// What a proof or a key is made of: words that say what it is for, then parts without a space.
std::string words(std::string_view purpose, std::initializer_list<std::string_view> parts) {
  std::string out(purpose);
  for (const auto part : parts) (out += ' ') += part;
  return out;
}

/// `id.nonce.until.mac.proof`; false when it is not of this form.
bool take_apart(std::string_view token, std::array<std::string_view, 5>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto dot = token.find('.');
    if ((dot == token.npos) != (i + 1 == parts.size())) return false;
    parts[i] = token.substr(0, dot);
    token.remove_prefix(dot == token.npos ? token.size() : dot + 1);
  }
  return true;
}

}  // namespace

bool is_token_text(std::string_view text) {
  return text.size() >= 16 && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

Sessions::Sessions(Options options) : options_(std::move(options)), life_(random_text(kLifeBytes)) {}

Result<std::unique_ptr<Sessions>> Sessions::open(Options options, std::string& told) {
  const auto text = read_file(options.folder.get());
  if (!text) return text.error();
  std::unique_ptr<Sessions> out(new Sessions(std::move(options)));
  if (text->empty()) return out;
  auto file = decode_text<SessionsFile>(*text, Unknown::ignore);
  if (!file) {
    told = std::string(kFile) + " makes no sense (" + file.error().message + "): every browser has to sign in again";
    if (auto saved = out->save(); !saved) return saved.error();
    return out;
  }
  if (file->fits != out->options_.fits) {
    if (auto saved = out->save(); !saved) return saved.error();  // so that the former setting does not revive them
    return out;
  }
  for (auto& row : file->sessions) out->sessions_.emplace(std::move(row.id), Kept{std::move(row.key), row.expires});
  return out;
}

Result<Sessions::Begun> Sessions::begin(const Offer& offer) {
  const auto now = wall_time();
  Begun out{.id = random_text(kIdBytes), .nonce = random_text(kNonceBytes), .proof = {}, .ended = {}};
  const auto secret = std::string(offer.secret);
  out.proof = keyed_hash(secret, words("hive open host", {offer.name, offer.nonce, out.nonce, out.id}));
  Kept kept{.key = keyed_hash(secret, words("hive session", {offer.nonce, out.nonce, out.id})),
            .expires = {now.ms + std::chrono::milliseconds(options_.lifetime).count()}};
  {
    std::lock_guard lock(mutex_);
    out.ended = make_room(now);
    sessions_.emplace(out.id, std::move(kept));
  }
  if (auto saved = save(); !saved) return saved.error();
  return out;
}

/// Those that have expired go, and of the rest the oldest where there is no room for another.
std::vector<std::string> Sessions::make_room(Time now) {
  std::vector<std::string> gone;
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second.expires <= now; });
  while (sessions_.size() >= options_.most) {
    const auto oldest = std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
      return a.second.expires < b.second.expires;
    });
    gone.push_back(oldest->first);
    sessions_.erase(oldest);
  }
  return gone;
}

std::optional<Sessions::Kept> Sessions::kept(std::string_view id) const {
  std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.expires <= wall_time()) return {};
  return found->second;
}

/// Only this life of the host can have made it, for this session and this nonce of a browser.
std::string Sessions::nonce_for(std::string_view id, std::string_view nonce, std::int64_t until) const {
  const auto end = std::to_string(until);
  return end + "." + keyed_hash(life_, words("nonce", {id, nonce, end}));
}

std::int64_t Sessions::age_ms(Clock::time_point now) const {
  return std::chrono::floor<std::chrono::milliseconds>(now - begun_).count();
}

std::optional<Sessions::Greeting> Sessions::greet(std::string_view id, std::string_view nonce,
                                                  Clock::time_point now) const {
  const auto session = kept(id);
  if (!session || !is_token_text(nonce)) return {};
  const auto until = age_ms(now) + std::chrono::milliseconds(kTokenLifetime).count();
  auto own = nonce_for(id, nonce, until);
  auto proof = keyed_hash(session->key, words("hive host", {id, nonce, own}));
  return Greeting{.nonce = std::move(own), .proof = std::move(proof)};
}

std::optional<Sessions::Session> Sessions::find(std::string_view token, Clock::time_point now) const {
  std::array<std::string_view, 5> parts;
  if (!take_apart(token, parts)) return {};
  const auto& [id, nonce, end, mac, proof] = parts;
  std::int64_t until = 0;
  const auto read = std::from_chars(end.data(), end.data() + end.size(), until);
  if (read.ec != std::errc{} || read.ptr != end.data() + end.size() || until <= age_ms(now)) return {};
  const auto own = std::string(end).append(".").append(mac);
  if (!is_same(own, nonce_for(id, nonce, until))) return {};
  const auto session = kept(id);
  if (!session || !is_same(proof, keyed_hash(session->key, words("hive token", {id, nonce, own})))) return {};
  return Session{std::string(id), session->expires};
}

Status Sessions::end(std::string_view id) {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = sessions_.find(id); found != sessions_.end()) sessions_.erase(found);
  }
  return save();
}

Status Sessions::end_all() {
  {
    std::lock_guard lock(mutex_);
    sessions_.clear();
  }
  return save();
}

Status Sessions::save() const {
  SessionsFile file{.fits = options_.fits, .sessions = {}};
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, kept] : sessions_) file.sessions.push_back({id, kept.key, kept.expires});
  }
  return os::replace_file(options_.folder.get(), kFile, encode_text(file));
}

const OpenCodes::Code& OpenCodes::issue(Clock::time_point now) {
  std::erase_if(codes_, [&](const Code& code) { return code.expires <= now; });
  if (codes_.size() == kMost) codes_.pop_front();
  return codes_.emplace_back(Code{random_text(kIdBytes), random_text(kCodeBytes), random_phrase(), now + kLifetime});
}

std::optional<OpenCodes::Code> OpenCodes::take(const Claim& claim, Clock::time_point now) {
  const auto found = std::find_if(codes_.begin(), codes_.end(), [&](const Code& out) { return out.id == claim.id; });
  if (found == codes_.end() || !is_token_text(claim.nonce)) return {};
  if (!is_same(claim.proof, keyed_hash(found->code, words("hive open browser", {claim.id, claim.nonce})))) return {};
  auto taken = std::move(*found);
  codes_.erase(found);
  if (taken.expires <= now) return {};
  return taken;
}

bool Attempts::take(Clock::time_point now) {
  const std::int64_t earned = (now - filled_) / interval_;
  if (earned > 0) {
    left_ = int(std::min<std::int64_t>(burst_, left_ + earned));
    filled_ += earned * interval_;
  }
  if (left_ == 0) return false;
  --left_;
  return true;
}

}  // namespace hive::dashboard
