#include "head.hpp"

#include <hive/utf8/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "text.hpp"

namespace hive::http {
namespace {

constexpr std::size_t kMostTarget = 8'192;

// A second one of these would let two readers disagree about what the first one decided.
constexpr std::string_view kSingle[] = {"authorization", "content-length", "content-type",      "cookie",
                                        "expect",        "host",           "last-event-id",     "origin",
                                        "referer",       "sec-fetch-site", "transfer-encoding", "x-hive-token"};

using Refused = std::optional<Refusal>;

Refused refuse(int status, std::string why) {
  return Refusal{status, std::move(why)};
}

struct Method {
  std::string_view name;
  Verb verb;
  bool head_only = false, options = false;
};
constexpr Method kMethods[] = {
    {"GET", Verb::get},
    {"HEAD", Verb::get, true},
    {"POST", Verb::post},
    {"PUT", Verb::put},
    {"PATCH", Verb::patch},
    {"DELETE", Verb::del},
    {"OPTIONS", Verb::get, false, true},
};

Refused take_method(std::string_view name, Head& head) {
  const auto* found =
      std::find_if(std::begin(kMethods), std::end(kMethods), [&](const Method& m) { return m.name == name; });
  if (!is_token(name)) return refuse(400, "the request begins with no method");
  if (found == std::end(kMethods))
    return refuse(501, "the method is none of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  head.request.verb = found->verb;
  head.request.head_only = found->head_only;
  head.options = found->options;
  return {};
}

Refused take_segment(std::string_view raw, std::string& path) {
  const auto segment = percent_decode(raw, Plus::itself);
  if (!segment) return refuse(400, "the path has a per cent sign without two hexadecimal digits");
  if (*segment == "." || *segment == "..") return refuse(400, "the path has a dot segment");
  if (segment->find_first_of("/\\") != std::string::npos) return refuse(400, "the path has a slash in a segment");
  if (!is_field_value(*segment) || segment->find('\t') != std::string::npos || !utf8::is_valid(*segment))
    return refuse(400, "the path is not UTF-8 text");
  (path += '/') += *segment;
  return {};
}

Refused check_host(std::string_view value) {
  const bool fits = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && std::string_view(".-_:[]").find(c) != std::string_view::npos);
  });
  if (!fits) return refuse(400, "Host is not a name with a port");
  return {};
}

