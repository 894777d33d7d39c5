// Random traffic with crashes and failing commits: an accepted message is never lost and never doubled.
#include "exchange.hpp"
#include "queries.hpp"

#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace hive::broker {
namespace {

const std::vector<std::string> kNames{"alice", "bob", "carol"};
constexpr int kSteps = 800;

/// What one agent knows. It sees an answer only after the commit and only when nothing crashed before;
/// what it does not know it repeats with the same key, as a harness does.
struct Agent {
  std::string name;
  std::int64_t turn = 0;
  bool open = false;
  std::optional<TurnEnd> ending;      // asked for, not answered yet
  std::map<std::string, bool> asked;  // recv keys of this turn; true: its answer was seen
  std::set<std::int64_t> seen;        // in this turn
  WaiterRef parked, gone;             // gone: it went away as it was answered, and the broker is yet to hear of it
  std::vector<Draft> unanswered;
  std::vector<std::pair<Draft, std::int64_t>> answered;
};

class TortureTest : public ::testing::TestWithParam<int> {
 protected:
  TortureTest() {
    for (const auto& name : kNames) agents_.push_back(Agent{.name = name});
    open();
  }

  std::size_t roll(std::size_t sides) { return std::uniform_int_distribution<std::size_t>(0, sides - 1)(random_); }
  std::string fresh(const std::string& what) { return what + std::to_string(++counter_); }

  void open() {
    auto mailboxes = Mailboxes::open(root_.path() / "broker.sqlite", Limits{});
    ASSERT_TRUE(mailboxes) << mailboxes.error().message;
    exchange_ = std::make_unique<Exchange>(std::move(*mailboxes));
  }
  /// The process dies here: what was not committed is gone, and so is who was parked.
  void crash() {
    exchange_.reset();
    open();
    for (auto& agent : agents_) agent.parked = agent.gone = nullptr;
    heard_.clear();
  }

  /// Each operation acts on the exchange now; what it adds to `heard_` is what the agent learns.
  void send(Agent& agent) {
    Draft draft;
    draft.sender = agent.name, draft.key = fresh("key"), draft.body = *draft.key;
    agent.unanswered.push_back(draft);
    send_again(agent);
  }
  void send_again(Agent& agent) {
    if (agent.unanswered.empty()) return;
    const Draft draft = agent.unanswered.back();
    const bool all = std::hash<std::string>{}(draft.body) % 8 == 0;
    std::vector<Party> to(kNames.begin(), kNames.end());
    if (!all) to = {kNames[std::hash<std::string>{}(draft.body) % 3]};
    const auto id = exchange_->send(draft, to);
    ASSERT_TRUE(id) << id.error().message;
    heard_.push_back([&agent, draft, id = *id, this] {
      std::erase_if(agent.unanswered, [&](const Draft& one) { return one.key == draft.key; });
      agent.answered.emplace_back(draft, id);
      accepted_.insert(id);
    });
  }
  void repeat_a_send(Agent& agent) {
    if (agent.answered.empty()) return;
    const auto& [draft, id] = agent.answered[roll(agent.answered.size())];
    const auto again = exchange_->send(draft, {kNames[0]});
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, id) << "stored twice for one key";
  }
  void begin(Agent& agent) {
    if (agent.ending) return end(agent, *agent.ending);
    // In an open turn this is an agent that was restarted: it knows nothing of that turn any more.
    agent.open = false, agent.parked = nullptr;
    agent.asked.clear(), agent.seen.clear();
    const auto begun = exchange_->turn_begin(agent.name);
    ASSERT_TRUE(begun);
    heard_.push_back([&agent, turn = begun->turn] { agent.turn = turn, agent.open = true; });
  }
  void end(Agent& agent, TurnEnd what) {
    agent.ending = what;
    const auto ended = exchange_->turn_end(agent.name, what, Time{1});
    ASSERT_TRUE(ended) << ended.error().message;
    heard_.push_back([&agent, what, this] {
      if (!agent.ending) return;
      if (what.ok) settled_.insert(agent.seen.begin(), agent.seen.end());
      agent.ending.reset(), agent.seen.clear(), agent.asked.clear();
      agent.open = false, agent.parked = nullptr;
    });
  }
  void end(Agent& agent) {
    if (agent.ending) return end(agent, *agent.ending);
    if (!agent.open) return;
    TurnEnd what;
    what.turn = agent.turn, what.ok = roll(2) == 0;
    for (const auto& [key, answered] : agent.asked)
      if (!answered) what.unseen.push_back(key);
    end(agent, what);
  }
  void recv(Agent& agent, std::optional<std::string> repeated = {}) {
    if (!agent.open || agent.ending || agent.parked) return;
    const auto key = repeated ? *repeated : fresh("recv");
    agent.asked.emplace(key, false);
    auto waiter = std::make_shared<Waiter>();
    waiter->owner = agent.name, waiter->key = key, waiter->most = 1 + std::int64_t(roll(3));
    const auto taken = exchange_->recv(waiter, roll(2) == 0 ? Exchange::Park::allowed : Exchange::Park::refused);
    ASSERT_TRUE(taken) << taken.error().message;
    if (*taken == Exchange::Taken::parked)
      heard_.push_back([&agent, waiter] { agent.parked = waiter; });
    else
      heard_.push_back([&agent, key, messages = waiter->messages, this] { see(agent, key, messages); });
  }
  void repeat_a_recv(Agent& agent) {
    if (agent.asked.empty()) return;
    recv(agent, std::next(agent.asked.begin(), std::ptrdiff_t(roll(agent.asked.size())))->first);
  }
  /// The agent goes away while it is parked, and does not know what it may have been given.
  void abandon(Agent& agent) {
    if (const auto late = std::exchange(agent.gone, nullptr)) {
      ASSERT_TRUE(exchange_->abandon(late));
      return;
    }
    if (!agent.parked) return;
    ASSERT_TRUE(exchange_->abandon(agent.parked));
    heard_.push_back([&agent] { agent.parked = nullptr; });
  }

