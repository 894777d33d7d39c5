#include <hive/http/response.hpp>
#include <hive/sdk/codec.hpp>

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "text.hpp"

namespace hive::http {
namespace {

constexpr std::pair<int, std::string_view> kPhrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

Response problem_of(int status, std::string_view title, std::string_view words, std::string_view code = {},
                    std::string_view field = {}) {
  json::object value{{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", words}};
  if (!code.empty()) value["code"] = code;
  if (!field.empty()) value["field"] = field;
  return {.status = status, .type = "application/problem+json", .body = json::serialize(value)};
}

}  // namespace

Bytes bytes(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string_view phrase_of(int status) {
  const auto* found = std::find_if(std::begin(kPhrases), std::end(kPhrases),
                                   [&](const auto& phrase) { return phrase.first == status; });
  return found == std::end(kPhrases) ? "Unknown" : found->second;
}

Response plain_text(std::string words, int status) {
  return {.status = status, .type = "text/plain; charset=utf-8", .body = std::move(words)};
}

Response json_text(std::string text, int status) {
  return {.status = status, .type = "application/json", .body = std::move(text)};
}

Response empty(int status) {
  return {.status = status};
}

Response redirect(std::string location) {
  return {.status = 303, .headers = {{"Location", std::move(location)}}};
}

Response problem(const Error& why, std::string_view field) {
  const auto status = form_of(why.code).http;
  return problem_of(status, phrase_of(status), why.message, hive::name_of(why.code), field);
}

Response problem(Code code, std::string words, std::string_view field) {
  return problem(error(code, std::move(words)), field);
}

Response problem(int status, std::string_view words) {
  return problem_of(status, phrase_of(status), words);
}

}  // namespace hive::http
