#include "wire.hpp"

#include <algorithm>
#include <ctime>

#include "text.hpp"

namespace hive::http {
namespace {

void put(std::string& out, std::string_view name, std::string_view value) {
  (((out += name) += ": ") += value) += "\r\n";
}

std::string date_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[40];
  // The program runs in the C locale, which is what RFC 9110 wants: Sun, 06 Nov 1994 08:49:37 GMT.
  const auto length = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text, length};
}

bool names(const std::vector<Header>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const Header& h) { return lower(h.name) == name; });
}

}  // namespace

bool is_bodiless(int status) {
  return status < 200 || status == 204 || status == 304;
}

Status check(const Response& response) {
  if (response.status < 200 || response.status > 599)
    return error(Code::invalid_params, "the status " + std::to_string(response.status) + " is not a final one");
  if (!is_field_value(response.type)) return error(Code::invalid_params, "the content type has a control character");
  for (const auto& header : response.headers)
    if (!is_token(header.name) || !is_field_value(header.value))
      return error(Code::invalid_params, "the header " + header.name + " is not a token or has a control character");
  return {};
}

std::string head_text(const Response& response, const std::vector<Header>& always, const Framing& framing) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  (out += phrase_of(response.status)) += "\r\n";
  put(out, "Date", date_now());
  if (!response.type.empty()) put(out, "Content-Type", response.type);
  const auto length = response.shared ? response.shared->size() : response.body.size();
  if (!framing.stream && !is_bodiless(response.status)) put(out, "Content-Length", std::to_string(length));
  put(out, "Connection", framing.keep_alive ? "keep-alive" : "close");
  put(out, "X-Content-Type-Options", "nosniff");
  if (!names(response.headers, "cache-control")) put(out, "Cache-Control", "no-store");
  for (const auto& header : always)
    if (!names(response.headers, lower(header.name))) put(out, header.name, header.value);
  for (const auto& header : response.headers) put(out, header.name, header.value);
  return out += "\r\n";
}

}  // namespace hive::http
