#include "plugin_host.hpp"

#include "link.hpp"
#include "local_host.hpp"
#include "plugin_loader.hpp"

#include <hive/os/wait.hpp>
#include <hive/sdk/errors.hpp>

#include <sys/prctl.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace hive::host {
namespace {

std::uint64_t id_of(void* context) {
  return reinterpret_cast<std::uintptr_t>(context);
}

/// The Host of a plugin in its own process. Each function writes one frame and reads none.
class RemoteHost final : public LocalHost {
 public:
  RemoteHost(boost::asio::io_context& io, SpareThreads& spare, const abi::Descriptor& descriptor)
      : LocalHost(io, spare, descriptor.id), io_(io), descriptor_(descriptor) {}

  void open(os::Fd socket) {
    link_ = std::make_shared<Link>(strand_, std::move(socket));
    link_->open([this](const Frame& frame) { take(frame); }, [this] { io_.stop(); });
  }

 private:
  void started(Code code, std::string_view message) noexcept override {
    link_->send({.verb = Verb::started, .code = code, .payload = message});
  }
  void stopped() noexcept override {
    enter("its end", [this] {  // the plugin may be inside one of its own frames now
      if (auto* plugin = std::exchange(plugin_, nullptr)) descriptor_.destroy(plugin);
      link_->send({.verb = Verb::stopped});
    });
  }
  void answer(const abi::MethodInfo& method, const abi::Handler& handler) noexcept override {
    handlers_[id_of(handler.context)] = handler;
    link_->send({.verb = Verb::answer,
                 .id = id_of(handler.context),
                 .number = method.deadline_ms,
                 .bits = method.callers,
                 .name = method.name,
                 .payload = method.about});
  }
  void retract(std::string_view method) noexcept override { link_->send({.verb = Verb::retract, .name = method}); }
  void reply(abi::CallId call, Code code, std::string_view payload) noexcept override {
    link_->send({.verb = Verb::reply, .code = code, .number = call, .payload = payload});
  }
  void call(const abi::CallInfo& call, const abi::Completion& completion) noexcept override {
    calls_[id_of(completion.context)] = completion;
    link_->send({.verb = Verb::call,
                 .id = id_of(completion.context),
                 .name = call.method,
                 .detail = call.as,
                 .payload = call.params});
  }
  void cancel(void* context) noexcept override {
    if (!calls_.contains(id_of(context))) return LocalHost::cancel(context);
    link_->send({.verb = Verb::cancel, .id = id_of(context)});
  }
  void publish(const abi::EventInfo& event) noexcept override {
    link_->send({.verb = Verb::publish, .name = event.topic, .detail = event.subject, .payload = event.payload});
  }
  void subscribe(std::string_view topic, std::string_view since, const abi::Subscriber& subscriber) noexcept override {
    subscribers_[id_of(subscriber.context)] = subscriber;
    link_->send({.verb = Verb::subscribe, .id = id_of(subscriber.context), .name = topic, .detail = since});
  }
  void unsubscribe(void* context) noexcept override { link_->send({.verb = Verb::unsubscribe, .id = id_of(context)}); }
  /// The link belongs to the strand, and logging is for any thread.
  void log(abi::Level level, std::string_view text) noexcept override {
    enter("a log line", [this, level, text = std::string(text)] {
      link_->send({.verb = Verb::log, .bits = std::uint32_t(level), .payload = text});
    });
  }

  template <class Map>
  static auto taken(Map& map, std::uint64_t id) {
    auto node = map.extract(id);
    return node ? node.mapped() : typename Map::mapped_type{};
  }

  void take(const Frame& frame) {
    switch (frame.verb) {
      case Verb::start: start(frame); break;
      case Verb::stop:
        if (plugin_ != nullptr)
          plugin_->stop();
        else
          stopped();
        break;
      case Verb::event:
        if (const auto found = subscribers_.find(frame.id); found != subscribers_.end())
          found->second.event(found->second.context, {frame.name, frame.detail, frame.payload, frame.number});
        break;
      case Verb::done:
        if (const auto call = taken(calls_, frame.id); call.done) call.done(call.context, frame.code, frame.payload);
        break;
      case Verb::subscription_ended:
        if (const auto last = taken(subscribers_, frame.id); last.ended)
          last.ended(last.context, frame.code, frame.payload);
        break;
      default: take_for_handler(frame);
    }
  }

  void take_for_handler(const Frame& frame) {
    const auto found = handlers_.find(frame.id);
    if (found == handlers_.end()) return;
    const auto handler = found->second;
    if (frame.verb == Verb::request) handler.call(handler.context, frame.number, frame.name, frame.payload);
    if (frame.verb == Verb::request_cancelled) handler.cancel(handler.context, frame.number);
    if (frame.verb != Verb::answer_ended) return;
    handlers_.erase(found);
    handler.ended(handler.context, frame.code, frame.payload);
  }

  void start(const Frame& frame) {
    std::vector<std::string> refusal;  // where, what was wanted
    const auto take_words = [](void* context, std::string_view text) noexcept {
      static_cast<std::vector<std::string>*>(context)->emplace_back(text);
    };
    descriptor_.check_settings(frame.payload, {take_words, &refusal});
    if (refusal.size() > 1) return started(Code::invalid_params, "settings" + refusal[0] + ": wanted " + refusal[1]);
    const abi::Environment environment{sizeof(abi::Environment), frame.name, frame.detail, frame.payload};
    plugin_ = descriptor_.create(this, &environment);
    if (plugin_ == nullptr) return started(Code::internal, "could not be created; its own log line says why");
    plugin_->start();
  }

  boost::asio::io_context& io_;
  const abi::Descriptor& descriptor_;
  std::shared_ptr<Link> link_;  // shared with its own operations
  abi::Plugin* plugin_ = nullptr;
  std::unordered_map<std::uint64_t, abi::Handler> handlers_;
  std::unordered_map<std::uint64_t, abi::Completion> calls_;
  std::unordered_map<std::uint64_t, abi::Subscriber> subscribers_;
};

/// The link's end tells of the host's death too, but a plugin that hangs would not hear it. Threads of the
/// host that start plugins live as long as it does. False: it has died before.
bool die_with_host() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd link{STDIN_FILENO, 0, 0};
  return os::wait_for_any({&link, 1}, {}) != os::Waited::ready;  // a hang-up is always told
}

}  // namespace

int run_plugin_host(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "hive-c0re plugin-host is started by the host alone\n");
    return form_of(Code::invalid_params).exit;
  }
  std::signal(SIGPIPE, SIG_IGN);
  if (!die_with_host()) return form_of(Code::cancelled).exit;
  const auto plugin = accept_plugin(arguments[1], Load::code);
  if (!plugin) {
    std::fprintf(stderr, "%s\n", plugin.error().message.c_str());
    return form_of(plugin.error().code).exit;
  }
  boost::asio::io_context io(1);
  SpareThreads spare(0);
  const auto host = std::make_shared<RemoteHost>(io, spare, *plugin->descriptor);
  boost::asio::post(host->strand(), [host] { host->open(os::Fd(STDIN_FILENO)); });
  io.run();
  std::_Exit(0);  // the host is gone or done with us: nothing here is worth an orderly end
}

}  // namespace hive::host
