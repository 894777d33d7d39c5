#pragma once
#include "session.hpp"

#include <built_in_contracts.hpp>

#include <cstdint>
#include <span>

namespace hive::host::cli {

/// How a column of a list is shown; `path` goes into nested objects by dots.
struct Column {
  std::string title, path;
};

/// One method as the command line offers it.
struct MethodEntry {
  std::string name;  // role.verb
  std::vector<std::string> callers;
  std::int64_t deadline_ms = 0;
  json::object params, result;  // JSON Schemas
  std::string doc, alias, awaits, text, tool, answer;
  std::vector<std::string> positional;
  std::vector<Column> columns;
  std::vector<std::string> hidden;  // members that people are not asked for

  std::string role() const { return name.substr(0, name.find('.')); }
  std::string verb() const { return name.substr(name.find('.') + 1); }
  bool for_operator() const;
};

/// The methods that exist, by name.
class Catalog {
 public:
  /// What the running host's plugins answer.
  static Result<Catalog> of_host(Session& session);
  explicit Catalog(const std::vector<host_api::MethodAbout>& methods);
  /// What this program was built with, for help and documentation without a host.
  static Catalog built_in();

  const std::vector<MethodEntry>& methods() const { return methods_; }
  const MethodEntry* by_alias(std::string_view alias) const;
  const MethodEntry* by_name(std::string_view role_and_verb) const;
  std::vector<const MethodEntry*> of_role(std::string_view role) const;
  /// Roles that have a method for the operator.
  std::vector<std::string> roles() const;

 private:
  std::vector<MethodEntry> methods_;
};

}  // namespace hive::host::cli
