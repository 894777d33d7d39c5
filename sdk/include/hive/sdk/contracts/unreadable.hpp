#pragma once
#include <hive/sdk/codec.hpp>

#include <span>

/// How an answer that lists stored rows says which of them it lacks.
namespace hive {

/// A stored row that could not be read and was left out. `id`: its first column; `why`: which column should hold what.
struct Unreadable {
  std::string id, why;
};
Fields fields(Of<Unreadable>);

/// Of the rows in one answer.
inline constexpr std::size_t kMostUnreadable = 16;
/// Of one of them, in JSON. Longer texts are cut.
inline constexpr std::size_t kUnreadableBytes = 256;

/// The member `unreadable` of a list's answer; absent: nothing is left out.
using LeftOut = std::optional<std::vector<Unreadable>>;

/// Describes it, as the last member: `left_out<&Entries::unreadable>()`.
template <auto P>
consteval FieldInfo left_out() {
  return field<P>("unreadable", "stored rows that the list lacks because they cannot be read, 16 of them at most");
}

/// The first kMostUnreadable of `rows`, as an answer may have them. Nothing: there are none. [any-thread]
LeftOut named(std::span<const Unreadable> rows);

/// Takes out the row with this id, which can be read again or is gone. [any-thread]
void mend(LeftOut& left_out, std::string_view id);

/// What an answer says of itself, where its type is not known. [any-thread]
LeftOut left_out_of(const json::value& answer);

/// Names them in a sentence without a full stop; empty: there are none. [any-thread]
std::string left_out_words(const LeftOut& left_out);

}  // namespace hive
