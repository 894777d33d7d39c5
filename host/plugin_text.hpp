#pragma once
#include "manifest.hpp"
#include "route_text.hpp"

#include <string>
#include <string_view>

/// Text that comes out of a plugin goes into everybody's lists, into logs and terminals, and before models. What is
/// wrong with it is found here, once, before anybody sees it. All [any-thread].
namespace hive::host {

/// What is wrong with the words of a manifest, as "its version has characters that cannot be seen"; empty: nothing.
std::string flaw_of(const Manifest& manifest);

/// Names of a method beside its own, each known to people, models or browsers without its role.
struct MethodNames {
  std::string tool, alias;  // empty: it has none
  std::vector<host_api::RouteAbout> addresses{};
  bool from_pages = true;  // the page may call it

  /// Whether the page has to hear of the method.
  bool concern_pages() const { return !addresses.empty() || !from_pages; }
};

/// Reads what a method says of itself. Errors: invalid_params, one sentence: text that is not UTF-8 or cannot be seen,
/// a name or an address that is not allowed, a description that is too long or too deep.
Result<MethodNames> names_of(const abi::MethodInfo& method);

/// One line of a plugin's own words, short, with `?` for what cannot be seen.
std::string shown(std::string_view text);

}  // namespace hive::host
