#pragma once
#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/host.hpp>
#include <hive/sdk/manifest_words.hpp>
#include <hive/sdk/signal.hpp>

#include <functional>
#include <map>

namespace hive::dashboard {

inline constexpr std::string_view kOperator = "operator";

/// A part of the page's state that one plugin gives.
struct Source {
  std::string plugin;
  SnapshotSource from;
  std::string why_not;  // the plugin is there and does not run
};
/// What a plugin shows, by its manifest. Words that make no sense are handed to `told`.
std::vector<Source> sources_of(const host_api::Plugin& plugin, const std::function<void(std::string)>& told);

/// The state of the whole page: each source is asked at the same time, as the operator. One that fails or takes
/// too long gives an empty list and an entry of `source_errors`, and is logged when that is new. [strand]
class Snapshot {
 public:
  static constexpr milliseconds kPatience{5'000};

  /// `has_module`: whether the page's files have that panel.
  Snapshot(Host& host, std::function<bool(const std::string&)> has_module)
      : host_(host), has_module_(std::move(has_module)) {}

  /// The members of an object as text: the sources' keys, `panels` and `source_errors`; begins with no comma.
  Task<std::string> take();

 private:
  /// Shared with the calls under way, which may end after nobody waits for them.
  struct Gathering {
    std::vector<Source> sources;
    std::vector<std::optional<Result<std::string>>> parts;
    std::size_t open = 0;
    Signal done;
  };
  Task<> fetch(std::shared_ptr<Gathering> gathering, std::size_t at);
  std::string composed(const Gathering& gathering, const json::array& panels);
  std::string note(const std::string& key, const std::string& why);

  Host& host_;
  const std::function<bool(const std::string&)> has_module_;
  std::map<std::string, std::string> failing_;  // what was logged of a key
};

}  // namespace hive::dashboard
