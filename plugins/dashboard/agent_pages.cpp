#include "agent_pages.hpp"

#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/utf8/utf8.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace hive::dashboard {
namespace {

using std::chrono::milliseconds;

constexpr int kLongestBackOff = 16;
constexpr std::chrono::seconds kSteady{30};  // a connection that lasted so long was no accident
constexpr std::size_t kMostEvent = 900 << 10;
constexpr std::size_t kMostWords = 512;  // of an error, which the agent may have written

/// Its words on one line, short, and nothing in them that cannot be seen: they go to logs and terminals too.
Error harmless(const Error& why) {
  return error(why.code, utf8::without_unseen(utf8::beginning_of(why.message, kMostWords), '?'));
}

}  // namespace

Result<std::unique_ptr<AgentPages>> AgentPages::open(Options options) {
  os::Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return os::last_error("eventfd");
  std::unique_ptr<AgentPages> out(new AgentPages(std::move(options), std::move(wake)));
  out->thread_ = std::thread([self = out.get()] { self->run(); });
  return out;
}

AgentPages::~AgentPages() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
}

void AgentPages::wake() const {
  [[maybe_unused]] const auto told = ::eventfd_write(wake_.get(), 1);  // fails only when it is set already
}

void AgentPages::begin(Question question) {
  {
    std::lock_guard lock(mutex_);
    questions_.push_back(std::move(question));
  }
  wake();
}

void AgentPages::follow(std::set<std::string> names) {
  {
    std::lock_guard lock(mutex_);
    followed_ = std::move(names);
  }
  wake();
}

/// The folders above `page` are the host's; in `page` the agent may have put anything.
Result<rpc::Connection> AgentPages::connection_to(const std::string& name) const {
  const auto agents = os::open_folder(options_.agents);
  if (!agents) return agents.error();
  const auto own = os::open_folder_in(agents->get(), name);
  if (!own) return error(Code::unavailable, name + ": has no folder for its socket; is it running?");
  const auto folder = os::open_folder_in(own->get(), std::string(page::kFolder));
  if (!folder) return error(Code::unavailable, name + ": has no folder for its page; restart it");
  struct stat status{};
  if (::fstat(folder->get(), &status) != 0) return os::last_error(name);
  auto connected = os::connect_without_links(folder->get(), std::string(page::kSocket));
  if (!connected) return error(connected.error().code, name + ": " + connected.error().message);
  const auto peer = os::peer_of(connected->get());
  if (!peer) return peer.error();
  if (peer->uid != status.st_uid)
    return error(Code::forbidden, name + ": another user (uid " + std::to_string(peer->uid) + ") serves its page");
  return rpc::Connection(std::move(*connected));
}

