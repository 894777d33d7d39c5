#pragma once
#include "event_hub.hpp"
#include "log.hpp"
#include "manifest.hpp"
#include "router.hpp"

#include <atomic>
#include <functional>
#include <set>

namespace hive::host {

/// What every slot is wired to. Outlives the slots.
struct Wiring {
  boost::asio::io_context& io;
  SpareThreads& spare;
  MethodTable& methods;
  Router& router;
  EventHub& hub;
  Log& log;
};

/// One plugin in the host: its strand, its name, what it may do by its manifest, and what it is owed.
class PluginSlot final : public LocalHost, public Waiter {
 public:
  using Report = std::function<void(Status)>;

  PluginSlot(const Wiring& wiring, Manifest manifest, std::set<std::string> may_act_as);

  /// Makes a plugin on its strand and ends it there; `make` gives null when it could not.
  struct Maker {
    std::function<abi::Plugin*(abi::Host&)> make;
    std::function<void(abi::Plugin&)> destroy;
  };
  void start(Maker maker, Report report);  // [any-thread]
  void stop(Report report);                // [any-thread]
  /// Takes its methods and events away and answers what it owes: it has stopped, or will not.
  void detach();  // [any-thread]
  const Manifest& manifest() const { return manifest_; }
  /// What the plugin offered and what is not used, each with the reason. [any-thread]
  std::vector<std::string> left_out() const;

 private:
  void started(Code code, std::string_view message) noexcept override;
  void stopped() noexcept override;
  void answer(const abi::MethodInfo& method, const abi::Handler& handler) noexcept override;
  void retract(std::string_view method) noexcept override { methods_.remove(method, *this); }
  void reply(abi::CallId call, Code code, std::string_view payload) noexcept override;
  void call(const abi::CallInfo& call, const abi::Completion& completion) noexcept override;
  void cancel(void* context) noexcept override;
  void publish(const abi::EventInfo& event) noexcept override;
  void subscribe(std::string_view topic, std::string_view since, const abi::Subscriber& subscriber) noexcept override;
  void unsubscribe(void* context) noexcept override;
  void log(abi::Level level, std::string_view text) noexcept override;

  void settled(std::uint64_t token, Code code, std::string_view payload) noexcept override;
  void released(std::uint64_t) noexcept override {}

  Status add(const std::shared_ptr<Registration>& offered, const Result<MethodNames>& names);
  void leave_out(Registration& offered, const Error& why);
  Status may_call(const abi::CallInfo& call) const;
  std::shared_ptr<Subscription> subscription_for(std::string_view topic, const abi::Subscriber& subscriber);
  std::shared_ptr<PluginSlot> self() { return std::static_pointer_cast<PluginSlot>(shared_from_this()); }

  struct Waiting {
    abi::Completion completion;
    abi::CallId call = 0;
  };

  MethodTable& methods_;
  Router& router_;
  EventHub& hub_;
  Log& log_;
  const Manifest manifest_;
  const std::set<std::string> may_act_as_;
  const std::string principal_;
  abi::Plugin* plugin_ = nullptr;
  Maker maker_;
  Report start_report_, stop_report_;
  std::atomic<bool> stops_{false};
  mutable std::mutex mutex_;  // guards left_out_
  std::vector<std::string> left_out_;
  std::unordered_map<std::uint64_t, Waiting> calls_;  // by token_of their contexts
  std::unordered_map<void*, std::shared_ptr<Subscription>> subscriptions_;
};

}  // namespace hive::host
