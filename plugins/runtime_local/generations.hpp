#pragma once
#include <hive/sdk/contracts/agent.hpp>
#include <hive/sdk/contracts/runtime.hpp>

#include <filesystem>

namespace hive::runtime_local {

/// One resolved configuration of an agent: `generations/<name>/<id>/settings.json`.
struct Generation {
  std::string revision;
  Time made_at;
  agent::Toml toml;
  std::vector<std::string> notes{};
};
constexpr auto fields(Of<Generation>) {
  return shape(field<&Generation::revision>("revision", "commit that it was made from"),
               field<&Generation::made_at>("made_at", "when it was made"),
               field<&Generation::toml>("toml", "agent.toml"),
               field<&Generation::notes>("notes", "what whoever decides about it should know"));
}

inline constexpr std::size_t kGenerationsKept = 10;

/// The generations of one agent: numbered folders, and the link `current` to the active one. [blocking]
class Generations {
 public:
  /// `folder`: generations/<name>, which need not exist.
  explicit Generations(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Stores one and gives its id; durable when it returns. Old ones go, never the active one.
  /// Errors: unavailable.
  Result<std::string> add(const Generation& generation);
  /// Errors: not_found.
  Status activate(const std::string& id);
  /// Errors: conflict (it is active). One that is not there is fine.
  Status discard(const std::string& id);

  struct Active {
    std::string id;
    Generation generation;
  };
  /// Errors: not_found (none is active), internal (its file is damaged).
  Result<Active> active() const;

 private:
  Result<Generation> read(const std::string& id) const;
  std::string active_id() const;  // empty: none
  std::vector<std::int64_t> ids() const;
  void remove_old() const;

  std::filesystem::path folder_;
};

}  // namespace hive::runtime_local
