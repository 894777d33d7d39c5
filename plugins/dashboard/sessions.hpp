#pragma once
#include <hive/sdk/result.hpp>
#include <hive/sdk/time.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <hive/os/fd.hpp>

namespace hive::dashboard {

/// Who is signed in. A session is a cookie that this class signed: nothing is kept for one, so that it outlives
/// the host, but for those that were ended before their time; these are in a file.
class Sessions {
 public:
  struct Session {
    std::string id;
    std::string token;  // that each change has to carry
    Time expires;
  };
  struct Options {
    std::string key;
    std::chrono::hours lifetime{24 * 30};
    os::Fd folder;                   // of the file
    std::size_t most_ended = 1'000;  // that are kept; beyond, all sessions end
  };
  /// Errors: unavailable. A file that makes no sense ends all sessions, and `told` is why. [blocking]
  static Result<std::unique_ptr<Sessions>> open(Options options, std::string& told);

  /// The cookie of a new session. [any-thread]
  std::string begin() const;
  /// Nothing when `cookie` is none of ours, has expired or was ended. [any-thread]
  std::optional<Session> find(std::string_view cookie) const;
  /// From now on, also after a restart. Errors: unavailable. [blocking]
  Status end(const Session& session);
  std::chrono::hours lifetime() const { return options_.lifetime; }

 private:
  explicit Sessions(Options options) : options_(std::move(options)) {}
  std::string signature(std::string_view id, std::int64_t issued) const;
  Status save() const;

  const Options options_;
  mutable std::mutex mutex_;
  std::map<std::string, Time, std::less<>> ended_;  // until when they would have lasted
  Time not_before_;                                 // those that are older have ended
};

/// One-time addresses that are out. [strand]
class OpenCodes {
 public:
  static constexpr std::size_t kMost = 16;
  static constexpr std::int64_t kLifetimeMs = 120'000;

  struct Code {
    std::string code, phrase;
    Time expires;
  };
  const Code& issue();
  /// Its phrase, once.
  std::optional<std::string> take(std::string_view code);

 private:
  std::deque<Code> codes_;
};

/// How often something may be tried: `burst` at once, then one each `interval`. [strand]
class Attempts {
 public:
  Attempts(int burst, std::int64_t interval_ms) : burst_(burst), interval_ms_(interval_ms), left_(burst) {}
  bool take();

 private:
  const int burst_;
  const std::int64_t interval_ms_;
  int left_;
  Time filled_ = wall_time();
};

}  // namespace hive::dashboard
