#include <hive/sdk/contracts/files.hpp>
#include <hive/sdk/contracts/lifecycle.hpp>
#include <hive/sdk/contracts/turns.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "testing/commands_fixture.hpp"

namespace hive::host::cli {
namespace {

using lifecycle::kSpawn;
using lifecycle::kStart;
using lifecycle::kStop;
using lifecycle::kTransientCleared;
using lifecycle::Transient;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST_F(CommandsTest, SendTakesItsPlacesAndSetsAKey) {
  host_.answer(broker::kSend, {12});
  start();
  const auto ran = run({"send", "manager", "list"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "Sent as message 12.\n");
  EXPECT_THAT(calls(), ElementsAre(MatchesRegex(R"(broker.send ..to.:.manager.,.body.:.list.,.key.:.cli-.*)")));
}

TEST_F(CommandsTest, RowsThatAListLacksAreNamedOnStandardError) {
  const Unreadable lost{"8", "kind should hold a number that this program knows"};
  const broker::Entry entry{message_of(7, "alice", "operator", "hello"), broker::State::settled};
  host_.answer(broker::kRecent, {.messages = {entry}, .unreadable = {{lost}}});
  start();
  for (const auto& words : {std::vector<std::string>{"broker", "recent"}, {"inbox"}}) {
    const auto ran = run(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("hello"), Not(HasSubstr("unreadable"))));
    EXPECT_EQ(ran.err,
              "hive-c0re: rows that cannot be read are left out: 8 (kind should hold a number that this program "
              "knows)\n");
  }
}

TEST_F(CommandsTest, AFileIsPrintedWholeAndHarmless) {
  host_.answer(files::kRead, [](files::Read what) -> Result<files::File> {
    files::File file{.path = "/shared/a.md", .text = "one\ntw", .bytes = 11, .modified = kNoon, .next = 6};
    if (what.offset == 6) file.text = "o\x1b[1m", file.next.reset();
    return file;
  });
  start();
  const auto ran = run({"files", "read", "/shared/a.md"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "one\ntwo␛[1m\n");
  const auto json = run({"--json", "files", "read", "/shared/a.md"});
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"("text":"one\ntwo\u001b[1m")"), Not(HasSubstr("next"))));
}

TEST_F(CommandsTest, AFileThatIsWrittenMeanwhileIsNotMixed) {
  host_.answer(files::kRead, [](files::Read what) -> Result<files::File> {
    return files::File{
        .path = "/shared/a.md", .text = "one", .bytes = what.offset == 6 ? 12 : 11, .modified = kNoon, .next = 6};
  });
  start();
  const auto ran = run({"files", "read", "/shared/a.md"});
  EXPECT_NE(ran.code, 0);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("files.read: what is read was changed meanwhile; ask again"));
}

TEST_F(CommandsTest, ASendWhoseAnswerWasLostIsRepeatedUnderItsKey) {
  bool lost = false;
  host_.by_method["broker.send"] = [&](const FakeHost::Call& call) {
    if (!std::exchange(lost, true)) return host_.hang_up(call);
    host_.reply(call, broker::kSend, {12});
  };
  start();
  const auto ran = run({"send", "manager", "hello"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto asked = calls();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0], asked[1]);
}

TEST_F(CommandsTest, WhatHasNoKeyIsNotRepeated) {
  host_.by_method["turns.pause"] = [this](const FakeHost::Call& call) { host_.hang_up(call); };
  start();
  const auto ran = run({"turns", "pause"});
  EXPECT_EQ(ran.code, 69);
  EXPECT_THAT(ran.err, HasSubstr("whether the call was carried out is unknown"));
  EXPECT_EQ(calls().size(), 1u);
}

TEST_F(CommandsTest, AHostThatComesUpAfterItsMethodsWereAskedForIsCalled) {
  host_.answer(broker::kSend, {12});
  start();
  const auto methods = Catalog::built_in();
  const Globals globals{.root = root_};
  ::testing::internal::CaptureStdout();
  const auto code = run_method(*methods.by_name("broker.send"), "send", {globals, {"manager", "hello"}}, nullptr);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "Sent as message 12.\n");
  ASSERT_TRUE(code) << code.error().message;
  EXPECT_EQ(*code, 0);
}

