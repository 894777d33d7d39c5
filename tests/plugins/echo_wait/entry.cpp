#include "../contracts.hpp"

#include <hive/sdk/plugin.hpp>

#include <deque>
#include <map>

namespace {

using namespace hive::demo;

/// The shape of a mailbox: a call parks until mail for its box comes, or its time is up.
class EchoWait {
 public:
  explicit EchoWait(hive::Host& host) : host_(host) {}

  hive::Status start() {
    host_.subscribe(kMail, [this](hive::Stamp, Mail mail) {
      auto& box = boxes_[mail.box];
      box.queue.push_back(std::move(mail));
      box.arrived.notify_all();
    });
    host_.answer(kReceive, [this](hive::Caller who, Wait wait) { return receive(std::move(who), std::move(wait)); });
    return {};
  }

 private:
  struct Box {
    std::deque<Mail> queue;
    hive::Signal arrived;
  };

  hive::Task<hive::Result<Received>> receive(hive::Caller who, Wait wait) {
    auto& box = boxes_[wait.box.value_or(who.principal)];  // boxes are never removed: the reference holds
    if (box.queue.empty() && wait.wait_ms.value_or(0) > 0) {
      auto woken = co_await box.arrived.wait(host_, hive::milliseconds(*wait.wait_ms));
      if (!woken) co_return woken.error();
    }
    Received received;
    if (!box.queue.empty()) {  // another waiter may have taken it since the signal
      received.messages.push_back(std::move(box.queue.front()));
      box.queue.pop_front();
    }
    received.waiting = std::int64_t(box.queue.size());
    co_return received;
  }

  hive::Host& host_;
  std::map<std::string, Box> boxes_;
};

}  // namespace

HIVE_PLUGIN(EchoWait, .id = "echo_wait", .version = "1.0.0", .provides = "echo", .listens = hive::names_of<kMail>);
