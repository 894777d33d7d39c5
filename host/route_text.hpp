#pragma once
#include <hive/sdk/contracts/host.hpp>

#include <string>

/// Addresses of the page's server, as methods name them. All [any-thread].
namespace hive::host {

/// What is wrong with one of the addresses in what a method says of itself, as "its address /x has ..."; empty:
/// nothing. A path that is all right names members of the params alone, begins with a word, and matches nothing that
/// the page has itself.
std::string flaw_of_addresses(const host_api::About& about);

/// Whether one request could be meant for both.
bool do_overlap(const host_api::RouteAbout& a, const host_api::RouteAbout& b);

}  // namespace hive::host
