#include <hive/testing/test_host.hpp>

#include <algorithm>
#include <chrono>

namespace hive::testing {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr milliseconds kLookAgain{20};

}  // namespace

TestHost::TestHost(std::string root, std::string share) : root_(std::move(root)), share_(std::move(share)) {}

TestHost::~TestHost() {
  unload();
}

Status TestHost::load(const abi::Descriptor& descriptor, std::string_view settings) {
  const abi::Environment environment{sizeof environment, root_, share_, settings};
  descriptor_ = &descriptor;
  started_.reset();
  stopped_ = false;
  plugin_ = descriptor.create(this, &environment);
  if (plugin_ == nullptr) return error(Code::internal, logged_.empty() ? "create failed" : logged_.back().text);
  enqueue([this] { plugin_->start(); });
  run_until([this] { return started_.has_value(); });
  return started_.value_or(error(Code::timeout, "start() never ended"));
}

void TestHost::unload() {
  if (plugin_ == nullptr) return;
  enqueue([this] { plugin_->stop(); });
  run_until([this] { return stopped_; });
  settle();
  descriptor_->destroy(std::exchange(plugin_, nullptr));
  settle();
}

Pending TestHost::begin_text(std::string_view principal, std::string_view method, std::string params) {
  auto state = std::make_shared<Pending::State>();
  const auto found = handlers_.find(method);
  if (found == handlers_.end()) {
    *state = {true, Code::method_not_found, std::string(method) + " is not answered"};
    return {*this, 0, state};
  }
  const auto id = next_call_++;
  open_calls_.emplace(id, std::pair{state, found->second});
  enqueue([handler = found->second, id, caller = std::string(principal), text = std::move(params)] {
    handler.call(handler.context, id, caller, text);
  });
  settle();
  return {*this, id, state};
}

void Pending::cancel() {
  host_.cancel_call(id_);
}

void Pending::wait() {
  if (host_.run_until([this] { return state_->settled; })) return;
  *state_ = {true, Code::timeout, "the test host: no answer came"};
}

void TestHost::cancel_call(abi::CallId id) {
  auto open = open_calls_.extract(id);
  if (!open) return;
  auto& [state, handler] = open.mapped();
  *state = {true, Code::cancelled, "the caller went away"};
  enqueue([handler = handler, id] { handler.cancel(handler.context, id); });
  settle();
}

void TestHost::emit_text(std::string_view topic, std::string payload) {
  deliver(topic, payload);
  settle();
}

void TestHost::deliver(std::string_view topic, const std::string& payload) {
  for (const auto& [context, entry] : subscribers_) {
    if (entry.first != topic && entry.first != kAllTopics) continue;
    enqueue([subscriber = entry.second, topic = std::string(topic), payload, seq = next_event_++] {
      subscriber.event(subscriber.context, {topic, "test", payload, seq});
    });
  }
}

void TestHost::advance(milliseconds time) {
  settle();
  const auto until = now_ + std::uint64_t(time.count());
  for (;;) {
    const auto next = std::min_element(timers_.begin(), timers_.end(), [](auto& a, auto& b) { return a.due < b.due; });
    if (next == timers_.end() || next->due > until) break;
    now_ = std::max(now_, next->due);
    const auto completion = next->completion;
    timers_.erase(next);
    if (holds_timers_) {
      held_timers_.push_back(completion);
      continue;
    }
    completion.done(completion.context, Code::ok, {});
    settle();
  }
  now_ = until;
}

void TestHost::let_work_go() {
  holds_work_ = false;
  for (auto& job : std::exchange(held_work_, {})) enqueue(std::move(job));
  settle();
}

void TestHost::let_timers_go() {
  holds_timers_ = false;
  for (const auto& completion : std::exchange(held_timers_, {}))
    enqueue([completion] { completion.done(completion.context, Code::ok, {}); });
  settle();
}

void TestHost::settle() {
  while (run_one()) {
  }
}

bool TestHost::run_one() {
  std::unique_lock lock(mutex_);
  if (ready_.empty()) return false;
  auto job = std::move(ready_.front());
  ready_.pop_front();
  lock.unlock();
  job();
  return true;
}

