// IsolatedPlugin: what the child says, and what the host tells it.
#include "isolated_plugin.hpp"

namespace hive::host {

using abi::Code;

constexpr std::size_t kMaxUnsent = 1 << 20;

void IsolatedPlugin::take(const Frame& frame) {
  switch (frame.verb) {
    case Verb::started:
      if (!std::exchange(told_started_, true)) host_.started(frame.code, frame.payload);
      break;
    case Verb::stopped: take_stopped(); break;
    case Verb::answer: take_answer(frame); break;
    case Verb::retract: retract(frame.name); break;
    case Verb::reply:
      if (owed_.erase(frame.number) == 1) host_.reply(frame.number, frame.code, frame.payload);
      break;
    case Verb::call:
      host_.call({frame.name, frame.payload, frame.detail}, {&IsolatedPlugin::on_done, &forward(Kind::call, frame.id)});
      break;
    case Verb::cancel:
      if (auto* forwarded = find(Kind::call, frame.id)) host_.cancel(forwarded);
      break;
    case Verb::publish: host_.publish({frame.name, frame.detail, frame.payload}); break;
    case Verb::subscribe:
      host_.subscribe(
          frame.name, frame.detail,
          {&IsolatedPlugin::on_event, &IsolatedPlugin::on_subscription_ended, &forward(Kind::subscription, frame.id)});
      break;
    case Verb::unsubscribe:
      if (auto* forwarded = find(Kind::subscription, frame.id)) host_.unsubscribe(forwarded);
      break;
    case Verb::log: host_.log(abi::Level(frame.bits), frame.payload); break;
    default: break;
  }
}

void IsolatedPlugin::take_answer(const Frame& frame) {
  for (const auto& [key, forwarded] : forwarded_) {
    if (key->kind != Kind::answer || key->name != frame.name || key->retracted) continue;
    key->id = frame.id;  // answered before the crash: callers keep their method
    live_[{Kind::answer, frame.id}] = key;
    return;
  }
  host_.answer({frame.name, frame.bits, std::uint32_t(frame.number), frame.payload},
               {&IsolatedPlugin::on_request, &IsolatedPlugin::on_request_cancelled, &IsolatedPlugin::on_answer_ended,
                &forward(Kind::answer, frame.id, frame.name)});
}

void IsolatedPlugin::on_request(void* context, abi::CallId call, std::string_view caller,
                                std::string_view params) noexcept {
  auto& answer = *static_cast<Forwarded*>(context);
  auto& self = answer.owner;
  if (!self.link_ || answer.id == 0)
    return self.host_.reply(call, Code::unavailable,
                            self.setup_.id + (self.quarantined_ ? ": the plugin is quarantined; see hive-c0re plugins"
                                                                : ": the plugin's process is not running; try again"));
  self.owed_.insert(call);
  self.link_->send({.verb = Verb::request, .id = answer.id, .number = call, .name = caller, .payload = params});
}

/// The call stays owed: its place is counted until the handler's late reply.
void IsolatedPlugin::on_request_cancelled(void* context, abi::CallId call) noexcept {
  auto& answer = *static_cast<Forwarded*>(context);
  if (answer.owner.owed_.contains(call) && answer.owner.link_)
    answer.owner.link_->send({.verb = Verb::request_cancelled, .id = answer.id, .number = call});
}

void IsolatedPlugin::on_answer_ended(void* context, Code why, std::string_view message) noexcept {
  auto& answer = *static_cast<Forwarded*>(context);
  if (answer.id != 0 && answer.owner.link_)
    answer.owner.link_->send({.verb = Verb::answer_ended, .code = why, .id = answer.id, .payload = message});
  answer.owner.forget(answer);
}

void IsolatedPlugin::on_done(void* context, Code code, std::string_view payload) noexcept {
  auto& call = *static_cast<Forwarded*>(context);
  if (call.id != 0 && call.owner.link_)
    call.owner.link_->send({.verb = Verb::done, .code = code, .id = call.id, .payload = payload});
  call.owner.forget(call);
}

void IsolatedPlugin::on_event(void* context, const abi::EventView& event) noexcept {
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

void IsolatedPlugin::on_subscription_ended(void* context, Code why, std::string_view message) noexcept {
  auto& subscription = *static_cast<Forwarded*>(context);
  if (subscription.id != 0 && subscription.owner.link_)
    subscription.owner.link_->send(
        {.verb = Verb::subscription_ended, .code = why, .id = subscription.id, .payload = message});
  subscription.owner.forget(subscription);
}

}  // namespace hive::host
