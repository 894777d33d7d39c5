#pragma once
#include <hive/sdk/codec.hpp>

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

/// `name=value&name=value` as the object that it means. A value is digits, which are a number, or a text of a-z 0-9 _
/// dots and stars, at most 64 bytes. Nothing when `text` is not of this form.
std::optional<json::object> params_in(std::string_view text);

/// Where a part of a page's state comes from. Of the page of all: `key` is the list `member` of what `method` answers
/// to `params`. Of an agent's page: `key` is the row of that list whose `name` is the agent's, or the row's `part`.
struct SnapshotSource {
  /// The page that it is for: that of all agents, or that of one.
  enum class Of { all, agent } of = Of::all;
  std::string key, method;
  std::string params;  // a JSON object
  std::string member;
  std::string part{};  // empty: the whole row
};

/// `key=role.verb/member`, or with params for the method, `key=role.verb?name=value&name=value/member`; for the page of
/// an agent `agent.key=role.verb/member` or `agent.key=role.verb/member/part`. Nothing when `word` is not of this form.
std::optional<SnapshotSource> parse_snapshot(std::string_view word);

/// Members of the pages' states that are their own, so no plugin may give them.
inline constexpr std::array<std::string_view, 4> kReservedSnapshotKeys{"epoch", "seq", "panels", "source_errors"};
inline constexpr std::array<std::string_view, 5> kReservedAgentKeys{"epoch", "seq", "name", "page", "source_errors"};
/// Whether the key of `source` is one of those of its page.
bool is_reserved(const SnapshotSource& source);

}  // namespace hive
