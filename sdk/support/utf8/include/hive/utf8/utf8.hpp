#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Text from outside. All [any-thread].
namespace hive::utf8 {

/// One character: its code point, and how many bytes of UTF-8 it has.
struct Character {
  std::uint32_t point = 0;
  std::size_t bytes = 0;
};
/// The well-formed character that `text` begins with; `bytes` 0 when there is none: overlong, a surrogate, cut off.
Character first_of(std::string_view text);

/// Whether `text` is UTF-8 from its first byte to its last.
bool is_valid(std::string_view text);

/// The beginning of `text`, as a piece of it: at most `most` bytes, cut between characters.
std::string_view beginning_of(std::string_view text, std::size_t most);

/// Whether the character cannot be seen and changes what is: controls, line ends too, what turns the direction of
/// writing, what has no width.
bool is_unseen(std::uint32_t point);

/// Whether it is one of the two unseen characters that many scripts and emoji are written with. A text keeps them,
/// a name does not.
bool is_joiner(std::uint32_t point);

/// Whether one of the characters is unseen, joiners too; a byte that is no character is.
bool has_unseen(std::string_view text);

/// `text` with `mark` in the place of each such character or byte: for logs and terminals.
std::string without_unseen(std::string_view text, char mark);

}  // namespace hive::utf8
