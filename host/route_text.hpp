#pragma once
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Addresses of the page's server, as methods name them. All [any-thread].
namespace hive::host {

/// A verb and a path, like `POST /deny/{id}`.
struct Address {
  std::string verb, path;
};

/// The addresses in what a method says of itself, `about`, each as it is.
std::vector<Address> addresses_of(const boost::json::object& about);

/// What is wrong with one of those addresses, as "its address /x has ..."; empty: nothing. A path that is all right
/// names members of the params alone, begins with a word, and matches nothing that the page has itself.
std::string flaw_of_addresses(const boost::json::object& about);

/// Whether one request could be meant for both.
bool do_overlap(const Address& a, const Address& b);

}  // namespace hive::host
