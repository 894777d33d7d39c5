#include "calls_in_flight.hpp"

#include <algorithm>

namespace hive::host {

Result<std::uint64_t> CallsInFlight::admit(const rpc::Request& asked) {
  std::lock_guard lock(mutex_);
  const auto same = [&](const auto& entry) { return !entry.second.answered && entry.second.id == asked.id; };
  if (std::any_of(calls_.begin(), calls_.end(), same))
    return error(Code::conflict, "this id is in flight already; use another");
  if (calls_.size() >= limits_.in_flight)
    return error(Code::busy, std::to_string(calls_.size()) + " calls of this connection are in flight; wait for one");
  calls_[next_token_] = {.id = std::string(asked.id), .bytes = asked.params.size()};
  asked_ += asked.params.size();
  return next_token_++;
}

void CallsInFlight::name(std::uint64_t token, abi::CallId call) {
  std::lock_guard lock(mutex_);
  if (const auto found = calls_.find(token); found != calls_.end()) found->second.call = call;
}

abi::CallId CallsInFlight::find(std::string_view id) const {
  std::lock_guard lock(mutex_);
  for (const auto& [token, entry] : calls_)
    if (!entry.answered && entry.id == id) return entry.call;
  return 0;
}

std::vector<abi::CallId> CallsInFlight::unanswered() const {
  std::lock_guard lock(mutex_);
  std::vector<abi::CallId> out;
  for (const auto& [token, entry] : calls_)
    if (!entry.answered && entry.call != 0) out.push_back(entry.call);
  return out;
}

std::string CallsInFlight::answer(std::uint64_t token) {
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(token);
  if (found == calls_.end()) return {};
  found->second.answered = true;
  return found->second.id;
}

bool CallsInFlight::release(std::uint64_t token) {
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(token);
  if (found == calls_.end()) return false;
  asked_ -= found->second.bytes;
  calls_.erase(found);
  return asked_ <= limits_.asked && std::exchange(paused_, false);
}

bool CallsInFlight::pause_if_full() {
  std::lock_guard lock(mutex_);
  paused_ = asked_ > limits_.asked;
  return paused_;
}

}  // namespace hive::host
