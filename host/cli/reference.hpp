#pragma once
#include "catalog.hpp"

/// What is made from the contracts: pages of documentation in Markdown, types in TypeScript. Never edited by hand.
namespace hive::host::cli {

std::string methods_page(const Catalog& catalog, const std::vector<TopicEntry>& topics);

/// Params and results of the operator's methods and payloads of the operator's events, in TypeScript.
std::string wire_types(const Catalog& catalog, const std::vector<TopicEntry>& topics);

/// One table of settings: the TOML table's name, what it is, the JSON Schema of its members.
struct SettingsTable {
  std::string name, words;
  json::object schema;
};
std::string configuration_page(const std::vector<SettingsTable>& tables);

/// One command with the help that it prints.
struct CommandPage {
  std::string name, help;
};
std::string cli_page(const std::string& overview, const std::vector<CommandPage>& commands);

}  // namespace hive::host::cli
