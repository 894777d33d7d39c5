#pragma once
#include "writer.hpp"

namespace hive::broker {

/// Whether the disk has room for the mail of agents, which is looked at again as long as it has too little. [strand]
class SpaceWatch {
 public:
  /// Both outlive it.
  SpaceWatch(Host& host, Writer& writer) : host_(host), writer_(writer) {}

  /// Asks the file system; what is new comes back as news of the group.
  void look();
  /// That news.
  void hear(const Space& space);
  /// Why agents cannot send now; nothing: they can.
  const std::optional<std::string>& trouble() const { return trouble_; }

 private:
  Task<> watch();

  Host& host_;
  Writer& writer_;
  std::optional<std::string> trouble_;
  bool is_watching_ = false;
};

}  // namespace hive::broker
