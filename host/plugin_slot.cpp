#include "plugin_slot.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/sdk/duration.hpp>

namespace hive::host {
namespace {

constexpr std::size_t kMostLeftOut = 32;  // that are told of

/// Names a call to the router by where its answer goes.
std::uint64_t token_of(const void* context) {
  return std::uint64_t(reinterpret_cast<std::uintptr_t>(context));
}

}  // namespace

PluginSlot::PluginSlot(const Wiring& wiring, Manifest manifest, std::set<std::string> may_act_as)
    : LocalHost(wiring.io, wiring.spare, manifest.id),
      methods_(wiring.methods),
      router_(wiring.router),
      hub_(wiring.hub),
      log_(wiring.log),
      manifest_(std::move(manifest)),
      may_act_as_(std::move(may_act_as)),
      principal_("plugin:" + manifest_.id) {
  meter().on_slow([this](std::string_view what, std::chrono::milliseconds time) {
    log_.write("host", abi::Level::warning,
               "the plugin " + id() + " held its strand for " + duration_text(time) + " in " + std::string(what));
  });
}

void PluginSlot::start(Maker maker, Report report) {
  enter("start", [this, maker = std::move(maker), report = std::move(report)]() mutable {
    start_report_ = std::move(report);
    maker_ = std::move(maker);
    plugin_ = maker_.make(*this);
    if (plugin_ != nullptr) return plugin_->start();
    started(Code::internal, "could not be created; its own log line says why");
  });
}

void PluginSlot::stop(Report report) {
  enter("stop", [this, report = std::move(report)]() mutable {
    stop_report_ = std::move(report);
    start_report_ = {};
    stops_ = true;
    if (plugin_ != nullptr) return plugin_->stop();
    stopped();
  });
}

void PluginSlot::detach() {
  methods_.remove_all(*this);
  router_.lose(*this);
}

void PluginSlot::started(Code code, std::string_view message) noexcept {
  const auto report = std::exchange(start_report_, {});
  if (report) report(code == Code::ok ? Status{} : error(code, id() + ": " + shown(message)));
}

void PluginSlot::stopped() noexcept {
  enter("its end", [this] {  // the plugin may be inside one of its own frames now
    if (auto* plugin = std::exchange(plugin_, nullptr)) maker_.destroy(*plugin);
    if (const auto report = std::exchange(stop_report_, {})) report({});
  });
}

void PluginSlot::answer(const abi::MethodInfo& method, const abi::Handler& handler) noexcept {
  const auto names = names_of(method);
  const auto registration =
      std::make_shared<Registration>(shared_from_this(), method, handler, names ? *names : MethodNames{});
  if (const auto added = add(registration, names); !added) leave_out(*registration, added.error());
}

Status PluginSlot::add(const std::shared_ptr<Registration>& offered, const Result<MethodNames>& names) {
  if (!names) return names.error();
  if (manifest_.provides_role_of(offered->method)) return methods_.add(offered);
  return error(Code::forbidden, offered->method + ": is left out: the plugin " + id() + " does not provide this role");
}

/// The plugin hears of it too, as the end of what it offered, and logs it.
void PluginSlot::leave_out(Registration& offered, const Error& why) {
  offered.why_ended = why.code;
  offered.why_words = why.message;
  if (manifest_.provides_role_of(offered.method)) methods_.leave_out(offered.method, *this, why.message);
  std::lock_guard lock(mutex_);
  if (left_out_.size() < kMostLeftOut) left_out_.push_back(why.message);
}

std::vector<std::string> PluginSlot::left_out() const {
  std::lock_guard lock(mutex_);
  return left_out_;
}

void PluginSlot::reply(abi::CallId call, Code code, std::string_view payload) noexcept {
  // Its caller did not cancel it, or nobody would wait for this any more.
  if (code == Code::cancelled && stops_) return router_.reply(call, *this, Code::unavailable, why_lost(id()));
  router_.reply(call, *this, code, payload);
}

Status PluginSlot::may_call(const abi::CallInfo& call) const {
  if (!call.as.empty()) {
    if (may_act_as_.contains(std::string(call.as))) return {};
    return error(Code::forbidden, id() + " may not act as " + std::string(call.as) + "; see [host] may_act_as");
  }
  if (manifest_.calls.contains(call.method) || manifest_.provides_role_of(call.method)) return {};
  return error(Code::forbidden, std::string(call.method) + ": not among the calls in the manifest of " + id());
}

void PluginSlot::call(const abi::CallInfo& call, const abi::Completion& completion) noexcept {
  const auto token = token_of(completion.context);
  calls_[token] = {completion, 0};
  if (const auto allowed = may_call(call); !allowed)
    return settled(token, allowed.error().code, allowed.error().message);
  const auto caller = call.as.empty() ? std::string_view(principal_) : call.as;
  const auto id = router_.call({caller, call.method, call.params}, self(), token);
  calls_[token].call = id;  // still there: completions come on this strand, later
}

void PluginSlot::settled(std::uint64_t token, Code code, std::string_view payload) noexcept {
  enter_soon("a call's answer", [this, token, code, payload = std::string(payload)] {
    const auto node = calls_.extract(token);
    if (!node) return;
    const auto& completion = node.mapped().completion;
    completion.done(completion.context, code, payload);
  });
}

void PluginSlot::cancel(void* context) noexcept {
  const auto found = calls_.find(token_of(context));
  if (found == calls_.end()) return LocalHost::cancel(context);
  if (found->second.call != 0) router_.cancel(found->second.call);
}

void PluginSlot::publish(const abi::EventInfo& event) noexcept {
  if (!manifest_.publishes.contains(event.topic) || !manifest_.provides_role_of(event.topic))
    return log(abi::Level::error, std::string(event.topic) + ": not published, the manifest does not list it");
  if (event.payload.size() > Router::kMaxPayload || !json_text::is_value(event.payload))
    return log(abi::Level::error, std::string(event.topic) + ": not published, it is not one JSON value below 1 MiB");
  hub_.publish({event.topic, event.subject, event.payload});
}

std::shared_ptr<Subscription> PluginSlot::subscription_for(std::string_view topic, const abi::Subscriber& subscriber) {
  auto subscription = std::make_shared<Subscription>();
  subscription->strand = strand_;
  subscription->principal = topic == kAllTopics ? "operator" : principal_;
  subscription->topics.emplace_back(topic);
  subscription->deliver = [this, subscriber](const StoredEvent& event) {
    StrandMeter::Hold measured(meter(), id(), event.topic);
    subscriber.event(subscriber.context, {event.topic, hub_.epoch(), event.payload(), event.seq});
  };
  subscription->ended = [self = self(), subscriber](Code why, std::string message) {
    self->subscriptions_.erase(subscriber.context);
    subscriber.ended(subscriber.context, why, message);
  };
  return subscription;
}

void PluginSlot::subscribe(std::string_view topic, std::string_view since, const abi::Subscriber& subscriber) noexcept {
  const auto refuse = [&](Code code, const std::string& message) {
    enter("a subscription's end", [subscriber, code, message] { subscriber.ended(subscriber.context, code, message); });
  };
  const std::string name(topic);
  if (!manifest_.listens.contains(topic) && !manifest_.publishes.contains(topic))
    return refuse(Code::forbidden, name + ": not among the topics in the manifest of " + id());
  if (topic == kAllTopics) {
    if (!may_act_as_.contains("operator"))
      return refuse(Code::forbidden, id() + " may not listen to what the operator may see; see [host] may_act_as");
  } else {
    hub_.expect(name);
  }
  auto subscription = subscription_for(topic, subscriber);
  if (const auto from = hub_.subscribe(subscription, since); !from)
    return refuse(from.error().code, from.error().message);
  subscriptions_[subscriber.context] = std::move(subscription);
}

void PluginSlot::unsubscribe(void* context) noexcept {
  if (const auto found = subscriptions_.find(context); found != subscriptions_.end()) hub_.unsubscribe(found->second);
}

void PluginSlot::log(abi::Level level, std::string_view text) noexcept {
  log_.write(id(), level, text);
}

}  // namespace hive::host
