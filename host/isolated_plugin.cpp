#include "isolated_plugin.hpp"

#include <sys/wait.h>

#include <unistd.h>
#include <csignal>

extern char** environ;

namespace hive::host {

using abi::Code;

IsolatedPlugin::IsolatedPlugin(abi::Host& host, const Link::Strand& strand, IsolatedSetup setup,
                               IsolationOptions options)
    : host_(host), strand_(strand), setup_(std::move(setup)), options_(std::move(options)) {}

IsolatedPlugin::~IsolatedPlugin() {
  reap();
}

void IsolatedPlugin::arm(Timer& timer, std::chrono::milliseconds time,
                         void (*done)(void*, Code, std::string_view) noexcept) {
  timer.armed = true;
  host_.after(std::uint64_t(time.count()), {done, &timer});
}

void IsolatedPlugin::stop() noexcept {
  stopping_ = true;
  if (link_) {
    link_->send({.verb = Verb::stop});
    return arm(grace_, options_.stop_grace, &IsolatedPlugin::on_grace_over);
  }
  if (back_off_.armed) host_.cancel(&back_off_);
  for (const auto& [key, forwarded] : forwarded_) retract(key->name);
  finish_when_idle();
}

Status IsolatedPlugin::spawn() {
  auto ends = os::make_socket_pair();
  if (!ends) return ends.error();
  os::Command command;
  command.argv = {options_.program.string(), "plugin-host", setup_.file};
  for (char** variable = environ; *variable != nullptr; ++variable) command.environment.emplace_back(*variable);
  command.in = ends->second.get();
  command.out = command.err = STDERR_FILENO;
  command.own_session = true;  // Ctrl-C in the host's terminal is the host's alone
  auto child = os::start(command);
  if (!child) return child.error();
  process_ = std::move(*child);
  link_ = std::make_shared<Link>(strand_, std::move(ends->first));
  link_->open([this](const Frame& frame) { take(frame); }, [this] { crashed("its process died"); });
  return {};
}

void IsolatedPlugin::restart() {
  if (const auto spawned = spawn(); !spawned) return crashed(spawned.error().message);
  link_->send({.verb = Verb::start, .name = setup_.root, .detail = setup_.share, .payload = setup_.settings});
}

void IsolatedPlugin::reap() {
  if (link_) link_->close();
  link_.reset();
  if (process_.pid <= 0) return;
  // It is our child and not yet reaped, so the number is still its own.
  kill(process_.pid, SIGKILL);
  os::wait_for(process_);
  process_ = {};
}

void IsolatedPlugin::answer_owed() {
  for (const auto call : owed_)
    host_.reply(call, Code::unavailable, setup_.id + ": the plugin's process died; it is started again");
  owed_.clear();
}

void IsolatedPlugin::crashed(const std::string& why) {
  const auto keep = link_;  // this runs inside one of its callbacks
  reap();
  answer_owed();
  for (const auto& [key, forwarded] : live_) {
    forwarded->id = 0;
    if (forwarded->kind == Kind::call) host_.cancel(forwarded);
    if (forwarded->kind == Kind::subscription) host_.unsubscribe(forwarded);
  }
  live_.clear();
  if (!std::exchange(told_started_, true)) host_.started(Code::unavailable, why + " while it started");
  if (grace_.armed) host_.cancel(&grace_);
  if (stopping_) return stop();
  schedule_restart(why);
}

void IsolatedPlugin::schedule_restart(const std::string& why) {
  const auto now = std::chrono::steady_clock::now();
  crashes_.push_back(now);
  while (now - crashes_.front() > options_.crash_window) crashes_.pop_front();
  const auto count = std::to_string(crashes_.size());
  if (crashes_.size() >= options_.crashes_until_quarantine) {
    quarantined_ = true;
    return setup_.on_quarantined(setup_.id + ": quarantined after " + count + " crashes, the last: " + why +
                                 "; host.reload starts it again");
  }
  host_.log(abi::Level::error, why + "; it is started again (crash " + count + ")");
  arm(back_off_, options_.first_back_off * (1 << (crashes_.size() - 1)), &IsolatedPlugin::on_back_off_over);
}

void IsolatedPlugin::on_back_off_over(void* context, Code code, std::string_view) noexcept {
  auto& timer = *static_cast<Timer*>(context);
  timer.armed = false;
  if (timer.owner.stopping_) return timer.owner.finish_when_idle();
  if (code == Code::ok) timer.owner.restart();
}

void IsolatedPlugin::on_grace_over(void* context, Code code, std::string_view) noexcept {
  auto& timer = *static_cast<Timer*>(context);
  timer.armed = false;
  if (code != Code::ok || !timer.owner.link_) return timer.owner.finish_when_idle();
  timer.owner.host_.log(abi::Level::warning, "its process hangs in stop and is killed");
  timer.owner.crashed("it was killed");
}

void IsolatedPlugin::finish_when_idle() {
  if (!stopping_ || link_ || back_off_.armed || grace_.armed || !forwarded_.empty()) return;
  stopping_ = false;
  host_.stopped();
}

IsolatedPlugin::Forwarded& IsolatedPlugin::forward(Kind kind, std::uint64_t id, std::string_view name) {
  auto owned = std::make_unique<Forwarded>(Forwarded{*this, kind, id, std::string(name)});
  auto* forwarded = owned.get();
  forwarded_.emplace(forwarded, std::move(owned));
  live_[{kind, id}] = forwarded;
  return *forwarded;
}

IsolatedPlugin::Forwarded* IsolatedPlugin::find(Kind kind, std::uint64_t id) {
  const auto found = live_.find({kind, id});
  return found == live_.end() ? nullptr : found->second;
}

void IsolatedPlugin::forget(Forwarded& forwarded) {
  if (forwarded.id != 0) live_.erase({forwarded.kind, forwarded.id});
  forwarded_.erase(&forwarded);
  finish_when_idle();
}

void IsolatedPlugin::retract(std::string_view method) {
  for (const auto& [key, forwarded] : forwarded_) {
    if (key->kind != Kind::answer || key->name != method || key->retracted) continue;
    key->retracted = true;
    return host_.retract(key->name);
  }
}

void IsolatedPlugin::take_stopped() {
  const auto keep = link_;  // this runs inside one of its callbacks
  reap();
  answer_owed();
  if (grace_.armed) host_.cancel(&grace_);
  for (const auto& [key, forwarded] : forwarded_) retract(key->name);
  finish_when_idle();
}

}  // namespace hive::host
