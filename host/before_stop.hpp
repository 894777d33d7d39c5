#pragma once
#include "log.hpp"
#include "router.hpp"

#include <hive/sdk/contracts/host.hpp>

namespace hive::host {

/// Calls every `<role>.before_stop` at once and waits until all have answered or the longest of
/// their deadlines is over; a failure is logged and stops nothing. [any-thread] [blocking]
void call_before_stop(Router& router, MethodTable& methods, const host_api::Stopping& stopping, Log& log);

}  // namespace hive::host
