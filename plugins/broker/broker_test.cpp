#include "testing/broker_fixture.hpp"

namespace hive::broker {
namespace {

class BrokerTest : public BrokerFixture {};

TEST_F(BrokerTest, AMessageIsTakenInATurnAndSettledByItsEnd) {
  const auto id = sent(kAlice, "bob", "hello");
  const auto turn = begin_turn(kBob);
  const auto messages = received(kBob);
  ASSERT_THAT(messages, ElementsAre(HasBody("hello")));
  EXPECT_EQ(messages[0].id, id);
  EXPECT_EQ(messages[0].from, "alice");
  EXPECT_EQ(messages[0].kind, Kind::agent);
  EXPECT_FALSE(messages[0].redelivered);
  EXPECT_EQ(depth_of("bob").leased, 1);
  end_turn(kBob, turn, "ok");
  EXPECT_EQ(depth_of("bob").leased, 0);
  EXPECT_THAT(host_->published(kSettled), ::testing::SizeIs(1));
}

TEST_F(BrokerTest, WithoutATurnNothingIsHandedOut) {
  sent(kAlice, "bob", "hello");
  auto got = recv(kBob);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::conflict);
  end_turn(kBob, begin_turn(kBob), "ok");
  EXPECT_FALSE(recv(kBob)) << "the turn is over";
}

TEST_F(BrokerTest, ATurnThatFailsGivesItsMessagesBackMarked) {
  sent(kAlice, "bob", "one"), sent(kAlice, "bob", "two");
  const auto turn = begin_turn(kBob);
  EXPECT_THAT(received(kBob), ElementsAre(HasBody("one"), HasBody("two")));
  end_turn(kBob, turn, "failed");
  begin_turn(kBob);
  EXPECT_THAT(received(kBob), ElementsAre(IsRedelivered(true), IsRedelivered(true)));
}

TEST_F(BrokerTest, BeginningATurnAnewReturnsTheLeasesOfTheOpenOne) {
  sent(kAlice, "bob", "one");
  begin_turn(kBob);
  EXPECT_THAT(received(kBob), ElementsAre(IsRedelivered(false)));
  const auto begun = host_->call(kBob, kTurnBegin, None{});
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->returned, 1);
  EXPECT_THAT(received(kBob), ElementsAre(IsRedelivered(true)));
}

TEST_F(BrokerTest, TheEndOfATurnMayBeRepeatedAndTheFirstCounts) {
  sent(kAlice, "bob", "one");
  const auto turn = begin_turn(kBob);
  received(kBob);
  end_turn(kBob, turn, "ok");
  end_turn(kBob, turn, "failed");
  begin_turn(kBob);
  EXPECT_THAT(received(kBob), IsEmpty());
  end_turn(kBob, turn, "ok");
  TurnEnd never;
  never.turn = 99;
  EXPECT_EQ(host_->call(kBob, kTurnEnd, never).error().code, Code::not_found);
}

TEST_F(BrokerTest, LeasesSurviveARestart) {
  sent(kAlice, "bob", "one");
  const auto turn = begin_turn(kBob);
  EXPECT_THAT(received(kBob, "k1"), ElementsAre(IsRedelivered(false)));
  restart();
  EXPECT_THAT(received(kBob), IsEmpty());
  EXPECT_THAT(received(kBob, "k1"), ElementsAre(HasBody("one"))) << "a repeat with its key";
  EXPECT_THAT(received(kBob, "k1"), ElementsAre(IsRedelivered(false)));
  end_turn(kBob, turn, "ok");
  EXPECT_EQ(depth_of("bob").leased, 0);
}

TEST_F(BrokerTest, WhatNobodySawGoesBackEvenWhenTheTurnWentWell) {
  sent(kAlice, "bob", "seen");
  const auto turn = begin_turn(kBob);
  received(kBob, "k1");
  sent(kAlice, "bob", "unseen");
  received(kBob, "k2");
  end_turn(kBob, turn, "ok", {"k2"});
  begin_turn(kBob);
  EXPECT_THAT(received(kBob), ElementsAre(HasBody("unseen")));
}

