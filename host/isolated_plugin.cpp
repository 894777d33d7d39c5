#include "isolated_plugin.hpp"

#include <unistd.h>

#include <csignal>

extern char** environ;

namespace hive::host {

using abi::Code;

IsolatedPlugin::IsolatedPlugin(abi::Host& host, const Link::Strand& strand, IsolatedSetup setup,
                               IsolationOptions options)
    : host_(host),
      strand_(strand),
      setup_(std::move(setup)),
      options_(std::move(options)),
      forwarding_(host, setup_.id, [this] { finish_when_idle(); }) {}

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
  forwarding_.retract_all();
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
  auto child = options_.processes->start(command);
  if (!child) return child.error();
  process_ = std::move(*child);
  link_ = std::make_shared<Link>(strand_, std::move(ends->first));
  forwarding_.connect(*link_);
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
  (void)options_.processes->signal(process_, SIGKILL);  // it may have ended
  options_.processes->wait_for(process_);
  process_ = {};
}

void IsolatedPlugin::crashed(const std::string& why) {
  const auto keep = link_;  // this runs inside one of its callbacks
  reap();
  forwarding_.disconnect();
  forwarding_.abandon();
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
    forwarding_.set_reason("the plugin is quarantined; see hive-c0re plugins");
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
  if (!stopping_ || link_ || back_off_.armed || grace_.armed || !forwarding_.is_idle()) return;
  stopping_ = false;
  host_.stopped();
}

void IsolatedPlugin::take(const Frame& frame) {
  if (frame.verb == Verb::stopped) return take_stopped();
  if (frame.verb != Verb::started) return forwarding_.take(frame);
  if (!std::exchange(told_started_, true)) host_.started(frame.code, frame.payload);
}

void IsolatedPlugin::take_stopped() {
  const auto keep = link_;  // this runs inside one of its callbacks
  reap();
  forwarding_.disconnect();
  if (grace_.armed) host_.cancel(&grace_);
  forwarding_.retract_all();
  finish_when_idle();
}

}  // namespace hive::host
