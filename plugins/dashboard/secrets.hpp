#pragma once
#include <hive/sdk/result.hpp>

#include <string>
#include <string_view>

/// Random words, keyed hashes and passwords, from libsodium. All [any-thread].
namespace hive::dashboard {

/// `bytes` from the system's generator as base64url without padding. Ends the process when there are none.
std::string random_text(std::size_t bytes);
/// Three words like `kabo-tuni-resa`, easy to compare by eye; 38 bits.
std::string random_phrase();
/// HMAC-SHA-256 as base64url.
std::string keyed_hash(std::string_view key, std::string_view text);
/// Without telling by its time where they differ.
bool is_same(std::string_view a, std::string_view b);

/// The key of the operator's sessions, `name` in the folder: read, or made with mode 0600.
/// Errors: forbidden (others may read it, or it is another user's), invalid_params (it is no key), unavailable.
/// [blocking]
Result<std::string> read_or_make_key(int folder, const std::string& name);

/// A password as scrypt leaves it: one line of text.
class PasswordHash {
 public:
  /// About 50 ms and 32 MiB. [blocking]
  static PasswordHash of(std::string_view password);
  /// Errors: invalid_params.
  static Result<PasswordHash> parse(std::string_view line);
  const std::string& line() const { return line_; }
  /// As long as making it. [blocking]
  bool fits(std::string_view password) const;

 private:
  PasswordHash(std::string salt, std::string hash);
  std::string salt_, hash_, line_;
};

}  // namespace hive::dashboard