  void see(Agent& agent, const std::string& key, const std::vector<Message>& messages) {
    agent.asked[key] = true;
    std::int64_t last = 0;
    for (const auto& message : messages) {
      EXPECT_GT(message.id, last) << "not oldest first";
      last = message.id;
      EXPECT_EQ(message.to, agent.name);
      EXPECT_EQ(settled_.count(message.id), 0u) << "handed out after it was settled";
      const auto place = agent.name + std::to_string(agent.turn) + key;
      const auto [where, first] = handed_.emplace(message.id, place);
      if (!first && where->second != place) {
        EXPECT_TRUE(message.redelivered) << "handed out twice without a mark";
        where->second = place;
      }
      agent.seen.insert(message.id);
    }
  }
  void hear(const News& news) {
    for (auto& tell : std::exchange(heard_, {})) tell();
    for (const auto& waiter : news.answered)
      for (auto& agent : agents_) {
        if (agent.parked != waiter) continue;
        agent.parked = nullptr;
        if (waiter->status && roll(3) == 0)
          agent.gone = waiter;
        else if (waiter->status)
          see(agent, *waiter->key, waiter->messages);
      }
  }

  void act(Agent& agent) {
    switch (roll(9)) {
      case 0:
      case 1: return send(agent);
      case 2: return send_again(agent);
      case 3: return repeat_a_send(agent);
      case 4: return agent.open ? end(agent) : begin(agent);
      case 5: return roll(8) == 0 ? begin(agent) : abandon(agent);
      case 6: return repeat_a_recv(agent);
      default: return recv(agent);
    }
  }
  /// One group; each agent at most once, because it waits for its answer.
  void step() {
    ASSERT_TRUE(exchange_->begin());
    for (auto& agent : agents_)
      if (roll(3) != 0) act(agent);
    switch (roll(20)) {
      case 0:  // before the commit
        return crash();
      case 1:  // the disk refuses
        heard_.clear();
        return exchange_->roll_back();
      default: break;
    }
    auto news = exchange_->commit();
    ASSERT_TRUE(news) << news.error().message;
    if (roll(20) == 0) return crash();  // after the commit, before anybody hears
    hear(*news);
  }

  /// Everything that is left, taken in one last turn each.
  std::set<std::int64_t> drain() {
    std::set<std::int64_t> left;
    for (auto& agent : agents_) {
      for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(exchange_->begin());
        begin(agent);  // at first it may have to repeat the end of its turn
        hear(*exchange_->commit());
      }
      for (bool more = true; more;) {
        EXPECT_TRUE(exchange_->begin());
        auto waiter = std::make_shared<Waiter>();
        waiter->owner = agent.name, waiter->key = fresh("drain"), waiter->most = 100;
        EXPECT_TRUE(exchange_->recv(waiter, Exchange::Park::refused));
        hear(*exchange_->commit());
        see(agent, *waiter->key, waiter->messages);
        for (const auto& message : waiter->messages) left.insert(message.id);
        more = !waiter->messages.empty();
      }
    }
    return left;
  }

  std::mt19937 random_{std::uint32_t(GetParam())};
  hive::testing::TemporaryFolder root_;
  std::unique_ptr<Exchange> exchange_;
  std::vector<Agent> agents_;
  std::vector<std::function<void()>> heard_;
  std::set<std::int64_t> accepted_, settled_;
  std::map<std::int64_t, std::string> handed_;  // the recv that showed it last
  int counter_ = 0;
};

TEST_P(TortureTest, NothingIsLostOrDoubled) {
  for (int i = 0; i < kSteps && !HasFailure(); ++i) step();
  crash();
  const auto left = drain();
  exchange_.reset();
  auto database = sqlite::Database::open(
      {.file = root_.path() / "broker.sqlite", .owner = "test", .access = sqlite::Access::read_only});
  ASSERT_TRUE(database);
  EXPECT_EQ(**database->integer("SELECT count(*) FROM messages"),
            **database->integer("SELECT count(DISTINCT body || '/' || owner) FROM messages"));
  std::set<std::int64_t> dead;
  auto rows = database->query("SELECT id FROM messages WHERE state = 3");
  while (rows.next()) dead.insert(rows.integer(0));
  EXPECT_GT(accepted_.size(), 100u);
  for (const auto id : accepted_)
    EXPECT_EQ(settled_.count(id) + left.count(id) + dead.count(id), 1u) << "message " << id << " is lost";
}

INSTANTIATE_TEST_SUITE_P(Seeds, TortureTest, ::testing::Range(1, 5));

}  // namespace
}  // namespace hive::broker
