#pragma once
#include "app.hpp"

namespace hive::host {

/// Options with the folders that lie beside this program, in a build tree and installed alike:
/// ../lib/hyperhive/plugins and ../share/hyperhive. [blocking]
AppOptions default_options();

/// ROOT/hive.toml if it is there, else /etc/hyperhive/hive.toml, else none. [blocking]
std::filesystem::path default_config(const std::filesystem::path& root);

}  // namespace hive::host