TEST_F(CommandsTest, WithoutAHostACommandSaysSo) {
  const auto methods = Catalog::built_in();
  const Globals globals{.root = root_};
  const auto code = run_method(*methods.by_name("broker.send"), "send", {globals, {"manager", "hello"}}, nullptr);
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, Code::unavailable);
}

TEST_F(CommandsTest, JsonIsTheResultOnOneLine) {
  host_.answer(broker::kSend, {12});
  start();
  EXPECT_EQ(run({"send", "manager", "hello", "--json"}).out, "{\"id\":12}\n");
}

TEST_F(CommandsTest, AnErrorOfTheHostIsASentenceAndAnExitCode) {
  host_.answer(broker::kSend, [](const broker::Send&) -> Result<broker::Sent> {
    return error(Code::not_found, "no mailbox \"bob\"");
  });
  start();
  auto ran = run({"send", "bob", "hello"});
  EXPECT_EQ(ran.code, 66);
  EXPECT_EQ(ran.err, "hive-c0re: no mailbox \"bob\"\n");
  ran = run({"--json", "send", "bob", "hello"});
  EXPECT_EQ(ran.code, 66);
  EXPECT_EQ(ran.err, "{\"error\":{\"code\":\"not_found\",\"message\":\"no mailbox \\\"bob\\\"\"}}\n");
}

TEST_F(CommandsTest, AnActionIsWatchedToItsEnd) {
  host_.answer(page::kSubscribe, {"e-0"});
  host_.by_method["lifecycle.spawn"] = [this](const FakeHost::Call& call) {
    host_.reply(call, kSpawn, {"alice", Transient::spawning});
    host_.publish(call, kTransientCleared, {.name = "bob", .action = Transient::spawning});
    host_.publish(call, kTransientCleared, {.name = "alice", .action = Transient::stopping});
    host_.publish(call, kTransientCleared,
                  {.name = "alice", .action = Transient::spawning, .ok = false, .error = "no space left"});
  };
  start();
  const auto ran = run({"spawn", "alice"});
  EXPECT_EQ(ran.code, 70);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "alice: spawning …\nhive-c0re: alice: spawning failed: no space left\n");
}

