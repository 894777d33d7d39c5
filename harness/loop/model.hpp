#pragma once
#include <hive/sdk/contracts/page.hpp>

#include "base/options.hpp"

namespace hive::harness {

/// The model of the next run: the choice in `hyperhive-model` of the state folder, else the configuration's, else
/// haiku. What stands in the file and is no model's name is no choice. `in_use` is left open. [blocking]
page::Model next_model(const Options& options, const agent::Config& config);

/// Keeps a choice; nothing, an empty one or `default` goes back to the configuration. Errors: invalid_params (no
/// model's name), unavailable. [blocking]
Status choose_model(const Options& options, const std::optional<std::string>& model);

}  // namespace hive::harness
