#pragma once
#include <hive/sdk/result.hpp>

#include <filesystem>
#include <string_view>

/// A small mapped file that says which plugin's handler each thread runs, so that the next start can
/// name the plugin that took the host down. Only the host writes it; it is never mapped from a folder
/// that an agent can write.
namespace hive::host {

class Breadcrumb {
 public:
  /// What the last run left: empty when it ended in an orderly way, else one sentence. Then the page is
  /// this run's. Errors: unavailable. [blocking]
  static Result<std::string> open(const std::filesystem::path& file);
  /// Notes that a fatal signal came, and in whose handler. The process then ends as it would have.
  static void watch_signals();
  /// The run ends in an orderly way.
  static void close();

  /// This thread runs `what` of `plugin`. Costs a copy of two short texts; the first time also a stack for the
  /// thread's signal handlers. [any-thread]
  static void enter(std::string_view plugin, std::string_view what) noexcept;
  static void leave() noexcept;

  /// From construction to destruction this thread runs `what` of `plugin`.
  class Stay {
   public:
    Stay(std::string_view plugin, std::string_view what) noexcept { enter(plugin, what); }
    Stay(const Stay&) = delete;
    ~Stay() { leave(); }
  };
};

}  // namespace hive::host
