#pragma once
#include <hive/sdk/errors.hpp>
#include <hive/sdk/fields.hpp>
#include <hive/sdk/time.hpp>

#include <charconv>
#include <concepts>
#include <map>
#include <utility>
#include <variant>

/// JSON to and from described structs. Everything is [any-thread].
namespace hive {

/// No params, or nothing to say in a result: `{}` in JSON.
struct None {};
constexpr Shape<0> fields(Of<None>) {
  return {};
}

/// How T stands in JSON: `decode` reads one value into an object and gives false with the reason in `Decoding`,
/// `encode` makes a value and cannot fail, `schema` is the JSON Schema of T. There is one for integers, double,
/// bool, std::string, Time, json::value, std::optional (null, or absent), std::vector, std::map by name, and for enums,
/// variants and structs that are described, see Of. Code calls the functions below in place of it.
template <class T>
struct Codec;

/// Reads JSON text as T, strictly or leniently by `unknown`. Errors: invalid_params (no JSON; or naming the path and
/// what was wanted).
template <class T>
Result<T> decode_text(std::string_view text, Unknown unknown);
/// Reads the params of a call by `who`, strictly. Errors: invalid_params; forbidden (a member is given that is not for
/// this caller).
template <class T>
Result<T> decode_params(std::string_view text, Who who);
/// Writes `value` as one line of JSON, without members that are null.
template <class T>
std::string encode_text(const T& value);
/// decode_text() for JSON that has been parsed. Errors: invalid_params, naming the path and what was wanted.
template <class T>
Result<T> decode_value(const json::value& value, Unknown unknown);
/// encode_text() before it becomes text.
template <class T>
json::value encode_value(const T& value) {
  return Codec<T>::encode(value);
}
/// Whether a schema shows hidden members. Where it leaves them out, as for a tool's params, it also says in words the
/// limits of texts in bytes, which a schema cannot say.
enum class Hidden { include, leave_out };
/// The JSON Schema (2020-12) of a described struct. A member that not every caller may give has a mark `callers`, see
/// own_view().
json::object schema_object(const Fields& fields, Hidden hidden);
/// How T is described, whether its `fields` are a constant or a function in a source. Lives as long as the program.
template <class T>
Fields fields_of() {
  if constexpr (std::same_as<decltype(fields(Of<T>{})), Fields>) {
    return fields(Of<T>{});
  } else {
    static constexpr auto kShape = fields(Of<T>{});
    return kShape;
  }
}
/// schema_object() of T.
template <class T>
json::object schema(Hidden hidden = Hidden::include) {
  return schema_object(fields_of<T>(), hidden);
}

/// Reads one JSON value, at most 32 deep. Errors: invalid_params.
Result<json::value> parse_json(std::string_view text);
/// Writes `value` as one line. An infinite number, which JSON does not have, becomes null.
std::string write_json(const json::value& value);
/// The sentence about a value that was not taken, with invalid_params. `root` stands for the path where that is empty,
/// like "params".
Error describe(const Mismatch& mismatch, std::string_view root);

namespace detail {

bool mismatch(Decoding& d, std::string_view wanted);
Status may_give(const json::value& params, const Fields& fields, Who who);
bool decode_object(const json::value& v, void* object, Decoding& d, const Fields& fields);
json::value encode_object(const void* object, const Fields& fields);
bool in_range(const FieldInfo& f, std::int64_t value, Decoding& d);
bool text_fits(const FieldInfo& f, std::string_view text, Decoding& d);
bool count_fits(const FieldInfo& f, std::size_t count, Decoding& d);
/// Takes 8 and "8": language models send either.
bool decode_integer(const json::value& v, std::int64_t& out, Decoding& d);
bool decode_string(const json::value& v, std::string& out, Decoding& d);
bool decode_bool(const json::value& v, bool& out, Decoding& d);
bool decode_double(const json::value& v, double& out, Decoding& d);
bool decode_time(const json::value& v, Time& out, Decoding& d);
void check_settings_text(std::string_view settings, abi::Sink sink, bool (*decode)(const json::value&, Decoding&));
bool no_such_name(Decoding& d, const std::string_view* names, std::size_t count);

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

}  // namespace detail

template <class T>
concept Described = requires { fields(Of<T>{}); };
template <class T>
concept Named = std::is_enum_v<T> && requires { names(Of<T>{}); };  // array<pair<T, string_view>>
template <class T>
concept Tagged = requires { tags(Of<T>{}); };  // array<string_view>, one for each alternative

template <>
struct Codec<std::string> {
  static bool decode(const json::value& v, std::string& out, Decoding& d) { return detail::decode_string(v, out, d); }
  static json::value encode(const std::string& s) { return json::string(s); }
  static json::object schema() { return {{"type", "string"}}; }
};

template <>
struct Codec<bool> {
  static bool decode(const json::value& v, bool& out, Decoding& d) { return detail::decode_bool(v, out, d); }
  static json::value encode(bool b) { return b; }
  static json::object schema() { return {{"type", "boolean"}}; }
};

template <>
struct Codec<double> {
  static bool decode(const json::value& v, double& out, Decoding& d) { return detail::decode_double(v, out, d); }
  static json::value encode(double x) { return x; }
  static json::object schema() { return {{"type", "number"}}; }
};

template <std::integral I>
  requires(!std::same_as<I, bool>)
struct Codec<I> {
  static bool decode(const json::value& v, I& out, Decoding& d) {
    std::int64_t wide = 0;
    if (!detail::decode_integer(v, wide, d)) return false;
    if (!std::in_range<I>(wide)) return detail::mismatch(d, "a smaller integer");
    out = I(wide);
    return true;
  }
  static json::value encode(I i) { return std::int64_t(i); }
  static json::object schema() { return {{"type", "integer"}}; }
};

template <>
struct Codec<Time> {
  static bool decode(const json::value& v, Time& out, Decoding& d) { return detail::decode_time(v, out, d); }
  static json::value encode(Time t) { return json::string(to_text(t)); }
  static json::object schema() { return {{"type", "string"}, {"format", "date-time"}}; }
};

/// Any JSON, passed on unread. Not for tool parameters: models want every property typed.
template <>
struct Codec<json::value> {
  static bool decode(const json::value& v, json::value& out, Decoding&) { return out = v, true; }
  static json::value encode(const json::value& v) { return v; }
  static json::object schema() { return {}; }
};

template <class T>
struct Codec<std::optional<T>> {
  static bool decode(const json::value& v, std::optional<T>& out, Decoding& d) {
    if (v.is_null()) return out.reset(), true;
    return Codec<T>::decode(v, out.emplace(), d);
  }
  static json::value encode(const std::optional<T>& x) { return x ? Codec<T>::encode(*x) : json::value{}; }
  static json::object schema() { return Codec<T>::schema(); }
};

template <class T>
struct Codec<std::vector<T>> {
  static bool decode(const json::value& v, std::vector<T>& out, Decoding& d) {
    if (!v.is_array()) return detail::mismatch(d, "an array");
    out.clear();
    for (const auto& element : v.get_array()) {
      T item{};
      if (!Codec<T>::decode(element, item, d)) {
        d.mismatch.path = "[" + std::to_string(out.size()) + "]" + d.mismatch.path;
        return false;
      }
      out.push_back(std::move(item));
    }
    return true;
  }
  static json::value encode(const std::vector<T>& x) {
    json::array a;
    a.reserve(x.size());
    for (const auto& e : x) a.push_back(Codec<T>::encode(e));
    return a;
  }
  static json::object schema() { return {{"type", "array"}, {"items", Codec<T>::schema()}}; }
};

template <class T>
struct Codec<std::map<std::string, T>> {
  static bool decode(const json::value& v, std::map<std::string, T>& out, Decoding& d) {
    if (!v.is_object()) return detail::mismatch(d, "an object");
    out.clear();
    for (const auto& [key, element] : v.get_object())
      if (!Codec<T>::decode(element, out[key], d)) {
        d.mismatch.path = "." + std::string(key) + d.mismatch.path;
        return false;
      }
    return true;
  }
  static json::value encode(const std::map<std::string, T>& x) {
    json::object o;
    for (const auto& [key, e] : x) o[key] = Codec<T>::encode(e);
    return o;
  }
  static json::object schema() { return {{"type", "object"}, {"additionalProperties", Codec<T>::schema()}}; }
};

template <Named E>
struct Codec<E> {
  static constexpr auto kNames = names(Of<E>{});
  static bool decode(const json::value& v, E& out, Decoding& d) {
    std::array<std::string_view, kNames.size()> known;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      known[i] = kNames[i].second;
      if (v.is_string() && std::string_view(v.get_string()) == known[i]) return out = kNames[i].first, true;
    }
    return detail::no_such_name(d, known.data(), known.size());
  }
  static json::value encode(E e) { return json::string(name(e)); }
  static json::object schema() {
    json::array known;
    for (const auto& [value, word] : kNames) known.emplace_back(word);
    return {{"type", "string"}, {"enum", std::move(known)}};
  }
  static constexpr std::string_view name(E e) {
    for (const auto& [value, word] : kNames)
      if (value == e) return word;
    return "?";
  }
};

