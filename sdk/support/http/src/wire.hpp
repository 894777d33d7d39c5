#pragma once
#include <hive/http/response.hpp>

namespace hive::http {

/// How an answer goes out.
struct Framing {
  bool keep_alive = true;
  bool head_only = false;  // the length of the body is said, the body is not sent
  bool stream = false;     // no length: the body ends with the connection
};

/// Whether the headers and the type of `response` can stand in an answer; else which one cannot.
Status check(const Response& response);

/// The head of an answer with its empty line. `always`: what the server adds to each. [any-thread]
std::string head_text(const Response& response, const std::vector<Header>& always, const Framing& framing);

/// Whether a status has no body by definition.
bool is_bodiless(int status);

}  // namespace hive::http
