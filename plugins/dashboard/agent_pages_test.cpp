#include "agent_pages.hpp"

#include <hive/rpc/testing/line_peer.hpp>
#include <hive/rpc/wire.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <unistd.h>

#include <condition_variable>
#include <future>

namespace hive::dashboard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view kEvent =
    R"({"epoch":"s","seq":1,"at":"2026-01-01T00:00:00Z","kind":"note","payload":{"text":"hi"},"later":1})";

/// An agent's side of its page socket: one connection at a time, what it says is the test's.
class Agent {
 public:
  explicit Agent(const std::filesystem::path& agents) : folder_(agents / "alice" / "page") {
    std::filesystem::create_directories(folder_);
    listener_.emplace(folder_, "page.sock");
  }
  void accept() { connection_ = listener_->accept(); }
  std::string read_line() { return connection_.line(); }
  void say(const std::string& line) { connection_.send(line); }
  /// False when nobody reads any more.
  bool say_part(std::string_view text) { return connection_.write(text); }
  void event(std::string_view payload) { say_part(rpc::event_line("s-1", page::kEvent.topic, payload)); }
  void refuse(Code code, std::string_view message) { say_part(rpc::error_line("1", code, message)); }
  template <class P, class R>
  void reply(const Method<P, R>&, const R& result, std::string_view id = "1") {
    say_part(rpc::result_line(id, encode_text(result)));
  }
  /// Takes a connection and its subscription.
  std::string asked() {
    accept();
    return read_line();
  }
  /// The same, and answers that.
  std::string subscribed() {
    auto line = asked();
    reply(page::kSubscribe, {"s-0"});
    return line;
  }
  void hang_up() { connection_.close(); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::optional<rpc::testing::LineListener> listener_;
  rpc::testing::LinePeer connection_;
};

class AgentPagesTest : public ::testing::Test {
 protected:
  AgentPagesTest() { open({.patience = 20s}); }
  void open(AgentPages::Options options) {
    pages_.reset();
    options.agents = folder_.path();
    options.on_event = [this](const std::string& name, const std::string& event) { note(name + " " + event); };
    options.on_gap = [this](const std::string& name) { note(name + " gap"); };
    options.log = [this](const std::string& words) { note("log: " + words); };
    options.first_back_off = 1ms;
    pages_ = std::move(*AgentPages::open(std::move(options)));
  }
  void note(const std::string& words) {
    std::lock_guard lock(mutex_);
    heard_.push_back(words);
    arrived_.notify_all();
  }
  /// The first `count` things that were heard.
  std::vector<std::string> heard(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, 10s, [&] { return heard_.size() >= count; });
    return heard_;
  }
  std::future<Result<std::string>> ask() {
    auto told = std::make_shared<std::promise<Result<std::string>>>();
    pages_->ask("alice", page::kHistory, page::History{.limit = 5},
                [told](Result<std::string> answer) { told->set_value(std::move(answer)); });
    return told->get_future();
  }
  Error refusal(std::future<Result<std::string>> answer) {
    const auto got = answer.get();
    return got ? error(Code::ok, *got) : got.error();
  }

  testing::TemporaryFolder folder_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::string> heard_;
  std::unique_ptr<AgentPages> pages_;
};

TEST_F(AgentPagesTest, AnAnswerIsDecodedAndEncodedAnew) {
  Agent alice(folder_.path());
  auto answer = ask();
  alice.accept();
  EXPECT_THAT(alice.read_line(), HasSubstr(R"("method":"page.history","params":{"limit":5})"));
  alice.say(R"({"jsonrpc":"2.0","id":1,"result":{"epoch":"s","events":[)" + std::string(kEvent) + R"(],"evil":1}})");
  EXPECT_EQ(*answer.get(),
            R"({"epoch":"s","events":[{"epoch":"s","seq":1,"at":"2026-01-01T00:00:00.000Z","kind":"note",)"
            R"("payload":{"text":"hi"}}],"more":false})");
}

TEST_F(AgentPagesTest, WhatMakesNoSenseIsAnError) {
  open({.patience = 300ms});
  Agent alice(folder_.path());
  for (const auto* line :
       {"nonsense", "{}", R"({"jsonrpc":"2.0","id":1,"result":5})", R"({"id":1,"result":{"events":7}})",
        R"({"id":1,"result":{"epoch":"s","events":[{"seq":-1}]}})"}) {
    auto answer = ask();
    alice.accept();
    alice.read_line();
    alice.say(line);
    EXPECT_THAT(refusal(std::move(answer)).code, ::testing::AnyOf(Code::internal, Code::timeout)) << line;
    alice.hang_up();
  }
}

