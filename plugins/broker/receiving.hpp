#pragma once
#include "callers.hpp"

namespace hive::broker {

/// `broker.recv` and the turns that it is for. [strand]
class Receiving {
 public:
  /// All of it outlives it.
  Receiving(Host& host, Callers& callers, Writer& writer) : host_(host), callers_(callers), writer_(writer) {}

  Task<Result<Received>> recv(Caller who, Recv what);
  Task<Result<TurnBegun>> turn_begin(Caller who);
  Task<Result<None>> turn_end(Caller who, TurnEnd what);

 private:
  Task<Status> wait(WaiterRef waiter, milliseconds time);

  Host& host_;
  Callers& callers_;
  Writer& writer_;
};

}  // namespace hive::broker
