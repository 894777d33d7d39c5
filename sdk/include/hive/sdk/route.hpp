#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace hive {

/// One address of the page's HTTP server that calls the method as the operator, beside `POST /api/call/<name>`.
struct Route {
  std::string_view verb{};   // GET: params come from path and query; POST: from path and body, as JSON or as a form
  std::string_view path{};   // `/deny/{id}`: that part of an address is the member `id` of the params
  std::string_view with{};   // members that every request has, like a query: `kind=cancel&limit=50`
  std::string_view joins{};  // text member of the result; it is put together of all pieces, each asked with the `next`
                             // of the one before it as `offset`
};
/// At most kMost routes: `.http = {"POST", "/deny/{id}"}`, or `.http = {Route{…}, Route{…}}`.
struct Routes {
  static constexpr std::size_t kMost = 6;
  std::array<Route, kMost> routes{};
  bool from_pages = true;  // false: no address calls the method, `POST /api/call/<name>` neither
  constexpr Routes() = default;
  /// One route with nothing but verb and path.
  constexpr Routes(std::string_view verb, std::string_view path) : routes{Route{.verb = verb, .path = path}} {}
  constexpr Routes(std::initializer_list<Route> all) { std::copy(all.begin(), all.end(), routes.begin()); }
};

/// `.http = kNotFromPages`: what a session of the page may not do, for it is the command line's alone.
inline constexpr Routes kNotFromPages = [] {
  Routes out;
  out.from_pages = false;
  return out;
}();

}  // namespace hive