/// The word that an enum's value has in JSON.
template <Named E>
constexpr std::string_view name_of(E e) {
  return Codec<E>::name(e);
}

/// A variant: the alternative's members and `kind`.
template <Tagged V>
struct Codec<V> {
  static constexpr auto kTags = tags(Of<V>{});
  static bool decode(const json::value& v, V& out, Decoding& d) {
    const auto* kind = v.is_object() ? v.get_object().if_contains("kind") : nullptr;
    return decode_at<0>(kind && kind->is_string() ? std::string_view(kind->get_string()) : "", v, out, d);
  }
  static json::value encode(const V& v) {
    return std::visit(
        [&]<class A>(const A& a) {
          auto object = Codec<A>::encode(a).as_object();
          object["kind"] = json::string(kTags[v.index()]);
          return json::value(std::move(object));
        },
        v);
  }
  static json::object schema() {
    json::array options;
    add_options(options, std::make_index_sequence<std::variant_size_v<V>>{});
    return {{"anyOf", std::move(options)}};
  }

 private:
  template <std::size_t I>
  static bool decode_at(std::string_view kind, const json::value& v, V& out, Decoding& d) {
    if constexpr (I == std::variant_size_v<V>) {
      d.mismatch.path = ".kind";
      return detail::no_such_name(d, kTags.data(), kTags.size());
    } else {
      if (kTags[I] != kind) return decode_at<I + 1>(kind, v, out, d);
      auto members = v.get_object();
      members.erase("kind");
      using A = std::variant_alternative_t<I, V>;
      return Codec<A>::decode(json::value(std::move(members)), out.template emplace<I>(), d);
    }
  }
  template <std::size_t... I>
  static void add_options(json::array& options, std::index_sequence<I...>) {
    (options.push_back([] {
      auto option = Codec<std::variant_alternative_t<I, V>>::schema();
      option["properties"].as_object()["kind"] = {{"type", "string"}, {"const", kTags[I]}};
      if (!option.contains("required")) option["required"] = json::array{};
      option["required"].as_array().emplace_back("kind");
      return option;
    }()),
     ...);
  }
};

