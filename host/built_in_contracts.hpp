#pragma once
#include <hive/sdk/contracts/host.hpp>

#include <boost/json/object.hpp>

/// The contracts that this program was built with. All [any-thread].
namespace hive::host {

/// As methods.list would give them.
std::vector<host_api::MethodAbout> built_in_methods();

/// One topic, for the reference; at run time the host tells.
struct TopicEntry {
  std::string topic, doc;
  std::vector<std::string> audience;
  json::object payload;
};
/// By name.
std::vector<TopicEntry> built_in_topics();

/// What an agent's harness tells of its page, which no method of the host does: the result of each method on that
/// socket, and the payload of each kind of event.
struct PageEntry {
  std::string name, doc;
  json::object schema;
};
std::vector<PageEntry> page_results();
std::vector<PageEntry> page_payloads();

}  // namespace hive::host
