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

  /// Makes the panel of a plugin one of the page's files, or says why not. [blocking]
  using OfferPanel = std::function<Status(const host_api::Plugin&)>;
  Snapshot(Host& host, OfferPanel offer_panel) : host_(host), offer_panel_(std::move(offer_panel)) {}

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
  Task<json::array> panels_of(std::vector<host_api::Plugin> plugins);
  std::string composed(const Gathering& gathering, const json::array& panels);
  std::string note(const std::string& key, const std::string& why);

  Host& host_;
  const OfferPanel offer_panel_;
  std::map<std::string, std::string> failing_;  // what was logged of a key
};

}  // namespace hive::dashboard
