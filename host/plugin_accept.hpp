#pragma once
#include "plugin_list.hpp"

namespace hive::host {

/// The plugins' files in the folders, and those that `path` keys name in place of them. [blocking]
std::vector<std::filesystem::path> plugin_files(const std::vector<std::filesystem::path>& folders,
                                                const Config& config);

/// What its own manifest says of a plugin: it is `accepted` from then on.
void describe(host_api::Plugin& about, const Accepted& accepted);

/// Reads the keys of a plugin, whose id and file are known, and checks the file, unless they disable it: it is
/// `accepted`, `disabled`, or `faulted` with the reason. `isolated`: what is loaded of a plugin that is to run in a
/// process of its own. [blocking]
void accept(Member& member, const Config& config, Load isolated);

}  // namespace hive::host
