#pragma once
#include <hive/os/loop_thread.hpp>
#include <hive/rpc/loop_connection.hpp>
#include <hive/sdk/contracts/page.hpp>

#include <filesystem>
#include <list>
#include <set>

namespace hive::dashboard {

/// What agents serve on the sockets in their own folders: asked for, and followed. An agent may answer anything or
/// nothing, so all that it sends is decoded, bounded in size, time and rate, and encoded anew; whatever it
/// sends counts on its rate, beyond which it is read more slowly; a socket counts only
/// if it is one, is no link, and who listens there is the folder's owner.
///
/// One thread of its own, which calls what it was given; it must not wait.
class AgentPages {
 public:
  using Clock = os::EventLoop::Clock;
  using Answer = std::function<void(Result<std::string>)>;  // JSON text of the method's result

  struct Options {
    std::filesystem::path agents;  // the folder of run/agents/<name>/page/page.sock
    /// An event of a followed agent: page::LiveEvent as JSON text.
    std::function<void(std::string name, std::string event)> on_event;
    /// The agent's events are followed from here on; some before may be missing.
    std::function<void(std::string name)> on_gap;
    std::function<void(std::string)> log;
    std::chrono::milliseconds patience{5'000};      // for one answer
    std::chrono::milliseconds first_back_off{500};  // doubles up to sixteen times that
    rpc::Rate rate{2'048, 8'192};                   // of one agent, over all of its connections
    std::size_t calls = 64, calls_of_one = 4;       // at the same time
  };
  /// Errors: unavailable.
  static Result<std::unique_ptr<AgentPages>> open(Options options);
  ~AgentPages();
  AgentPages(const AgentPages&) = delete;

  /// Answers once, with what `method` gives or: unavailable (nobody listens), forbidden (not the agent's own
  /// socket), timeout, busy, internal (the answer makes no sense). [any-thread]
  template <class P, class R>
  void ask(const std::string& name, const Method<P, R>& method, const P& params, Answer answer) {
    Question question{name, std::string(method.name), encode_text(params), &recoded<R>, std::move(answer)};
    thread_->post([this, question = std::move(question)] { ask_now(question); });
  }
  /// From now on these agents are followed, and no others. [any-thread]
  void follow(std::set<std::string> names) {
    thread_->post([this, names = std::move(names)] { follow_now(names); });
  }

 private:
  using Recode = Result<std::string> (*)(std::string_view text);
  struct Question {
    std::string name, method, params;
    Recode recode;
    Answer answer;
  };
  struct Call {
    std::string name;
    Recode recode;
    Answer answer;  // empty: it was given
    std::optional<rpc::LoopConnection> connection{};
    os::EventLoop::Timer late{};
  };
  struct Link {
    std::string seen{};          // stamp of the last event
    std::optional<Error> why{};  // the connection was given up
    Clock::time_point begun{};
    std::chrono::milliseconds back_off{};
    bool is_logged = false;  // why it cannot be followed, since it last could for a while
    std::optional<rpc::LoopConnection> connection{};
    os::EventLoop::Timer retry{};
  };

  AgentPages(Options options, std::unique_ptr<os::LoopThread> thread)
      : options_(std::move(options)), thread_(std::move(thread)) {}
  template <class R>
  static Result<std::string> recoded(std::string_view text) {
    auto value = decode_text<R>(text, Unknown::ignore);
    if (!value) return error(Code::internal, "the agent's answer makes no sense: " + value.error().message);
    return encode_text(*value);
  }
  void ask_now(const Question& question);
  void answered(Call& call, const Result<std::string>& text);
  void end_call(std::list<Call>::iterator call, const Error& why);
  void follow_now(const std::set<std::string>& names);
  void connect(const std::string& name, Link& link);
  void subscribe(const std::string& name, Link& link);
  void heard(const std::string& name, Link& link, std::string_view payload);
  static void give_up(Link& link, Error why);
  void look_at(const std::string& name, Link& link);
  void lost(const std::string& name, Link& link, const Error& why);
  /// Of all that this agent sends.
  rpc::RateLimit& rate_of(const std::string& name) { return rates_.try_emplace(name, options_.rate).first->second; }
  void forget_rates();
  Result<rpc::Connection> connection_to(const std::string& name);
  void end();

  const Options options_;
  const std::unique_ptr<os::LoopThread> thread_;
  std::map<std::string, rpc::RateLimit> rates_;  // outlive the connections
  std::list<Call> calls_;
  std::map<std::string, Link> links_;
};

}  // namespace hive::dashboard
