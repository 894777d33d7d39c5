#pragma once
#include "catalog.hpp"

#include <hive/sdk/manifest_words.hpp>
#include <manifest.hpp>

/// What is made from the contracts: pages of documentation in Markdown, types in TypeScript. Never edited by hand.
namespace hive::host::cli {

std::string methods_page(const Catalog& catalog, const std::vector<TopicEntry>& topics);

/// The manifests of the plugins that are installed with this program, by id. Errors: those of read_manifest. [blocking]
Result<std::vector<Manifest>> installed_manifests();

/// What plugins give the operator's page.
struct PageContracts {
  Catalog catalog;
  std::vector<TopicEntry> topics;
  std::vector<SnapshotSource> lists;  // by key
};
/// Params and results of the operator's methods, payloads of the operator's events and lists of the page's state, in
/// TypeScript.
std::string wire_types(const PageContracts& contracts);
/// The same of one plugin, as additions to those.
std::string added_wire_types(const std::string& plugin, const PageContracts& contracts);

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