template <Described T>
struct Codec<T> {
  static bool decode(const json::value& v, T& out, Decoding& d) {
    return detail::decode_object(v, &out, d, fields_of<T>());
  }
  static json::value encode(const T& t) { return detail::encode_object(&t, fields_of<T>()); }
  static json::object schema() { return hive::schema<T>(); }
};

namespace detail {

template <auto P>
struct MemberOf;
template <class S, class M, M S::* P>
struct MemberOf<P> {
  using Struct = S;
  using Type = M;
};

/// A number that is capped is made to fit.
template <class M>
void cap(const FieldInfo& f, M& m) {
  if constexpr (kIsOptional<M>) {
    if (m) cap(f, *m);
  } else if constexpr (std::integral<M> && !std::same_as<M, bool>) {
    if (f.capped && std::int64_t(m) > f.high) m = M(f.high);
  }
}

template <class M>
bool fits(const FieldInfo& f, const M& m, Decoding& d) {
  if constexpr (std::integral<M> && !std::same_as<M, bool>)
    return in_range(f, std::int64_t(m), d);
  else if constexpr (std::same_as<M, std::string>)
    return text_fits(f, m, d);
  else if constexpr (kIsVector<M>)
    return count_fits(f, m.size(), d);
  else if constexpr (kIsOptional<M>)
    return !m || fits(f, *m, d);
  else
    return true;
}

template <auto P>
bool decode_member(const json::value& v, void* object, Decoding& d, const FieldInfo& f) {
  auto& m = static_cast<typename MemberOf<P>::Struct*>(object)->*P;
  if (!Codec<typename MemberOf<P>::Type>::decode(v, m, d)) return false;
  cap(f, m);
  return fits(f, m, d);
}

template <auto P>
json::value encode_member(const void* object) {
  return Codec<typename MemberOf<P>::Type>::encode(static_cast<const typename MemberOf<P>::Struct*>(object)->*P);
}

}  // namespace detail

/// Its contract stands in fields.hpp, where it is declared.
template <auto P>
consteval FieldInfo field(std::string_view name, std::string_view doc) {
  using M = typename detail::MemberOf<P>::Type;
  return {name,
          doc,
          &detail::decode_member<P>,
          &detail::encode_member<P>,
          &Codec<M>::schema,
          detail::kIsOptional<M> || detail::kIsVector<M> || std::same_as<M, bool>};
}

template <class T>
Result<T> decode_value(const json::value& value, Unknown unknown) {
  T out{};
  Decoding decoding{unknown};
  if (!Codec<T>::decode(value, out, decoding)) return describe(decoding.mismatch, "params");
  return out;
}

template <class T>
Result<T> decode_text(std::string_view text, Unknown unknown) {
  auto value = parse_json(text);
  if (!value) return value.error();
  return decode_value<T>(*value, unknown);
}

template <class T>
Result<T> decode_params(std::string_view text, Who who) {
  auto value = parse_json(text);
  if (!value) return value.error();
  if (auto may = detail::may_give(*value, fields_of<T>(), who); !may) return may.error();
  return decode_value<T>(*value, Unknown::refuse);
}

template <class T>
std::string encode_text(const T& value) {
  return write_json(encode_value(value));
}

}  // namespace hive
