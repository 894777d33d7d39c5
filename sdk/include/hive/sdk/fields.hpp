#pragma once
#include <hive/sdk/who.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

namespace hive {

namespace json = boost::json;

/// Names a type to the function that describes it: `fields(Of<T>)` a struct, `names(Of<E>)` an enum, `tags(Of<V>)` a
/// variant. Found by argument-dependent lookup, so they are declared beside the type: as constants, or, for `fields`,
/// as a function in a source that gives Fields, which costs only that source the time to compile the description.
template <class T>
struct Of {};

/// Where and why decoding stopped. `path` is like `.mount[2].source`; `what` is what was wanted.
struct Mismatch {
  std::string path, what;
};

/// For names(Of<E>): each value with its word in JSON.
template <class E, std::size_t N>
consteval auto words(const std::pair<E, std::string_view> (&list)[N]) {
  return std::to_array(list);
}

/// Whether members that the struct does not have are an error: in params and settings they are, in
/// results and events they are ignored, so that either side may be newer.
enum class Unknown { refuse, ignore };

/// One decoding under way: its rule, and where it stopped once a codec has said false.
struct Decoding {
  Unknown unknown = Unknown::refuse;
  Mismatch mismatch{};
};

/// JSON numbers are exact up to here in every language.
inline constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

/// One member of a described struct, made by field<&T::member>() and narrowed by the functions below, each of which
/// gives a changed copy. A plain table entry: one function walks it for all structs. All [any-thread].
struct FieldInfo {
  std::string_view name, doc;
  // Filled by field(): what reads, writes and describes this member of an object of its struct.
  bool (*decode)(const json::value&, void* object, Decoding&, const FieldInfo&);
  json::value (*encode)(const void* object);
  json::object (*schema)();
  bool optional = false;  // std::optional, or marked defaulted(): may be absent
  bool secret = false;    // never shown in `config show`, logs or errors
  bool hidden = false;    // not for people and models: left out of tool schemas and CLI help
  bool capped = false;    // a larger number is taken as `high`
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  std::size_t bytes = std::numeric_limits<std::size_t>::max();  // of a string, or elements of an array
  bool (*fits)(std::string_view) = nullptr;
  std::string_view shape_of_text = {};  // what `fits` wants, in words
  Who givers = kEveryCaller;            // of those who may call the method

  /// Of an integer: both ends are allowed.
  constexpr FieldInfo between(std::int64_t from, std::int64_t to) const {
    auto f = *this;
    f.low = from, f.high = to;
    return f;
  }
  /// From 0 to `most`; more is no error, but taken as `most`.
  constexpr FieldInfo capped_at(std::int64_t most) const {
    auto f = between(0, most);
    f.capped = true;
    return f;
  }
  /// At most `n` bytes of UTF-8, or `n` elements of an array.
  constexpr FieldInfo max_bytes(std::size_t n) const {
    auto f = *this;
    f.bytes = n;
    return f;
  }
  /// max_bytes() by the name that suits an array.
  constexpr FieldInfo max_items(std::size_t n) const { return max_bytes(n); }
  /// It may be absent, and then keeps the member's own initialiser.
  constexpr FieldInfo defaulted() const {
    auto f = *this;
    f.optional = true;
    return f;
  }
  /// Of a setting: its value is shown nowhere, see `secret`.
  constexpr FieldInfo as_secret() const {
    auto f = *this;
    f.secret = true;
    return f;
  }
  /// For programs alone, see `hidden`; it is still taken when it is given.
  constexpr FieldInfo as_hidden() const {
    auto f = *this;
    f.hidden = true;
    return f;
  }
  /// Of the params: no other caller may give it, and the schema that others are given lacks it.
  constexpr FieldInfo callers(Who who) const {
    auto f = *this;
    f.givers = who;
    return f;
  }
  /// Of a text: `check` judges it, and `words`, which live as long as the program, say what it wants.
  constexpr FieldInfo matching(bool (*check)(std::string_view), std::string_view words) const {
    auto f = *this;
    f.fits = check, f.shape_of_text = words;
    return f;
  }
};

/// Names of members of which exactly one is given, at most four; empty: there is no such rule.
using OneOf = std::array<std::string_view, 4>;

/// A description as a constant: what shape() makes. It has to live as long as the program, see Fields.
template <std::size_t N>
struct Shape {
  std::array<FieldInfo, N> fields;
  OneOf one_of{};

  /// Exactly one of the named members, which are optional and at most four, must be given and not null.
  template <class... Names>
  consteval Shape exactly_one(Names... given) const {
    auto s = *this;
    std::size_t i = 0;
    ((s.one_of[i++] = given), ...);
    return s;
  }
};

/// The description of a struct as the codec walks it: a view of a table that lives as long as the program.
struct Fields {
  template <std::size_t N>
  constexpr Fields(const Shape<N>& shape) : members(shape.fields), one_of(shape.one_of) {}  // NOLINT: it is one
  template <std::size_t N>
  Fields(const Shape<N>&&) = delete;

  std::span<const FieldInfo> members;
  OneOf one_of{};
};

/// Puts members together: `shape(field<&Ask::name>("name", "name of the agent"), …)`, in the order of the reference.
template <class... F>
consteval Shape<sizeof...(F)> shape(F... f) {
  return {{f...}};
}

/// The member `P` of a struct under `name` in JSON; `doc` is a noun phrase that stands alone. A std::optional, an array
/// and a bool may be absent, anything else is required. Defined by codec.hpp.
template <auto P>
consteval FieldInfo field(std::string_view name, std::string_view doc);

/// Whether `text` has the form of an agent's name, kAgentPattern. [any-thread]
bool is_agent_name(std::string_view text);
/// The same as a regular expression, for the schemas.
inline constexpr std::string_view kAgentPattern = "^[a-z][a-z0-9-]{0,30}$";
/// The same in words: `.matching(&is_agent_name, kAgentName)`.
inline constexpr std::string_view kAgentName = "a name like alice: a letter, then at most 30 of a-z 0-9 -";

}  // namespace hive
