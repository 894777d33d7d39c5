#pragma once
#include <hive/http/request.hpp>

#include <variant>

namespace hive::http {

/// Why the gate turned a request away. The connection is closed after it, whatever the client sent on:
/// where the next request begins is no longer certain.
struct Refusal {
  int status = 400;
  std::string why;
};

/// A head that kept every rule, and what decides how to go on.
struct Head {
  Request request;
  std::string authority{};  // of an absolute target; it has become the header host
  std::size_t body_bytes = 0;
  bool options = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

struct HeadLimits {
  std::size_t headers = 100;
  std::size_t body_bytes = 65'536;
};

/// Takes `text`, the head without its last empty line, apart. Stricter than RFC 9112 wherever two readers
/// could see different requests in the same bytes. [any-thread]
std::variant<Head, Refusal> parse_head(std::string_view text, const HeadLimits& limits);

}  // namespace hive::http
