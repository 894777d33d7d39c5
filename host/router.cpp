#include "router.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/sdk/duration.hpp>
#include <hive/utf8/utf8.hpp>

namespace hive::host {

std::string why_lost(std::string_view plugin) {
  return "the plugin " + std::string(plugin) + " stopped before it answered";
}

namespace {

std::string why_late(const Registration& method) {
  return method.method + ": no answer came within " + duration_text(std::chrono::milliseconds(method.deadline_ms)) +
         "; it may be carried out all the same, so look before you repeat it";
}

}  // namespace

Result<MethodTable::Entry> Router::check(const CallRequest& request) const {
  auto entry = table_.find(request.method, who_is(request.caller));
  if (!entry) {
    if (entry.error().code != Code::forbidden) return entry;
    return error(Code::forbidden, std::string(request.method) + ": not for " + std::string(request.caller));
  }
  if (request.params.size() > kMaxPayload)
    return error(Code::too_large, std::string(request.method) + ": params are over 1 MiB; send less at a time");
  if (!json_text::is_value(request.params))
    return error(Code::invalid_params, std::string(request.method) + ": params are not one JSON value");
  return entry;
}

abi::CallId Router::call(const CallRequest& request, const std::shared_ptr<Waiter>& waiter, std::uint64_t token) {
  auto entry = check(request);
  if (!entry) {
    waiter->settled(token, entry.error().code, entry.error().message);
    waiter->released(token);
    return 0;
  }
  const auto id = take_off(*entry, waiter, token);
  auto& slot = *(*entry)->slot;
  const std::string_view what = (*entry)->method;
  slot.enter_soon(what, [entry = std::move(*entry), id, caller = std::string(request.caller),
                         params = std::string(request.params)] {
    const auto& handler = entry->handler;
    handler.call(handler.context, id, caller, params);
  });
  return id;
}

abi::CallId Router::take_off(const MethodTable::Entry& entry, const std::shared_ptr<Waiter>& waiter,
                             std::uint64_t token) {
  std::lock_guard lock(mutex_);
  const auto id = next_++;
  const auto deadline = deadlines_.add(id, entry->deadline_ms, Deadlines::Clock::now());
  flights_.emplace(id, Flight{entry, waiter, token, deadline});
  if (deadline->due < armed_) arm();
  return id;
}

void Router::arm() {
  const auto next = deadlines_.next();
  armed_ = next.value_or(Deadlines::Clock::time_point::max());
  if (!next) return;
  sweep_.expires_at(*next);
  sweep_.async_wait([this](auto failure) {
    if (!failure) sweep();
  });
}

void Router::sweep() {
  std::vector<abi::CallId> due;
  {
    std::lock_guard lock(mutex_);
    due = deadlines_.due(Deadlines::Clock::now());
  }
  for (const auto call : due) settle(call, Code::timeout, "");
  std::lock_guard lock(mutex_);
  arm();
}

void Router::settle(abi::CallId call, Code code, std::string_view why) {
  MethodTable::Entry registration;
  {
    std::lock_guard lock(mutex_);
    const auto found = flights_.find(call);
    if (found == flights_.end() || std::exchange(found->second.answered, true)) return;
    deadlines_.remove(found->second.deadline);
    registration = found->second.registration;
    // Under the lock, so that `released` cannot come first.
    const auto late = code == Code::timeout ? why_late(*registration) : std::string();
    found->second.waiter->settled(found->second.token, code, late.empty() ? why : late);
  }
  auto& slot = *registration->slot;
  const std::string_view what = registration->method;
  slot.enter(what, [registration = std::move(registration), call] {
    registration->handler.cancel(registration->handler.context, call);
  });
}

void Router::reply(abi::CallId call, const LocalHost& from, Code code, std::string_view payload) {
  if (code != Code::ok) {
    const auto words = utf8::beginning_of(payload, kLongestError);
    if (utf8::is_valid(words)) return finish(call, from, code, words);
    return finish(call, from, code, utf8::without_unseen(words, '?'));
  }
  if (payload.size() > kMaxPayload)
    return finish(call, from, Code::too_large, "the answer is over 1 MiB; ask for less");
  if (!json_text::is_value(payload)) return finish(call, from, Code::internal, "the answer was not one JSON value");
  finish(call, from, code, payload);
}

void Router::finish(abi::CallId call, const LocalHost& from, Code code, std::string_view payload) {
  std::unique_lock lock(mutex_);
  const auto found = flights_.find(call);
  if (found == flights_.end() || found->second.registration->slot.get() != &from) return;
  if (!found->second.answered) deadlines_.remove(found->second.deadline);
  const auto flight = std::move(found->second);
  flights_.erase(found);
  const auto& method = *flight.registration;
  // The caller may be an agent, and cannot mend it.
  const auto line =
      code == Code::internal ? failures_.line_for(method.method, payload, FailureLog::Clock::now()) : std::string();
  lock.unlock();
  if (!line.empty()) method.slot->log(abi::Level::error, line);
  if (!flight.answered) flight.waiter->settled(flight.token, code, payload);
  flight.waiter->released(flight.token);
}

void Router::lose(const LocalHost& provider) {
  std::vector<abi::CallId> owed;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, flight] : flights_)
      if (flight.registration->slot.get() == &provider) owed.push_back(id);
  }
  for (const auto call : owed) finish(call, provider, Code::unavailable, why_lost(provider.id()));
}

std::size_t Router::in_flight() const {
  std::lock_guard lock(mutex_);
  return flights_.size();
}

std::size_t Router::in_flight(const LocalHost& provider) const {
  std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [id, flight] : flights_) count += flight.registration->slot.get() == &provider;
  return count;
}

}  // namespace hive::host