void AgentPages::run() {
  for (;;) {
    take_orders();
    {
      std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    const auto now = Clock::now();
    end_calls(now);
    for (auto& [name, link] : links_)
      if (!link.connection && link.retry <= now) connect(name, link);
    poll_once();
  }
  const auto ends = error(Code::cancelled, "the host ends");
  for (auto& call : calls_) call.connection.lose(ends);
  std::lock_guard lock(mutex_);
  for (auto& question : questions_) question.answer(ends);
}

void AgentPages::take_orders() {
  std::vector<Question> questions;
  std::optional<std::set<std::string>> followed;
  {
    std::lock_guard lock(mutex_);
    questions.swap(questions_);
    followed.swap(followed_);
  }
  forget_rates();
  for (auto& question : questions) ask_now(std::move(question));
  if (!followed) return;
  std::erase_if(links_, [&](const auto& link) { return !followed->contains(link.first); });
  for (const auto& name : *followed) links_.try_emplace(name, Link{.back_off = options_.first_back_off});
}

/// Those that say nothing: of an agent that nobody asks and that has been silent.
void AgentPages::forget_rates() {
  const auto now = Clock::now();
  std::erase_if(rates_, [&](const auto& rate) {
    const auto& name = rate.first;
    const bool asked = std::any_of(calls_.begin(), calls_.end(), [&](const Call& call) { return call.name == name; });
    return !asked && !links_.contains(name) && rate.second.is_full(now);
  });
}

void AgentPages::ask_now(Question question) {
  const auto of_one =
      std::count_if(calls_.begin(), calls_.end(), [&](const Call& c) { return c.name == question.name; });
  if (calls_.size() >= options_.calls || std::size_t(of_one) >= options_.calls_of_one)
    return question.answer(error(Code::busy, question.name + ": too many questions to it are open; ask again"));
  auto connection = connection_to(question.name);
  if (!connection) return question.answer(connection.error());
  auto& call = calls_.emplace_back(Call{question.name, std::move(*connection), Clock::now() + options_.patience,
                                        question.recode, std::move(question.answer)});
  call.connection.charge(rate_of(call.name));
  const auto sent = call.connection.send(question.method, question.params, [&call](const Result<std::string>& text) {
    const auto answer = std::exchange(call.answer, {});
    if (!answer) return;
    auto result = text ? call.recode(*text) : text;
    answer(result ? std::move(result) : harmless(result.error()));
  });
  if (!sent) call.answer(sent.error()), call.answer = {};
}

void AgentPages::end_calls(Clock::time_point now) {
  for (auto& call : calls_)
    if (call.answer && call.until <= now)
      call.connection.lose(error(Code::timeout, call.name + ": its page gave no answer in time"));
  calls_.remove_if([](const Call& call) { return !call.answer; });
}

void AgentPages::connect(const std::string& name, Link& link) {
  auto connection = connection_to(name);
  if (!connection) return lost(name, link, connection.error());
  link.connection.emplace(std::move(*connection));
  link.connection->charge(rate_of(name));
  link.connection->on_event([this, &name, &link](const rpc::EventText& event) { heard(name, link, event.payload); });
  link.connection->on_events_lost([&link](const Error& why) { give_up(link, why); });
  link.begun = Clock::now();
  subscribe(name, link);
}

void AgentPages::subscribe(const std::string& name, Link& link) {
  page::Subscribe params;
  if (!link.seen.empty()) params.since = link.seen;
  const auto answered = [this, &name, &link](const Result<std::string>& answer) {
    if (answer) {
      if (link.seen.empty()) options_.on_gap(name);
    } else if (answer.error().code == Code::not_found && !link.seen.empty()) {
      link.seen.clear();  // what came after that is gone
      if (link.connection->is_open()) subscribe(name, link);
    } else {
      give_up(link, answer.error());
    }
  };
  const auto sent = link.connection->send(page::kSubscribe.name, encode_text(params), answered);
  if (!sent) give_up(link, sent.error());
}

void AgentPages::heard(const std::string& name, Link& link, std::string_view payload) {
  const auto event = decode_text<page::LiveEvent>(payload, Unknown::ignore);
  if (!event)
    return give_up(link, error(Code::internal, "it sent an event that makes no sense: " + event.error().message));
  auto text = encode_text(*event);
  if (text.size() > kMostEvent) return give_up(link, error(Code::too_large, "it sent an event that is too large"));
  link.seen = event->epoch + "-" + std::to_string(event->seq);
  options_.on_event(name, std::move(text));
}

void AgentPages::give_up(Link& link, Error why) {
  if (!link.why) link.why = std::move(why);
  link.connection->lose(*link.why);
}

void AgentPages::lost(const std::string& name, Link& link, const Error& why) {
  const auto now = Clock::now();
  if (link.connection && now - link.begun > kSteady) {
    link.back_off = options_.first_back_off;
    link.is_logged = false;
  }
  link.connection.reset();
  link.why.reset();
  link.retry = now + link.back_off;
  link.back_off = std::min(link.back_off * 2, options_.first_back_off * kLongestBackOff);
  // An agent that is stopped is no news, and an agent must not fill the log, whatever it says.
  if (why.code == Code::unavailable || std::exchange(link.is_logged, true)) return;
  options_.log("the page of " + name + " cannot be followed: " + harmless(why).message);
}

template <class F>
void AgentPages::for_each_connection(F look) {
  for (auto& call : calls_)
    if (call.connection.is_open()) look(call.connection);
  for (auto& [name, link] : links_)
    if (link.connection && link.connection->is_open()) look(*link.connection);
}

AgentPages::Clock::time_point AgentPages::next_time(Clock::time_point now) {
  auto next = now + std::chrono::seconds(60);
  for (const auto& call : calls_) next = std::min(next, call.until);
  for (const auto& [name, link] : links_)
    if (!link.connection) next = std::min(next, link.retry);
  for_each_connection([&](const rpc::Connection& connection) {
    const auto pause = connection.pause(now);
    if (pause.count() > 0 || connection.has_unread()) next = std::min(next, now + pause);
  });
  return next;
}

void AgentPages::poll_once() {
  const auto now = Clock::now();
  std::vector<pollfd> polled{{wake_.get(), POLLIN, 0}};
  std::vector<rpc::Connection*> connections{nullptr};
  for_each_connection([&](rpc::Connection& connection) {
    const bool reads = connection.pause(now).count() == 0;
    const auto events = short((reads ? POLLIN : 0) | (connection.want_write() ? POLLOUT : 0));
    // A hang-up is reported also to who asked for nothing; one that may not be read now is left out.
    polled.push_back({events != 0 ? connection.fd() : -1, events, 0});
    connections.push_back(&connection);
  });
  const auto wait = std::chrono::ceil<milliseconds>(next_time(now) - now).count();
  if (::poll(polled.data(), polled.size(), int(std::max<std::int64_t>(wait, 0))) < 0) return;
  eventfd_t ignored = 0;
  if (polled[0].revents != 0) ::eventfd_read(wake_.get(), &ignored);
  for (std::size_t i = 1; i < polled.size(); ++i) {
    if ((polled[i].revents & POLLOUT) != 0) connections[i]->on_writable();
    const bool came = (polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 || connections[i]->has_unread();
    if (came && (polled[i].events & POLLIN) != 0) connections[i]->on_readable();
  }
  for (auto& [name, link] : links_)
    if (link.connection && !link.connection->is_open()) {
      const auto why = link.why.value_or(error(Code::unavailable, "it went away"));
      lost(name, link, why);
    }
}

}  // namespace hive::dashboard
