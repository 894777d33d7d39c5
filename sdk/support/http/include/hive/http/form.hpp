#pragma once
#include <hive/http/request.hpp>
#include <hive/sdk/codec.hpp>

namespace hive::http {

/// Decoded pairs of a form or a query, in their order. At most kMost of them.
class Form {
 public:
  static constexpr std::size_t kMost = 256;
  /// One field.
  struct Pair {
    std::string name, value;
  };

  /// For parse_form(): pairs that have been decoded.
  explicit Form(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {}
  /// The field's value. Errors: invalid_params, naming the field (it is missing, empty, or there more than once).
  Result<std::string> one(std::string_view name) const;
  /// The field's value; nothing when it is missing or empty. Errors: invalid_params (there more than once).
  Result<std::optional<std::string>> maybe(std::string_view name) const;
  /// The field's values in their order, empty ones too; none when it is missing.
  std::vector<std::string> all(std::string_view name) const;
  const std::vector<Pair>& pairs() const { return pairs_; }

 private:
  std::vector<Pair> pairs_;
};

/// application/x-www-form-urlencoded: plus is a space, percent-decoding once, valid UTF-8 without NUL.
/// Errors: invalid_params, naming the pair. [any-thread]
Result<Form> parse_form(std::string_view text);

/// The body of a POST. Errors: invalid_params (another content type; no form). [any-thread]
Result<Form> form_of(const Request& request);
/// What stands after the question mark. Errors: invalid_params. [any-thread]
Result<Form> query_of(const Request& request);
/// The body as one JSON value. Errors: invalid_params (another content type; no JSON). [any-thread]
Result<json::value> json_of(const Request& request);
/// The body as T, strictly. Errors: invalid_params, naming the member and what was wanted. [any-thread]
template <class T>
Result<T> json_as(const Request& request) {
  auto value = json_of(request);
  if (!value) return value.error();
  return decode_value<T>(*value, Unknown::refuse);
}

}  // namespace hive::http