TEST_F(CommandsTest, NoWaitEndsWithTheAcceptance) {
  host_.answer(kStart, {"alice", Transient::starting});
  start();
  const auto ran = run({"start", "--no-wait", "alice"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(calls(), ElementsAre(R"(lifecycle.start {"name":"alice"})"));
}

TEST_F(CommandsTest, AnActionThatEndsWellIsASentence) {
  host_.answer(page::kSubscribe, {"e-0"});
  host_.by_method["lifecycle.stop"] = [this](const FakeHost::Call& call) {
    host_.reply(call, kStop, {"alice", Transient::stopping});
    host_.publish(call, kTransientCleared, {.name = "alice", .action = Transient::stopping});
  };
  start();
  const auto ran = run({"kill", "alice"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "alice was stopped.\n");
}

TEST_F(CommandsTest, TheEndOfTheHostUnderAnActionIsSaid) {
  host_.answer(page::kSubscribe, {"e-0"});
  host_.by_method["lifecycle.stop"] = [this](const FakeHost::Call& call) {
    host_.reply(call, kStop, {"alice", Transient::stopping});
    host_.hang_up(call);
  };
  start();
  const auto ran = run({"kill", "alice"});
  EXPECT_EQ(ran.code, 69);
  EXPECT_THAT(ran.err, HasSubstr("alice: its end was not seen (the host has ended"));
}

TEST_F(CommandsTest, ListsAreTables) {
  const lifecycle::Container manager{.name = "manager",
                                     .incarnation = "0",
                                     .role = lifecycle::Role::manager,
                                     .state = runtime::State::running,
                                     .desired = lifecycle::Desired::running,
                                     .since = kNoon,
                                     .status = "thinking\x1b[2J",
                                     .turn = 4,
                                     .model = "haiku",
                                     .sandbox = runtime::SandboxLevel{runtime::Sandbox::full, {}}};
  const lifecycle::Container alice{.name = "alice",
                                   .incarnation = "1",
                                   .state = runtime::State::stopped,
                                   .desired = lifecycle::Desired::running,
                                   .since = kNoon,
                                   .needs_login = true,
                                   .reason = "it exited with 1"};
  host_.answer(lifecycle::kList, {{manager, alice}});
  start();
  const auto ran = run({"list"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("NAME     STATE    DOING"), HasSubstr("thinking␛[2J"), HasSubstr("full"),
                             HasSubstr("needed  it exited with 1"), Not(HasSubstr("ACTION"))));
}

TEST_F(CommandsTest, RolesAndVerbsComeFromTheTable) {
  host_.answer(broker::kDepth, {{{.owner = "alice", .queued = 2, .dead = 1}}});
  host_.answer(turns::kPause, None{});
  start();
  EXPECT_EQ(run({"broker", "depth"}).out, "OWNER  QUEUED  LEASED  DEAD\nalice  2       0       1\n");
  EXPECT_EQ(run({"turns", "pause"}).out, "done\n");
  EXPECT_THAT(run({"broker"}).out, AllOf(HasSubstr("dead_letters"), Not(HasSubstr("turn_begin"))));
  EXPECT_THAT(run({"broker", "requeue", "--help"}).out, HasSubstr("Queues a dead letter again"));
}

TEST_F(CommandsTest, WrongWordsGetTheNearest) {
  start();
  auto ran = run({"spwan", "alice"});
  EXPECT_EQ(ran.code, 64);
  EXPECT_EQ(ran.err, "hive-c0re: no command \"spwan\"; did you mean spawn?\n");
  ran = run({"broker", "serch", "x"});
  EXPECT_EQ(ran.code, 64);
  EXPECT_THAT(ran.err, HasSubstr("did you mean search?"));
  EXPECT_EQ(run({"send", "manager"}).code, 64);
  EXPECT_EQ(run({"send", "manager", "a", "b"}).code, 64);
}

TEST_F(CommandsTest, AKnownWordWhosePluginIsAwayIsNoTypo) {
  offered_ = "host.";
  start();
  const auto ran = run({"list"});
  EXPECT_EQ(ran.code, 69);
  EXPECT_THAT(ran.err, HasSubstr("no running plugin answers lifecycle.list"));
  EXPECT_EQ(run({"broker", "depth"}).code, 69);
}

TEST_F(CommandsTest, TellsItsVersion) {
  EXPECT_THAT(run({"--version"}).out, MatchesRegex("hive-c0re [0-9.]+, plugin ABI [0-9.]+\n"));
}

TEST_F(CommandsTest, WithoutAHostHelpWorksAndCallsSayWhatToDo) {
  EXPECT_THAT(run({"--help"}).out, AllOf(HasSubstr("First steps"), HasSubstr("spawn NAME"), HasSubstr("broker")));
  EXPECT_EQ(run({"send", "--help"}).code, 0);
  EXPECT_EQ(run({"send"}).code, 64);
  const auto ran = run({"list"});
  EXPECT_EQ(ran.code, 69);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("no host runs on " + root_.string()), HasSubstr("./hive up")));
}

TEST_F(CommandsTest, HelpOfAVerbIsThatOfTheVerb) {
  EXPECT_EQ(run({"help", "send"}).out, run({"send", "--help"}).out);
  EXPECT_EQ(run({"help", "broker", "requeue"}).out, run({"broker", "requeue", "--help"}).out);
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
}

TEST_F(CommandsTest, TextThatIsNotUtf8IsRefusedAtOnce) {
  host_.answer(broker::kSend, {12});
  start();
  const auto ran = run({"send", "manager", "\xff"});
  EXPECT_EQ(ran.code, 64);
  EXPECT_THAT(ran.err, HasSubstr("not UTF-8"));
  EXPECT_THAT(calls(), IsEmpty());
}

TEST_F(CommandsTest, AnEmptyInboxNamesWhoseMailWasLookedFor) {
  host_.answer(broker::kRecent, {});
  start();
  EXPECT_THAT(run({"inbox"}).out, HasSubstr("no mail for the operator yet"));
  EXPECT_THAT(run({"inbox", "--with", "alise"}).out, HasSubstr("no mail from alise for the operator yet"));
}

TEST_F(CommandsTest, WhateverListsMessagesShowsThem) {
  const auto words = entry_of(9, "alice", "bob", "the words");
  host_.answer(broker::kRecent, {.messages = {words}});
  host_.answer(broker::kSearch, {.messages = {words}});
  host_.answer(broker::kDeadLetters, {.messages = {words}});
  start();
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"broker", "recent", "*"}, {"broker", "search", "words"}, {"broker", "dead_letters"}}) {
    const auto ran = run(command);
    EXPECT_THAT(ran.out, MatchesRegex("ID +FROM +TO +.*\n9 +alice +bob .*the words\n(\n.*)?")) << command[1] << ran.err;
  }
}

