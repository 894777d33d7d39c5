#pragma once
#include <hive/sdk/result.hpp>
#include <hive/sdk/time.hpp>

#include <chrono>
#include <ctime>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <hive/os/fd.hpp>

namespace hive::dashboard {

/// Steady, and goes on while the machine sleeps: what a terminal shows or a request carried ends in a night of that
/// too.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
  }
};

/// Whether `text` can be a nonce, an id or a secret of a browser: 16 to 64 characters of base64url.
bool is_token_text(std::string_view text);

/// Who is signed in. A session is a key that a browser and this class have. The key is never sent: both sides make
/// it once from a secret that they already share. Later each proves to the other that it has the key, over fresh
/// nonces, and both get a token that is valid for a few minutes and until the host ends. So a program that listens at
/// the host's port in its place gets nothing that it could use afterwards. Sessions are in a file and outlive the host.
///
/// The functions that are [blocking] are called one at a time. A session ends by the calendar, a token by the time that
/// has passed: times that are handed in never go back.
class Sessions {
 public:
  using Clock = BootClock;
  static constexpr std::chrono::seconds kTokenLifetime{600};

  struct Session {
    std::string id;
    Time expires;
  };
  struct Options {
    std::string fits;  // sessions that were begun under another one have ended
    std::chrono::hours lifetime{24 * 30};
    os::Fd folder;          // of the file
    std::size_t most = 64;  // beyond, the oldest ends
  };
  /// Errors: unavailable. A file that makes no sense ends all sessions, and `told` is why. [blocking]
  static Result<std::unique_ptr<Sessions>> open(Options options, std::string& told);

  /// What a browser brings: the secret is not sent, but for a new one behind a password.
  struct Offer {
    std::string_view secret, name;  // of the secret
    std::string_view nonce;
  };
  struct Begun {
    std::string id, nonce, proof;
    std::vector<std::string> ended;  // sessions that had to go
  };
  /// Durable when it returns. Errors: unavailable. [blocking]
  Result<Begun> begin(const Offer& offer);

  struct Greeting {
    std::string nonce, proof;
  };
  /// The host's half of a token, good from `now` for kTokenLifetime. Nothing when there is no such session.
  /// [any-thread]
  std::optional<Greeting> greet(std::string_view id, std::string_view nonce, Clock::time_point now) const;
  /// The session of a token. Nothing when the token is not ours or too old, or its session has ended. [any-thread]
  std::optional<Session> find(std::string_view token, Clock::time_point now) const;
  /// Ends the session for good, also after a restart. Errors: unavailable. [blocking]
  Status end(std::string_view id);
  Status end_all();

 private:
  struct Kept {
    std::string key;
    Time expires;
  };
  explicit Sessions(Options options);
  std::int64_t age_ms(Clock::time_point now) const;
  std::string nonce_for(std::string_view id, std::string_view nonce, std::int64_t until) const;
  std::optional<Kept> kept(std::string_view id) const;
  std::vector<std::string> make_room(Time now);
  Status save() const;

  const Options options_;
  const std::string life_;  // makes what is given out worthless in the host's next life
  const Clock::time_point begun_ = Clock::now();
  mutable std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> sessions_;
};

/// One-time addresses that are out. They are forgotten with this object: who gets one while the host does not listen
/// has nothing. [strand]
class OpenCodes {
 public:
  static constexpr std::size_t kMost = 16;
  static constexpr std::chrono::seconds kLifetime{120};
  using Clock = BootClock;

  struct Code {
    std::string id, code, phrase;
    Clock::time_point expires;
  };
  const Code& issue(Clock::time_point now);
  /// What a browser shows of the code with that id: `proof` is made with it over `nonce`.
  struct Claim {
    std::string_view id, nonce, proof;
  };
  /// The code of that id, once, to whom knows it.
  std::optional<Code> take(const Claim& claim, Clock::time_point now);

 private:
  std::deque<Code> codes_;
};

/// How often something may be tried: `burst` at once, then one each `interval`. [strand]
class Attempts {
 public:
  using Clock = BootClock;
  Attempts(int burst, std::chrono::milliseconds interval) : burst_(burst), interval_(interval), left_(burst) {}
  bool take(Clock::time_point now);

 private:
  const int burst_;
  const std::chrono::milliseconds interval_;
  int left_;
  Clock::time_point filled_ = Clock::now();
};

}  // namespace hive::dashboard
