#include "agent_pages.hpp"

#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/sdk/bounded_list.hpp>
#include <hive/utf8/utf8.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace hive::dashboard {
namespace {

constexpr int kLongestBackOff = 16;
constexpr std::chrono::seconds kSteady{30};  // a connection that lasted so long was no accident
constexpr std::size_t kMostEvent = kAnswerBytes;
constexpr std::size_t kMostWords = 512;  // of an error, which the agent may have written

/// Its words on one line, short, and nothing in them that cannot be seen: they go to logs and terminals too.
Error harmless(const Error& why) {
  return error(why.code, utf8::without_unseen(utf8::beginning_of(why.message, kMostWords), '?'));
}

}  // namespace

Result<std::unique_ptr<AgentPages>> AgentPages::open(Options options) {
  auto thread = os::LoopThread::create();
  if (!thread) return thread.error();
  std::unique_ptr<AgentPages> out(new AgentPages(std::move(options), std::move(*thread)));
  out->thread_->start();
  return out;
}

AgentPages::~AgentPages() {
  thread_->post([this] { end(); });
  thread_->stop();
}

void AgentPages::end() {
  for (auto& call : calls_) call.connection->lose(error(Code::cancelled, "the host ends"));
  calls_.clear();
  links_.clear();
}

/// The folders above `page` are the host's; in `page` the agent may have put anything.
Result<rpc::Connection> AgentPages::connection_to(const std::string& name) {
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
  rpc::Connection out(std::move(*connected));
  out.charge(rate_of(name));
  return out;
}

/// Those that say nothing: of an agent that nobody asks and that has been silent.
void AgentPages::forget_rates() {
  const auto now = thread_->loop().now();
  std::erase_if(rates_, [&](const auto& rate) {
    const auto& name = rate.first;
    const bool asked = std::any_of(calls_.begin(), calls_.end(), [&](const Call& call) { return call.name == name; });
    return !asked && !links_.contains(name) && rate.second.is_full(now);
  });
}

void AgentPages::ask_now(const Question& question) {
  forget_rates();
  const auto of_one =
      std::count_if(calls_.begin(), calls_.end(), [&](const Call& c) { return c.name == question.name; });
  if (calls_.size() >= options_.calls || std::size_t(of_one) >= options_.calls_of_one)
    return question.answer(error(Code::busy, question.name + ": too many questions to it are open; ask again"));
  auto connection = connection_to(question.name);
  if (!connection) return question.answer(connection.error());
  const auto call = calls_.emplace(calls_.end(), question.name, question.recode, question.answer);
  call->late = thread_->loop().after(options_.patience, [this, call] {
    end_call(call, error(Code::timeout, call->name + ": its page gave no answer in time"));
  });
  call->connection.emplace(thread_->loop(), std::move(*connection), [this, call] {
    if (!call->answer) calls_.erase(call);
  });
  const auto sent = call->connection->send(question.method, question.params,
                                           [this, call](const Result<std::string>& text) { answered(*call, text); });
  if (!sent) end_call(call, sent.error());
}

void AgentPages::answered(Call& call, const Result<std::string>& text) {
  const auto answer = std::exchange(call.answer, {});
  auto result = text ? call.recode(*text) : text;
  answer(result ? std::move(result) : harmless(result.error()));
}

void AgentPages::end_call(std::list<Call>::iterator call, const Error& why) {
  call->connection->lose(why);
  if (call->answer) call->answer(why);
  calls_.erase(call);
}

void AgentPages::follow_now(const std::set<std::string>& names) {
  std::erase_if(links_, [&](const auto& link) { return !names.contains(link.first); });
  forget_rates();
  for (const auto& name : names) {
    const auto [at, is_new] = links_.try_emplace(name);
    if (!is_new) continue;
    at->second.back_off = options_.first_back_off;
    connect(at->first, at->second);
  }
}

void AgentPages::connect(const std::string& name, Link& link) {
  auto connection = connection_to(name);
  if (!connection) return lost(name, link, connection.error());
  connection->on_event([this, &name, &link](const rpc::EventText& event) { heard(name, link, event.payload); });
  connection->on_events_lost([&link](const Error& why) { give_up(link, why); });
  link.begun = thread_->loop().now();
  link.connection.emplace(thread_->loop(), std::move(*connection), [this, &name, &link] { look_at(name, link); });
  subscribe(name, link);
  look_at(name, link);
}

/// Its end is dealt with here, when none of its callbacks is under way.
void AgentPages::look_at(const std::string& name, Link& link) {
  if (link.connection->is_open()) return;
  const auto why = link.why.value_or(error(Code::unavailable, "it went away"));
  lost(name, link, why);
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
  const auto now = thread_->loop().now();
  if (link.connection && now - link.begun > kSteady) {
    link.back_off = options_.first_back_off;
    link.is_logged = false;
  }
  link.connection.reset();
  link.why.reset();
  link.retry = thread_->loop().after(link.back_off, [this, &name, &link] { connect(name, link); });
  link.back_off = std::min(link.back_off * 2, options_.first_back_off * kLongestBackOff);
  // An agent that is stopped is no news, and an agent must not fill the log, whatever it says.
  if (why.code == Code::unavailable || std::exchange(link.is_logged, true)) return;
  options_.log("the page of " + name + " cannot be followed: " + harmless(why).message);
}

}  // namespace hive::dashboard
