#pragma once
#include <hive/rpc/connection.hpp>
#include <hive/sdk/contracts/page.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace hive::dashboard {

/// What agents serve on the sockets in their own folders: asked for, and followed. An agent may answer anything or
/// nothing, so all that it sends is decoded, bounded in size, time and rate, and encoded anew; whatever it
/// sends counts on its rate, beyond which it is read more slowly; a socket counts only
/// if it is one, is no link, and who listens there is the folder's owner.
///
/// One thread of its own, which calls what it was given; it must not wait.
class AgentPages {
 public:
  using Clock = std::chrono::steady_clock;
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
    begin({name, std::string(method.name), encode_text(params), &recoded<R>, std::move(answer)});
  }
  /// From now on these agents are followed, and no others. [any-thread]
  void follow(std::set<std::string> names);

 private:
  using Recode = Result<std::string> (*)(std::string_view text);
  struct Question {
    std::string name, method, params;
    Recode recode;
    Answer answer;
  };
  struct Call {
    std::string name;
    rpc::Connection connection;
    Clock::time_point until;
    Recode recode;
    Answer answer;
  };
  struct Link {
    std::optional<rpc::Connection> connection;
    std::string seen;          // stamp of the last event
    std::optional<Error> why;  // the connection was given up
    Clock::time_point begun{}, retry{};
    std::chrono::milliseconds back_off{};
    bool is_logged = false;  // why it cannot be followed, since it last could for a while
  };

  AgentPages(Options options, os::Fd wake) : options_(std::move(options)), wake_(std::move(wake)) {}
  template <class R>
  static Result<std::string> recoded(std::string_view text) {
    auto value = decode_text<R>(text, Unknown::ignore);
    if (!value) return error(Code::internal, "the agent's answer makes no sense: " + value.error().message);
    return encode_text(*value);
  }
  void begin(Question question);
  void run();
  void take_orders();
  void ask_now(Question question);
  void connect(const std::string& name, Link& link);
  void subscribe(const std::string& name, Link& link);
  void heard(const std::string& name, Link& link, std::string_view payload);
  static void give_up(Link& link, Error why);
  void lost(const std::string& name, Link& link, const Error& why);
  /// Of all that this agent sends.
  rpc::RateLimit& rate_of(const std::string& name) { return rates_.try_emplace(name, options_.rate).first->second; }
  void forget_rates();
  template <class F>
  void for_each_connection(F look);
  void poll_once();
  Clock::time_point next_time(Clock::time_point now);
  void end_calls(Clock::time_point now);
  Result<rpc::Connection> connection_to(const std::string& name) const;
  void wake() const;

  const Options options_;
  const os::Fd wake_;
  std::map<std::string, rpc::RateLimit> rates_;  // outlive the connections
  std::list<Call> calls_;
  std::map<std::string, Link> links_;

  std::mutex mutex_;  // guards what follows: orders for the thread
  std::vector<Question> questions_;
  std::optional<std::set<std::string>> followed_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace hive::dashboard
