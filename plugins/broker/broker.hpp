#pragma once
#include "receiving.hpp"
#include "sending.hpp"
#include "settings.hpp"
#include "space_watch.hpp"
#include "sweeping.hpp"

namespace hive::broker {

/// Role `broker`: wiring of methods and events to the parts that do it. What changes goes through the writer, what is
/// read goes beside it, and the search index follows behind. [strand]
class Broker {
 public:
  using Settings = broker::Settings;
  Broker(Host& host, Settings settings);

  Status start();

 private:
  /// What there is once the mailboxes are open.
  struct Parts {
    Parts(Broker& broker, std::unique_ptr<Mailboxes> mailboxes, std::int64_t read);

    // Is closed last: a connection that only reads leaves the log laid out for the next start.
    Reading reading;
    Writer writer;
    Holders holders;
    Roster roster;
    Callers callers;
    Sending sending;
    Receiving receiving;
    Indexing indexing;
    Sweeping sweeping;
    SpaceWatch space;
  };

  void answer_writing();
  void answer_reading();
  Task<Result<None>> requeue(std::int64_t id);
  Task<Result<Requeued>> requeue_all(RequeueAll what);
  Task<Result<Found>> search(Caller who, Search what);
  void publish(News news);
  void publish(const Happening& one);
  Indexing::Files files();

  Host& host_;
  const Limits limits_;
  const DiskSpace::Need needed_space_;
  std::optional<Parts> parts_;
};

}  // namespace hive::broker