TEST_F(AgentPagesTest, ASilentEndlessOrAbsentAgentCostsNobodyAnything) {
  open({.patience = 300ms});
  EXPECT_EQ(refusal(ask()).code, Code::unavailable);
  Agent alice(folder_.path());
  auto silent = ask();
  EXPECT_EQ(refusal(std::move(silent)).code, Code::timeout);
  alice.accept();
  auto endless = ask();
  alice.hang_up();
  alice.accept();
  std::string flood(65'536, 'x');
  flood.back() = ' ';
  while (alice.say_part(flood)) {
  }
  EXPECT_NE(refusal(std::move(endless)).code, Code::ok);
}

TEST_F(AgentPagesTest, OnlySoManyQuestionsToOneAgent) {
  open({.patience = 300ms});
  Agent alice(folder_.path());
  std::vector<std::future<Result<std::string>>> asked;
  for (int i = 0; i < 6; ++i) asked.push_back(ask());
  int busy = 0;
  for (auto& answer : asked) busy += refusal(std::move(answer)).code == Code::busy ? 1 : 0;
  EXPECT_EQ(busy, 2);
}

TEST_F(AgentPagesTest, ALinkIsNoSocket) {
  Agent bob(folder_.path() / "elsewhere");
  const auto page = folder_.path() / "alice" / "page";
  std::filesystem::create_directories(page);
  std::filesystem::create_symlink(bob.folder() / "page.sock", page / "page.sock");
  EXPECT_THAT(refusal(ask()).message, HasSubstr("is not a socket"));
  std::filesystem::remove_all(page);
  std::filesystem::create_directory_symlink(bob.folder(), page);
  EXPECT_EQ(refusal(ask()).code, Code::unavailable);
}

TEST_F(AgentPagesTest, AnotherUsersSocketIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder to another user";
  Agent alice(folder_.path());
  ASSERT_EQ(::chown(alice.folder().c_str(), 65'533, 65'533), 0);
  EXPECT_EQ(refusal(ask()).code, Code::forbidden);
}

TEST_F(AgentPagesTest, EventsAreFollowedOverLosses) {
  Agent alice(folder_.path());
  pages_->follow({"alice"});
  EXPECT_THAT(alice.subscribed(), HasSubstr(R"("params":{})"));
  alice.event(kEvent);
  EXPECT_THAT(heard(2), ElementsAre("alice gap", HasSubstr(R"(alice {"epoch":"s","seq":1,)")));
  alice.hang_up();
  EXPECT_THAT(alice.subscribed(), HasSubstr(R"("params":{"since":"s-1"})"));
  alice.hang_up();
  // What is not kept is said to be missing.
  alice.asked();
  alice.refuse(Code::not_found, "gone");
  EXPECT_THAT(alice.read_line(), HasSubstr(R"("params":{})"));
  alice.reply(page::kSubscribe, {"s-9"}, "2");
  EXPECT_EQ(heard(3).at(2), "alice gap");
}

TEST_F(AgentPagesTest, AnEventThatMakesNoSenseEndsTheConnectionAndIsLoggedOnce) {
  Agent alice(folder_.path());
  pages_->follow({"alice"});
  for (int i = 0; i < 3; ++i) {
    alice.subscribed();
    alice.event(R"({"seq":"no"})");
    EXPECT_EQ(alice.read_line(), "");
  }
  int logged = 0;
  for (const auto& words : heard(4)) logged += words.starts_with("log: the page of alice") ? 1 : 0;
  EXPECT_EQ(logged, 1);
}

TEST_F(AgentPagesTest, WhateverAnAgentSaysInsteadIsOneShortLine) {
  Agent alice(folder_.path());
  pages_->follow({"alice"});
  for (int i = 0; i < 3; ++i) {
    alice.asked();
    alice.refuse(Code::internal, std::to_string(i) + std::string(900'000, 'x'));
  }
  alice.subscribed();
  const auto told = heard(2);
  ASSERT_THAT(told, ElementsAre(HasSubstr("cannot be followed: 0x"), "alice gap"));
  EXPECT_LT(told[0].size(), 1'000u);
}

TEST_F(AgentPagesTest, ALongErrorIsCut) {
  Agent alice(folder_.path());
  auto answer = ask();
  alice.accept();
  alice.read_line();
  alice.say(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":")" + std::string(900'000, 'x') + R"("}})");
  EXPECT_EQ(refusal(std::move(answer)).message.size(), 512u);
}

TEST_F(AgentPagesTest, WhatCannotBeSeenInAnErrorIsNamed) {
  Agent alice(folder_.path());
  auto answer = ask();
  alice.accept();
  alice.read_line();
  alice.say(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"\u001b[31mé\n\u202egnp"}})");
  EXPECT_EQ(refusal(std::move(answer)).message, "?[31mé??gnp");
}

TEST_F(AgentPagesTest, WhoIsFollowedNoMoreIsLeft) {
  Agent alice(folder_.path());
  pages_->follow({"alice"});
  alice.subscribed();
  pages_->follow({});
  EXPECT_EQ(alice.read_line(), "");
}

}  // namespace
}  // namespace hive::dashboard
