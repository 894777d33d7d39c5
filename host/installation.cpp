#include "installation.hpp"

namespace hive::host {

AppOptions default_options() {
  std::error_code failure;  // without /proc there are no defaults, and the missing folder is reported
  const auto prefix = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path().parent_path();
  AppOptions out;
  out.share = prefix / "share" / "hyperhive";
  out.plugin_folders = {prefix / "lib" / "hyperhive" / "plugins"};
  return out;
}

std::filesystem::path default_config(const std::filesystem::path& root) {
  std::error_code missing;  // what cannot be seen is not there
  for (const auto& file : {root / "hive.toml", std::filesystem::path("/etc/hyperhive/hive.toml")})
    if (std::filesystem::exists(file, missing)) return file;
  return {};
}

}  // namespace hive::host
