#pragma once
#include <hive/http/assets.hpp>
#include <hive/sdk/contracts/host.hpp>

#include <map>
#include <memory>
#include <mutex>

namespace hive::dashboard {

/// The modules of plugins' panels. Each lies beside its plugin, wherever that is, and is read again when it changed.
class Panels {
 public:
  /// Serves what lies beside `plugin` from now on. Errors: invalid_params (another name than panel-PLUGIN.js),
  /// not_found, forbidden (a link, no regular file), too_large, unavailable. [blocking]
  Status offer(const host_api::Plugin& plugin);
  /// The module of that name, to be revalidated; nothing: none was offered. [any-thread]
  std::optional<http::Response> answer(const http::Request& request, std::string_view module) const;

 private:
  struct Module {
    std::filesystem::path file;
    std::filesystem::file_time_type changed;
    http::Assets content;
  };

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Module>, std::less<>> modules_;  // shared with answers under way
};

}  // namespace hive::dashboard
