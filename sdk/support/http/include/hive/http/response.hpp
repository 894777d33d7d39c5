#pragma once
#include <hive/http/request.hpp>

#include <memory>

namespace hive::http {

/// Bytes that many answers or streams share: written from where they lie, never copied.
/// A shared_ptr because each connection keeps them until its own last byte is written.
using Bytes = std::shared_ptr<const std::string>;
/// Bytes to share, made of `text`. [any-thread]
Bytes bytes(std::string text);

/// One answer. The server adds Date, Content-Length, Connection, X-Content-Type-Options, what
/// ServerOptions::headers says, and Cache-Control: no-store where none is given. A header that would
/// break the answer (no token, a control character) makes it an empty 500, logged.
struct Response {
  int status = 200;
  std::string type{};  // Content-Type; empty: none
  std::vector<Header> headers{};
  std::string body{};
  Bytes shared{};  // sent in place of `body`
};

// What makes an answer is [any-thread].

/// `words` as text/plain in UTF-8.
Response plain_text(std::string words, int status = 200);
/// `text` is one JSON value.
Response json_text(std::string text, int status = 200);
/// No body: 204, or 304 and the like.
Response empty(int status);
/// 303: the browser goes there with GET. `location` is a path of this server.
Response redirect(std::string location);

/// RFC 9457: {"type", "title", "status", "detail", "code"?, "field"?}. The status is that of the code (errors.hpp).
Response problem(const Error& why, std::string_view field = {});
/// The same for an error that is made here.
Response problem(Code code, std::string words, std::string_view field = {});
/// For a status that no Code stands for: 401, 405, 411, 415, 421, 429, 431, 501.
Response problem(int status, std::string_view words);

/// The phrase of RFC 9110 for a status: "Not Found"; "Unknown" for one that this library has no phrase for.
std::string_view phrase_of(int status);

}  // namespace hive::http
