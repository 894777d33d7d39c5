#include "before_stop.hpp"

#include <algorithm>
#include <condition_variable>
#include <set>

namespace hive::host {
namespace {

constexpr std::chrono::seconds kSlack{2};  // the router settles at the deadline; more means that its threads are held

/// Counts down the answers. shared_ptr: an answer may come after the wait is over.
class Answers final : public Waiter {
 public:
  Answers(std::vector<std::string> methods, Log& log)
      : methods_(std::move(methods)), open_(methods_.begin(), methods_.end()), log_(log) {}

  void settled(std::uint64_t token, Code code, std::string_view payload) noexcept override {
    if (code != Code::ok) log_.write("host", abi::Level::warning, methods_[token] + ": " + std::string(payload));
    std::lock_guard lock(mutex_);
    open_.erase(methods_[token]);
    wake_.notify_all();
  }
  void released(std::uint64_t) noexcept override {}
  /// Those that have not answered in that time.
  std::set<std::string> wait(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, limit, [this] { return open_.empty(); });
    return open_;
  }
  const std::vector<std::string>& methods() const { return methods_; }

 private:
  const std::vector<std::string> methods_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> open_;
  Log& log_;
};

}  // namespace

void call_before_stop(Router& router, MethodTable& methods, const host_api::Stopping& stopping, Log& log) {
  std::vector<std::string> names;
  std::uint32_t longest_ms = 0;
  for (const auto& row : methods.rows(Who::plugins)) {
    if (!row.name.ends_with(host_api::kBeforeStop)) continue;
    names.push_back(row.name);
    longest_ms = std::max(longest_ms, row.deadline_ms);
  }
  const auto answers = std::make_shared<Answers>(std::move(names), log);
  const auto params = encode_text(stopping);
  for (std::size_t i = 0; i < answers->methods().size(); ++i)
    router.call({"plugin:host", answers->methods()[i], params}, answers, i);
  const std::chrono::milliseconds limit(longest_ms);
  for (const auto& method : answers->wait(limit + kSlack))
    log.write("host", abi::Level::error, method + ": no answer, not even that its time was over; stopped without it");
}

}  // namespace hive::host