TEST_F(BrokerTest, FiveFailedTurnsMakeADeadLetterThatCanBeQueuedAgain) {
  const auto id = sent(kAlice, "bob", "poison");
  for (int i = 0; i < 5; ++i) {
    const auto turn = begin_turn(kBob);
    EXPECT_THAT(received(kBob), ElementsAre(HasBody("poison"))) << i;
    end_turn(kBob, turn, "failed");
  }
  begin_turn(kBob);
  EXPECT_THAT(received(kBob), IsEmpty());
  EXPECT_THAT(host_->published(kDead), ::testing::SizeIs(1));
  auto dead = host_->call("operator", kDeadLetters, ReadDead{});
  ASSERT_TRUE(dead);
  ASSERT_EQ(dead->messages.size(), 1u);
  EXPECT_EQ(dead->messages[0].message.id, id);
  EXPECT_EQ(dead->messages[0].died, Died::failed);
  EXPECT_EQ(depth_of("bob").dead, 1);

  const MessageRef ref{id};
  ASSERT_TRUE(host_->call("operator", kRequeue, ref));
  EXPECT_EQ(host_->call("operator", kRequeue, ref).error().code, Code::conflict);
  EXPECT_EQ(host_->call("operator", kRequeue, MessageRef{4'711}).error().code, Code::not_found);
  EXPECT_THAT(received(kBob), ElementsAre(IsRedelivered(true)));
}

TEST_F(BrokerTest, AKeyStoresOnceAlsoAfterARestart) {
  const auto first = sent(kAlice, "bob", "once", "k");
  EXPECT_EQ(sent(kAlice, "bob", "once", "k"), first);
  EXPECT_NE(sent("manager", "bob", "mine", "k"), first) << "a key is its sender's own";
  restart();
  EXPECT_EQ(sent(kAlice, "bob", "once", "k"), first);
  EXPECT_EQ(depth_of("bob").queued, 2);
}

TEST_F(BrokerTest, ARepeatIsAnsweredEvenWhenTheFirstWouldBeRefusedByNow) {
  const auto first = sent(kAlice, "bob", "once", "k");
  host_->emit(lifecycle::kContainerRemoved, lifecycle::Gone{.name = "bob"});
  containers_ = {{container("manager"), container("alice")}};
  host_->settle();
  EXPECT_EQ(send(kAlice, "bob", "other").error().code, Code::not_found);
  EXPECT_EQ(sent(kAlice, "bob", "once", "k"), first);
}

TEST_F(BrokerTest, AStarIsOneMessageForEachAgentButTheSender) {
  const auto first = sent(kAlice, "*", "all", "k");
  EXPECT_EQ(depth_of("bob").queued, 1);
  EXPECT_EQ(depth_of("manager").queued, 1);
  EXPECT_EQ(depth_of("alice").queued, 0);
  restart();
  EXPECT_EQ(sent(kAlice, "*", "all", "k"), first);
  EXPECT_EQ(depth_of("bob").queued, 1);
}

TEST_F(BrokerTest, AnUnknownRecipientIsToldWhoIsKnown) {
  auto refused = send(kAlice, "carol", "hello");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::not_found);
  EXPECT_THAT(refused.error().message, HasSubstr("alice, bob, manager, operator"));
}

TEST_F(BrokerTest, AnAgentThatWasJustSpawnedIsAskedFor) {
  containers_.containers.push_back(container("carol"));
  sent(kAlice, "carol", "welcome");
}

TEST_F(BrokerTest, WhileTheRosterIsUnknownNobodyIsRefusedForGood) {
  host_->unload();
  lifecycle_there_ = false;
  start();
  EXPECT_EQ(send(kAlice, "bob", "hello").error().code, Code::unavailable);
  EXPECT_EQ(send(kAlice, "*", "hello").error().code, Code::unavailable);
  sent(kAlice, "operator", "hello"), sent("operator", "manager", "hello");
}

TEST_F(BrokerTest, AnAgentWritesToWhomItsConfigurationAllows) {
  active_ = [](const std::string& name) {
    std::vector<std::string> allowed;
    if (name == "alice") allowed = {"operator"};
    return runtime::Active{"1", "1", allowed};
  };
  auto refused = send(kAlice, "bob", "hello");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::forbidden);
  EXPECT_THAT(refused.error().message, HasSubstr("alice may not write to bob; send it to manager"));
  EXPECT_EQ(send(kAlice, "*", "hello").error().code, Code::forbidden);
  sent(kAlice, "operator", "hello"), sent(kAlice, "manager", "hello");
  sent(kBob, "alice", "hello"), sent("operator", "bob", "hello"), sent("plugin:lifecycle", "bob", "hello");
  EXPECT_EQ(depth_of("bob").queued, 2);
  EXPECT_EQ(asked_for_rules_, 2) << "once an agent";

  active_ = [](const std::string&) { return runtime::Active{"2", "2", std::vector<std::string>{}}; };
  auto rebuilt = container("alice");
  rebuilt.deployed_sha = "2";
  host_->emit(lifecycle::kContainerChanged, lifecycle::ContainerEvent{rebuilt});
  host_->settle();
  sent(kAlice, "bob", "hello");
}

TEST_F(BrokerTest, WhoseConfigurationCannotBeReadWritesToNobody) {
  active_ = [](const std::string&) -> Result<runtime::Active> {
    return error(Code::internal, "settings.json: damaged");
  };
  auto refused = send(kAlice, "bob", "hello");
  EXPECT_EQ(refused.error().code, Code::forbidden);
  EXPECT_THAT(refused.error().message, HasSubstr("settings.json: damaged"));
  active_ = [](const std::string&) { return runtime::Active{}; };
  EXPECT_EQ(send(kAlice, "bob", "hello").error().code, Code::forbidden);
  active_ = [](const std::string&) -> Result<runtime::Active> { return error(Code::unavailable, "it restarts"); };
  EXPECT_EQ(send(kAlice, "bob", "hello").error().code, Code::unavailable);
  EXPECT_EQ(depth_of("bob").queued, 0);
}

TEST_F(BrokerTest, MailForTheOperatorIsSettledAtOnce) {
  sent(kAlice, "operator", "done");
  auto inbox = host_->call("operator", kRecent, Recent{});
  ASSERT_TRUE(inbox);
  ASSERT_EQ(inbox->messages.size(), 1u);
  EXPECT_EQ(inbox->messages[0].state, State::settled);
}

TEST_F(BrokerTest, ALongBodyIsRefusedWithTheWayOut) {
  auto refused = send(kAlice, "bob", std::string(1'025, 'x'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::too_large);
  EXPECT_THAT(refused.error().message, HasSubstr("/shared/alice/"));
  sent(kAlice, "bob", std::string(1'024, 'x'));
  sent("plugin:lifecycle", "bob", std::string(16'384, 'x'));
  EXPECT_EQ(send("plugin:lifecycle", "bob", std::string(16'385, 'x')).error().code, Code::too_large);
}

TEST_F(BrokerTest, TheLimitsThatItGivesAreThoseThatItHolds) {
  start(R"({"body_bytes":2000})");
  const None nothing;
  for (const std::string who : {"operator", "manager", "agent:alice", "plugin:lifecycle"}) {
    const auto limits = host_->call(who, kLimits, nothing);
    ASSERT_TRUE(limits) << who;
    const auto most = std::size_t(limits->body_bytes);
    EXPECT_EQ(most, who == "plugin:lifecycle" ? 16'384u : 2'000u) << who;
    sent(who, "bob", std::string(most, 'x'));
    EXPECT_EQ(send(who, "bob", std::string(most + 1, 'x')).error().code, Code::too_large) << who;
  }
}

TEST_F(BrokerTest, PluginsSendAsSystemAndTheBodySaysWhichKind) {
  sent("plugin:questions", "bob", R"({"event":"question_asked"})", "k");
  sent("plugin:reminders", "bob", R"({"event":"reminder"})", "k");
  sent("plugin:lifecycle", "bob", R"({"event":"kicked"})", "k");
  begin_turn(kBob);
  const auto messages = received(kBob);
  ASSERT_EQ(messages.size(), 3u) << "each plugin has keys of its own";
  EXPECT_EQ(messages[0].kind, Kind::question);
  EXPECT_EQ(messages[1].kind, Kind::reminder);
  EXPECT_EQ(messages[2].kind, Kind::system);
  EXPECT_EQ(messages[2].from, "system");
}

TEST_F(BrokerTest, OnlyTheOperatorReadsTheMailOfOthers) {
  sent(kAlice, "bob", "secret");
  Recent of_bob;
  of_bob.of = "bob";
  EXPECT_EQ(host_->call(kAlice, kRecent, of_bob).error().code, Code::forbidden);
  EXPECT_EQ(host_->call("operator", kRecent, of_bob)->messages.size(), 1u);
  EXPECT_EQ(host_->call(kBob, kRecent, Recent{})->messages.size(), 1u);
  EXPECT_EQ(host_->call("manager", kRecent, Recent{})->messages.size(), 0u);
}

TEST_F(BrokerTest, FileRulesHold) {
  const auto own = root_.path() / "agents/alice/state";
  const auto shared = root_.path() / "shared/alice";
  std::filesystem::create_directories(own), std::filesystem::create_directories(shared);
  std::ofstream(own / "notes.md") << "n";
  std::ofstream(shared / "plan.md") << "p";
  std::filesystem::create_symlink("/etc/passwd", shared / "link");
  const auto with_file = [&](const std::string& to, const std::string& file) {
    Send what;
    what.to = to, what.body = "see", what.file = file;
    auto done = host_->call(kAlice, kSend, what);
    return done ? Code::ok : done.error().code;
  };
  EXPECT_EQ(with_file("bob", "/shared/alice//plan.md"), Code::ok);
  EXPECT_EQ(with_file("bob", (shared / "plan.md").string()), Code::ok);
  EXPECT_EQ(with_file("operator", "/agents/alice/state/notes.md"), Code::ok);
  EXPECT_EQ(with_file("bob", "/agents/alice/state/notes.md"), Code::forbidden);
  EXPECT_EQ(with_file("*", "/agents/alice/state/notes.md"), Code::forbidden);
  EXPECT_EQ(with_file("operator", "/agents/bob/state/notes.md"), Code::forbidden);
  EXPECT_EQ(with_file("operator", "/state/notes.md"), Code::invalid_params);
  EXPECT_EQ(with_file("bob", "plan.md"), Code::invalid_params);
  EXPECT_EQ(with_file("bob", "/shared/alice/../../etc/passwd"), Code::invalid_params);
  EXPECT_EQ(with_file("bob", "/shared/alice/link"), Code::forbidden);
  EXPECT_EQ(with_file("bob", "/shared/alice/gone.md"), Code::not_found);
  EXPECT_EQ(with_file("bob", "/shared/alice"), Code::forbidden);
  begin_turn(kBob);
  const auto messages = received(kBob);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].file, "/shared/alice/plan.md");
  EXPECT_EQ(messages[1].file, "/shared/alice/plan.md");
}

TEST_F(BrokerTest, SearchFollowsWithinASecondAndFindsWords) {
  sent(kAlice, "bob", "the fern needs water");
  sent(kBob, "alice", "the moss does not");
  const auto find = [&](const std::string& text) {
    Search what;
    what.text = text;
    auto found = host_->call("operator", kSearch, what);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : Found{};
  };
  const auto level = [&] {
    host_->advance(1s);
    return find("the").messages.size() == 2;
  };
  ASSERT_TRUE(in_steps(level));
  EXPECT_EQ(find("the").behind, 0);
  EXPECT_EQ(find("water fern").messages.size(), 1u);
  EXPECT_EQ(find("water moss").messages.size(), 0u);
  EXPECT_EQ(find("\"fern -x OR *").messages.size(), 0u) << "no operators";
  Recent of_all;
  of_all.of = "*";
  EXPECT_EQ(host_->call("operator", kRecent, of_all)->messages.size(), 2u);
  EXPECT_EQ(host_->call(kAlice, kRecent, Recent{})->messages.size(), 2u) << "from the index";
  sent(kAlice, "bob", "newest");
  auto recent = host_->call(kAlice, kRecent, Recent{});
  ASSERT_EQ(recent->messages.size(), 3u) << "what the index does not have yet too";
  EXPECT_EQ(recent->messages[0].message.body, "newest");
}

TEST_F(BrokerTest, TheLogStaysLaidOutWhileTheHostIsAway) {
  sent(kAlice, "bob", "hello");
  host_->unload();
  EXPECT_GE(std::filesystem::file_size(root_.path() / "broker.sqlite-wal"), kLogBytes);
}

}  // namespace
}  // namespace hive::broker
