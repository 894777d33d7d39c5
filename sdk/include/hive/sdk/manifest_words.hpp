#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

/// Words as plugins' manifests have them. All [any-thread].
namespace hive {

/// The longest id, role, or word that follows a role, in bytes.
inline constexpr std::size_t kLongestWord = 48;

/// Whether `text` is an id, a role, or what follows a role: a letter, then a-z 0-9 _, at most kLongestWord bytes.
bool is_word(std::string_view text);

/// Whether `text` is two such words with a dot between, as `role.verb` and `role.fact` are.
bool is_dotted(std::string_view text);

/// Where a part of the page's state comes from: `key` is the list `member` of what `method` answers to `params`.
struct SnapshotSource {
  std::string key, method;
  std::string params;  // a JSON object
  std::string member;
};

/// `key=role.verb/member`, or with params for the method, `key=role.verb?name=value&name=value/member`. A value is
/// digits, which are a number, or a text of a-z 0-9 _ and dots, at most 64 bytes. Nothing when `word` is not of this
/// form.
std::optional<SnapshotSource> parse_snapshot(std::string_view word);

/// Members of the page's state that are its own, so no plugin may give them.
inline constexpr std::array<std::string_view, 4> kReservedSnapshotKeys{"epoch", "seq", "panels", "source_errors"};
/// Whether `key` is one of them.
bool is_reserved_snapshot_key(std::string_view key);

}  // namespace hive
