#include "route_text.hpp"

#include <hive/sdk/contracts/http.hpp>
#include <hive/sdk/manifest_words.hpp>
#include <hive/utf8/utf8.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <set>

namespace hive::host {
namespace {

constexpr std::size_t kLongestPath = 96, kMostWith = 256;
constexpr std::string_view kPieceOffset = "offset";  // what the pieces of a text are asked with

/// What stands behind each slash.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at + 1), path.size());
    out.push_back(path.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}

/// The starred one matches whatever follows.
bool is_rest(std::string_view segment) {
  return segment.ends_with("*}");
}

bool is_literal(std::string_view segment) {
  return !segment.empty() && segment[0] != '.' && std::all_of(segment.begin(), segment.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool do_paths_overlap(std::string_view one, std::string_view other) {
  const auto a = segments_of(one), b = segments_of(other);
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (is_rest(a[i]) || is_rest(b[i])) return true;
    if (a[i] != b[i] && !is_parameter(a[i]) && !is_parameter(b[i])) return false;
  }
  return a.size() == b.size();
}

std::string flaw_of_path(const std::string& path, const boost::json::object& members) {
  if (path.size() > kLongestPath) return "has over 96 bytes";
  const auto segments = path.starts_with('/') ? segments_of(path) : std::vector<std::string_view>();
  if (segments.empty() || !is_literal(segments[0])) return "does not begin with a word like /deny";
  std::set<std::string_view> given;
  for (const auto segment : segments) {
    if (is_literal(segment)) continue;
    if (!is_parameter(segment)) return "has a part that is neither a-z 0-9 . _ - nor like {id}";
    const auto name = segment.substr(1, segment.size() - 2);
    if (!members.contains(name)) return "names " + std::string(segment) + ", which is no member of its params";
    if (!given.insert(name).second) return "names " + std::string(segment) + " twice";
  }
  for (const auto own : http_api::kOwnAddresses)
    if (do_paths_overlap(path, own)) return "is the page's own, as " + std::string(own) + " is";
  return {};
}

std::string flaw_of_fixed(const host_api::RouteAbout& said, const boost::json::object& params,
                          const boost::json::object& result) {
  const auto fixed = said.with.empty() ? boost::json::object() : params_in(said.with).value_or(boost::json::object());
  if (!said.with.empty() && (fixed.empty() || said.with.size() > kMostWith))
    return "has a `with` that is not like kind=cancel&limit=50";
  for (const auto& [name, value] : fixed)
    if (!params.contains(name)) return "has " + std::string(name) + " in `with`, which is no member of its params";
  if (said.joins.empty()) return {};
  if (!result.contains(said.joins)) return "joins " + said.joins + ", which is no member of its result";
  return params.contains(kPieceOffset) ? "" : "joins pieces, and its params have no `offset` to ask for them";
}

std::string flaw_in(const host_api::RouteAbout& said, const host_api::About& about) {
  const auto params = host_api::properties_of(about.params), result = host_api::properties_of(about.result);
  if (said.verb != "GET" && said.verb != "POST") return "is for another verb than GET or POST";
  if (auto flaw = flaw_of_path(said.path, params); !flaw.empty()) return flaw;
  return flaw_of_fixed(said, params, result);
}

}  // namespace

std::string flaw_of_addresses(const host_api::About& about) {
  const auto& all = about.http;
  for (const auto& said : all)
    if (const auto flaw = flaw_in(said, about); !flaw.empty())
      return "its address " + std::string(utf8::beginning_of(said.path, kLongestPath)) + " " + flaw;
  for (auto one = all.begin(); one != all.end(); ++one)
    for (auto other = all.begin(); other != one; ++other)
      if (do_overlap(*one, *other)) return "its address " + one->path + " is also meant by " + other->path;
  return {};
}

bool do_overlap(const host_api::RouteAbout& a, const host_api::RouteAbout& b) {
  return a.verb == b.verb && do_paths_overlap(a.path, b.path);
}

}  // namespace hive::host
