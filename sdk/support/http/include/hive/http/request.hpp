#pragma once
#include <hive/sdk/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::http {

/// HEAD reaches the handler of GET and loses its body on the way out; OPTIONS is answered by the table.
enum class Verb { get, post, put, patch, del };
/// The verb as requests and Allow have it: "GET". Lives as long as the program. [any-thread]
std::string_view name_of(Verb verb);

/// One header of a request or an answer.
struct Header {
  std::string name, value;
};

/// What `{name}` of a route matched.
struct Parameter {
  std::string name, value;
};

/// One whole request that kept every rule: nothing in it needs decoding again.
struct Request {
  Verb verb = Verb::get;
  bool head_only = false;  // HEAD: a GET whose answer is sent without its body
  /// Percent-decoded once: valid UTF-8 without control characters; no segment is `.`, `..` or holds a
  /// slash of its own.
  std::string path;
  std::string query{};  // as it was sent, without the question mark; query_of() of form.hpp decodes it
  /// In their order, names in lower case. Those that decide something (host, origin, cookie,
  /// content-type, authorization, …) stand at most once. Values are bytes, not always UTF-8.
  std::vector<Header> headers{};
  std::string body{};
  std::vector<Parameter> parameters{};
  std::string peer{};  // address of the other end, which may be a proxy: 127.0.0.1

  /// The first header of that name (lower case); nothing when there is none. [any-thread]
  std::optional<std::string_view> header(std::string_view name) const;
  /// Empty when the route has no such parameter. [any-thread]
  std::string_view parameter(std::string_view name) const;
  /// Nothing when it is not there, or there twice with different values. [any-thread]
  std::optional<std::string_view> cookie(std::string_view name) const;
};

}  // namespace hive::http