TEST_F(CommandsTest, TextThatLooksLikeAnOptionNamesTheDashes) {
  host_.answer(broker::kSend, {12});
  start();
  for (const auto* text : {"--dry-run x", "-x", "--sent"}) {
    const auto ran = run({"send", "alice", text});
    EXPECT_EQ(ran.code, 64) << text;
    EXPECT_THAT(ran.err,
                HasSubstr(std::string("\"") + text + "\" begins with a dash, so put `--` before it if it is text"));
    EXPECT_EQ(run({"send", "alice", "--", text}).code, 0) << text;
  }
  EXPECT_THAT(run({"inbox", "--folow"}).err, Not(HasSubstr("`--`"))) << "it takes no text";
  EXPECT_THAT(run({"send", "alice"}).err, Not(HasSubstr("`--`")));
}

TEST_F(CommandsTest, CallIsRawAndIndented) {
  host_.by_method["host.info"] = [this](const FakeHost::Call& call) {
    host_.reply(call, R"({"pid":4,"epoch":"x"})");  // as it is, so in this order and without the rest
  };
  start();
  EXPECT_EQ(run({"call", "host.info"}).out, "{\n  \"pid\": 4,\n  \"epoch\": \"x\"\n}\n");
  EXPECT_EQ(run({"call", "host.info", "[1]"}).code, 64);
  EXPECT_EQ(run({"call", "no.such"}).code, 64);
}

TEST_F(CommandsTest, CompletionKnowsCommandsVerbsOptionsAndAgents) {
  host_.answer(lifecycle::kList, {{{.name = "alice", .incarnation = "1", .since = kNoon}}});
  host_.answer(host_api::kEvents, {{{.topic = "turns.changed", .plugin = "turns", .audience = {"operator"}}}});
  start();
  EXPECT_THAT(run({"__complete", "--", ""}).out,
              AllOf(HasSubstr("send\n"), HasSubstr("broker\n"), HasSubstr("inbox\n")));
  EXPECT_THAT(run({"__complete", "--", "broker", ""}).out, HasSubstr("requeue\n"));
  EXPECT_EQ(run({"__complete", "--", "destroy", ""}).out, "--force\n--purge\nalice\n");
  EXPECT_EQ(run({"__complete", "--", "destroy", "alice", "-"}).out, "--force\n--purge\n");
  EXPECT_THAT(run({"__complete", "--", "turns", "command", "alice", ""}).out, HasSubstr("new_session\n"));
  EXPECT_THAT(run({"__complete", "--", "help", "broker", ""}).out, HasSubstr("requeue\n"));
  EXPECT_EQ(run({"__complete", "--", "events", "--follow", "tur"}).out, "turns.changed\n");
  EXPECT_EQ(run({"__complete", "--", "completion", ""}).out, "bash\nfish\nzsh\n");
  EXPECT_THAT(run({"completion", "bash"}).out, HasSubstr("complete -o default -F"));
  EXPECT_EQ(run({"completion", "tcsh"}).code, 64);
}

}  // namespace
}  // namespace hive::host::cli
