#pragma once
#include <hive/sdk/contracts/host.hpp>
#include <hive/sdk/host.hpp>
#include <hive/sdk/manifest_words.hpp>
#include <hive/sdk/signal.hpp>

#include <functional>
#include <map>

#include "intake.hpp"

namespace hive::dashboard {

/// A part of a page's state that one plugin gives.
struct Source {
  std::string plugin;
  SnapshotSource from;
  std::string why_not;  // the plugin is there and does not run
};
/// What a plugin shows, by its manifest. Words that make no sense are handed to `told`.
std::vector<Source> sources_of(const host_api::Plugin& plugin, const std::function<void(std::string)>& told);

/// The states of the pages: each source is asked at the same time, as the operator. One that fails or takes too long
/// gives an entry of `source_errors`. [strand]
class Snapshot {
 public:
  static constexpr milliseconds kPatience{5'000};

  /// Makes the panel of a plugin one of the page's files, or says why not. [blocking]
  using OfferPanel = std::function<Status(const host_api::Plugin&)>;
  Snapshot(Host& host, OfferPanel offer_panel) : host_(host), offer_panel_(std::move(offer_panel)) {}

  /// The page of all: the members of an object as text, which are the sources' keys, `panels` and `source_errors`;
  /// begins with no comma. A source that fails gives an empty list, and is logged when that is new.
  Task<std::string> take();

  struct OfAgent {
    json::object members;
    json::array source_errors;
  };
  /// The page of an agent: what each source has of it. Errors: not_found (none of those that answered has it); what the
  /// first source failed with, when none answered.
  Task<Result<OfAgent>> take_of(std::string agent);

 private:
  /// Shared with the calls under way, which may end after nobody waits for them.
  struct Gathering {
    std::vector<Source> sources;
    std::vector<host_api::Plugin> shown;                    // those that run and have a panel
    std::vector<std::optional<Result<std::string>>> parts;  // whole answers
    std::size_t open = 0;
    Signal done;

    Result<std::string> part(std::size_t at) const;
  };
  using GatheringPtr = std::shared_ptr<Gathering>;
  /// Asks the sources of that page.
  Task<GatheringPtr> begin(SnapshotSource::Of of);
  Task<> await_answers(GatheringPtr gathering);
  void add(Gathering& gathering, const host_api::Plugin& plugin, SnapshotSource::Of of);
  Task<> fetch(GatheringPtr gathering, std::size_t at);
  Task<json::array> panels_of(std::vector<host_api::Plugin> plugins);
  std::string composed(const Gathering& gathering, const json::array& panels);
  std::string note(const std::string& key, const std::string& why);

  Host& host_;
  const OfferPanel offer_panel_;
  std::map<std::string, std::string> failing_;  // what was logged of a key
};

}  // namespace hive::dashboard
