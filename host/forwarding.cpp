#include "forwarding.hpp"

namespace hive::host {

using abi::Code;

constexpr std::size_t kMaxUnsent = 1 << 20;

void Forwarding::disconnect() {
  link_ = nullptr;
  for (const auto call : std::exchange(owed_, {}))
    host_.reply(call, Code::unavailable, plugin_ + ": the plugin's process died; it is started again");
}

void Forwarding::abandon() {
  for (const auto& [key, forwarded] : std::exchange(live_, {})) {
    forwarded->id = 0;
    if (forwarded->kind == Kind::call) host_.cancel(forwarded);
    if (forwarded->kind == Kind::subscription) host_.unsubscribe(forwarded);
  }
}

struct Forwarding::Handlers {
  static void request(void* context, abi::CallId call, std::string_view caller, std::string_view params) noexcept {
    auto& answer = *static_cast<Forwarded*>(context);
    auto& self = answer.owner;
    if (!self.link_ || answer.id == 0)
      return self.host_.reply(call, Code::unavailable, self.plugin_ + ": " + self.reason_);
    self.owed_.insert(call);
    self.link_->send({.verb = Verb::request, .id = answer.id, .number = call, .name = caller, .payload = params});
  }

  /// The call stays owed: its place is counted until the handler's late reply.
  static void request_cancelled(void* context, abi::CallId call) noexcept {
    auto& answer = *static_cast<Forwarded*>(context);
    if (answer.owner.owed_.contains(call) && answer.owner.link_)
      answer.owner.link_->send({.verb = Verb::request_cancelled, .id = answer.id, .number = call});
  }

  static void answer_ended(void* context, Code why, std::string_view message) noexcept {
    auto& answer = *static_cast<Forwarded*>(context);
    if (answer.id != 0 && answer.owner.link_)
      answer.owner.link_->send({.verb = Verb::answer_ended, .code = why, .id = answer.id, .payload = message});
    answer.owner.forget(answer);
  }

  static void done(void* context, Code code, std::string_view payload) noexcept {
    auto& call = *static_cast<Forwarded*>(context);
    if (call.id != 0 && call.owner.link_)
      call.owner.link_->send({.verb = Verb::done, .code = code, .id = call.id, .payload = payload});
    call.owner.forget(call);
  }

  static void event(void* context, const abi::EventView& event) noexcept {
    auto& subscription = *static_cast<Forwarded*>(context);
    auto& self = subscription.owner;
    if (subscription.id == 0 || !self.link_) return;
    if (self.link_->unsent() <= kMaxUnsent)
      return self.link_->send({.verb = Verb::event,
                               .id = subscription.id,
                               .number = event.seq,
                               .name = event.topic,
                               .detail = event.epoch,
                               .payload = event.payload});
    self.link_->send({.verb = Verb::subscription_ended,
                      .code = Code::busy,
                      .id = subscription.id,
                      .payload = "events are lost: 1 MiB of them was not read"});
    self.live_.erase({Kind::subscription, subscription.id});
    subscription.id = 0;
    self.host_.unsubscribe(&subscription);
  }

  static void subscription_ended(void* context, Code why, std::string_view message) noexcept {
    auto& subscription = *static_cast<Forwarded*>(context);
    if (subscription.id != 0 && subscription.owner.link_)
      subscription.owner.link_->send(
          {.verb = Verb::subscription_ended, .code = why, .id = subscription.id, .payload = message});
    subscription.owner.forget(subscription);
  }
};

void Forwarding::take(const Frame& frame) {
  switch (frame.verb) {
    case Verb::answer: take_answer(frame); break;
    case Verb::retract: retract(frame.name); break;
    case Verb::reply:
      if (owed_.erase(frame.number) == 1) host_.reply(frame.number, frame.code, frame.payload);
      break;
    case Verb::call:
      host_.call({frame.name, frame.payload, frame.detail}, {&Handlers::done, &forward(Kind::call, frame.id)});
      break;
    case Verb::cancel:
      if (auto* forwarded = find(Kind::call, frame.id)) host_.cancel(forwarded);
      break;
    case Verb::publish: host_.publish({frame.name, frame.detail, frame.payload}); break;
    case Verb::subscribe:
      host_.subscribe(frame.name, frame.detail,
                      {&Handlers::event, &Handlers::subscription_ended, &forward(Kind::subscription, frame.id)});
      break;
    case Verb::unsubscribe:
      if (auto* forwarded = find(Kind::subscription, frame.id)) host_.unsubscribe(forwarded);
      break;
    case Verb::log: host_.log(abi::Level(frame.bits), frame.payload); break;
    default: break;
  }
}

void Forwarding::take_answer(const Frame& frame) {
  for (const auto& [key, forwarded] : forwarded_) {
    if (key->kind != Kind::answer || key->name != frame.name || key->retracted) continue;
    key->id = frame.id;  // answered before the crash: callers keep their method
    live_[{Kind::answer, frame.id}] = key;
    return;
  }
  host_.answer({frame.name, frame.bits, std::uint32_t(frame.number), frame.payload},
               {&Handlers::request, &Handlers::request_cancelled, &Handlers::answer_ended,
                &forward(Kind::answer, frame.id, frame.name)});
}

Forwarding::Forwarded& Forwarding::forward(Kind kind, std::uint64_t id, std::string_view name) {
  auto owned = std::make_unique<Forwarded>(Forwarded{*this, kind, id, std::string(name)});
  auto* forwarded = owned.get();
  forwarded_.emplace(forwarded, std::move(owned));
  live_[{kind, id}] = forwarded;
  return *forwarded;
}

Forwarding::Forwarded* Forwarding::find(Kind kind, std::uint64_t id) {
  const auto found = live_.find({kind, id});
  return found == live_.end() ? nullptr : found->second;
}

void Forwarding::forget(Forwarded& forwarded) {
  if (forwarded.id != 0) live_.erase({forwarded.kind, forwarded.id});
  forwarded_.erase(&forwarded);
  on_idle_();
}

void Forwarding::retract(std::string_view method) {
  for (const auto& [key, forwarded] : forwarded_) {
    if (key->kind != Kind::answer || key->name != method || key->retracted) continue;
    key->retracted = true;
    return host_.retract(key->name);
  }
}

void Forwarding::retract_all() {
  for (const auto& [key, forwarded] : forwarded_) retract(key->name);
}

}  // namespace hive::host