bool TestHost::run_until(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    settle();
    if (done()) return true;
    if (std::chrono::steady_clock::now() > until) return false;
    // Not only when something arrives: `done` may have run it itself, or look at what nobody announces.
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, kLookAgain, [this] { return !ready_.empty(); });
  }
}

void TestHost::enqueue(std::function<void()> job) {
  std::lock_guard lock(mutex_);
  ready_.push_back(std::move(job));
  arrived_.notify_all();
}

void TestHost::started(Code code, std::string_view message) noexcept {
  started_ = code == Code::ok ? Status{} : Status{error(code, std::string(message))};
}

void TestHost::stopped() noexcept {
  stopped_ = true;
}

void TestHost::answer(const abi::MethodInfo& method, const abi::Handler& handler) noexcept {
  const auto [at, added] = handlers_.try_emplace(std::string(method.name), handler);
  if (added) return;
  enqueue([replaced = std::exchange(at->second, handler)] { replaced.ended(replaced.context, Code::ok, {}); });
}

void TestHost::retract(std::string_view method) noexcept {
  const auto found = handlers_.find(method);
  if (found == handlers_.end()) return;
  enqueue([handler = found->second] { handler.ended(handler.context, Code::ok, {}); });
  handlers_.erase(found);
}

void TestHost::reply(abi::CallId call, Code code, std::string_view payload) noexcept {
  auto open = open_calls_.extract(call);
  if (open) *open.mapped().first = {true, code, std::string(payload)};
}

void TestHost::call(const abi::CallInfo& call, const abi::Completion& completion) noexcept {
  const auto found = fakes_.find(call.method);
  auto [code, payload] = found == fakes_.end()
                             ? std::pair{Code::unavailable, std::string(call.method) + ": no plugin answers it"}
                             : found->second(call.params);
  enqueue(
      [completion, code = code, payload = std::move(payload)] { completion.done(completion.context, code, payload); });
}

void TestHost::cancel(void* context) noexcept {
  const auto timer =
      std::find_if(timers_.begin(), timers_.end(), [&](const Timer& t) { return t.completion.context == context; });
  if (timer == timers_.end()) return;
  const auto completion = timer->completion;
  timers_.erase(timer);
  enqueue([completion] { completion.done(completion.context, Code::cancelled, "cancelled"); });
}

void TestHost::publish(const abi::EventInfo& event) noexcept {
  published_.push_back({std::string(event.topic), std::string(event.subject), std::string(event.payload)});
  deliver(event.topic, published_.back().payload);
}

void TestHost::subscribe(std::string_view topic, std::string_view, const abi::Subscriber& subscriber) noexcept {
  subscribers_[subscriber.context] = {std::string(topic), subscriber};
}

void TestHost::unsubscribe(void* context) noexcept {
  auto taken = subscribers_.extract(context);
  if (!taken) return;
  enqueue([subscriber = taken.mapped().second] { subscriber.ended(subscriber.context, Code::cancelled, "cancelled"); });
}

void TestHost::after(std::uint64_t milliseconds, const abi::Completion& completion) noexcept {
  timers_.push_back({now_ + milliseconds, completion});
}

void TestHost::post(const abi::Completion& completion) noexcept {
  enqueue([completion] { completion.done(completion.context, Code::ok, {}); });
}

void TestHost::blocking(void (*work)(void*) noexcept, const abi::Completion& completion) noexcept {
  auto job = [work, completion] {
    work(completion.context);
    completion.done(completion.context, Code::ok, {});
  };
  if (holds_work_)
    held_work_.emplace_back(job);
  else
    enqueue(job);
}

void TestHost::parallel(void (*work)(void*) noexcept, const abi::Completion& completion) noexcept {
  blocking(work, completion);
}

void TestHost::log(abi::Level level, std::string_view text) noexcept {
  std::lock_guard lock(mutex_);
  logged_.push_back({level, std::string(text)});
}

}  // namespace hive::testing
