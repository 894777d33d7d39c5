#pragma once
#include "indexing.hpp"

namespace hive::broker {

/// Removes what is kept no more, now and then. [strand]
class Sweeping {
 public:
  struct Uses {
    Writer& writer;
    Indexing& indexing;
  };
  /// All of it outlives it. `kept_ms`: how long settled messages and keys are kept.
  Sweeping(Host& host, Uses uses, std::int64_t kept_ms) : host_(host), uses_(uses), kept_ms_(kept_ms) {}

  /// One pass over the mailboxes.
  Task<> sweep();

 private:
  Task<Status> sweep_all(Time now, std::size_t& count);

  Host& host_;
  Uses uses_;
  const std::int64_t kept_ms_;
};

}  // namespace hive::broker