/// The absolute form of RFC 9112: what follows the authority is left in `target`.
Refused take_authority(std::string_view& target, Head& head) {
  const auto scheme_end = std::min(target.find("://"), target.size());
  const auto scheme = lower(target.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https")
    return refuse(400, "the address is neither a path nor does it begin with http:// or https://");
  target.remove_prefix(scheme_end + 3);
  const auto end = std::min(target.find_first_of("/?"), target.size());
  const auto authority = target.substr(0, end);
  if (authority.empty() || check_host(authority))
    return refuse(400, "the address names no host and port after its scheme");
  head.authority = authority;
  target.remove_prefix(end);
  return {};
}

Refused take_target(std::string_view target, Head& head) {
  if (target.size() > kMostTarget) return refuse(414, "the address is longer than 8 KiB");
  if (target == "*" && head.options) {
    head.request.path = '/';  // of the server as a whole: what its root allows
    return {};
  }
  const bool visible =
      std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7F' && c != '#'; });
  if (!visible) return refuse(400, "the address has a character that must be percent-encoded");
  if (!target.starts_with('/'))
    if (auto refused = take_authority(target, head)) return refused;
  const auto question = target.find('?');
  if (question != std::string_view::npos) head.request.query = target.substr(question + 1);
  auto path = target.substr(0, question);
  if (!path.empty()) path.remove_prefix(1);
  for (const auto segment : split(path, '/'))
    if (auto refused = take_segment(segment, head.request.path)) return refused;
  return {};
}

Refused take_version(std::string_view version, Head& head) {
  if (version == "HTTP/1.1") return {};
  if (version == "HTTP/1.0") {
    head.keep_alive = false;
    return {};
  }
  const bool other = version.starts_with("HTTP/");
  return refuse(other ? 505 : 400,
                other ? "only HTTP/1.1 and HTTP/1.0 are spoken here" : "the first line ends with no version");
}

Refused take_request_line(std::string_view line, Head& head) {
  const auto parts = split(line, ' ');
  if (auto refused = take_method(parts[0], head)) return refused;
  if (parts.size() != 3) return refuse(400, "the first line is not a method, a path and a version");
  if (auto refused = take_version(parts[2], head)) return refused;
  return take_target(parts[1], head);
}

Refused take_length(std::string_view value, const HeadLimits& limits, Head& head) {
  const bool digits = !value.empty() && value.size() <= 18 &&
                      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return refuse(400, "Content-Length is not a number");
  std::from_chars(value.data(), value.data() + value.size(), head.body_bytes);
  if (head.body_bytes > limits.body_bytes)
    return refuse(413, "the body is " + std::to_string(head.body_bytes) + " bytes and " +
                           std::to_string(limits.body_bytes) + " is the limit");
  return {};
}

/// What a header means to the gate itself.
Refused heed(std::string_view name, std::string_view value, const HeadLimits& limits, Head& head) {
  if (name == "content-length") return take_length(value, limits, head);
  if (name == "host") return check_host(value);
  if (name == "connection" && has_token(value, "close")) head.keep_alive = false;
  if (name == "expect") {
    if (lower(value) != "100-continue") return refuse(417, "the only expectation that can be met is 100-continue");
    head.expects_continue = true;
  }
  return {};
}

Refused add_header(Header header, const HeadLimits& limits, Head& head) {
  auto& headers = head.request.headers;
  if (headers.size() == limits.headers)
    return refuse(431, "there are more than " + std::to_string(limits.headers) + " headers");
  headers.push_back(std::move(header));
  return {};
}

Refused take_header(std::string_view line, const HeadLimits& limits, Head& head) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return refuse(400, "a header line does not begin with a name and a colon");
  const auto name = lower(line.substr(0, colon));
  const auto value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return refuse(400, "the header " + name + " has a control character");
  const bool single = std::find(std::begin(kSingle), std::end(kSingle), name) != std::end(kSingle);
  if (single && head.request.header(name)) return refuse(400, "the header " + name + " is there more than once");
  if (auto refused = heed(name, value, limits, head)) return refused;
  return add_header({name, std::string(value)}, limits, head);
}

/// How the end of the body would be found, were it not for a length.
Refused check_coding(const Head& head, bool old) {
  const auto coding = head.request.header("transfer-encoding");
  if (!coding) return {};
  if (old || head.request.header("content-length"))
    return refuse(400, "Transfer-Encoding stands beside Content-Length or in HTTP/1.0; send Content-Length alone");
  if (lower(*coding) != "chunked") return refuse(501, "transfer codings are not supported; send Content-Length");
  return refuse(411, "the body comes in chunks, so its length is not known; send Content-Length");
}

/// The host of an absolute target counts, whatever the header says (RFC 9112, 3.2.2).
Refused take_host_of_target(const HeadLimits& limits, Head& head) {
  auto& headers = head.request.headers;
  const auto host = std::find_if(headers.begin(), headers.end(), [](const Header& h) { return h.name == "host"; });
  if (host == headers.end()) return add_header({"host", head.authority}, limits, head);
  host->value = head.authority;
  return {};
}

}  // namespace

std::variant<Head, Refusal> parse_head(std::string_view text, const HeadLimits& limits) {
  Head head;
  const auto first = text.find("\r\n");
  if (auto refused = take_request_line(text.substr(0, first), head)) return std::move(*refused);
  const bool old = text.substr(0, first).ends_with("1.0");
  auto rest = first == std::string_view::npos ? std::string_view() : text.substr(first + 2);
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    if (auto refused = take_header(rest.substr(0, end), limits, head)) return std::move(*refused);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
  }
  if (auto refused = check_coding(head, old)) return std::move(*refused);
  if (!old && !head.request.header("host")) return Refusal{400, "the header host is missing"};
  if (!head.authority.empty())
    if (auto refused = take_host_of_target(limits, head)) return std::move(*refused);
  return head;
}

}  // namespace hive::http
