#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "commands_test_fixture.hpp"

namespace hive::host::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST_F(CommandsTest, SendTakesItsPlacesAndSetsAKey) {
  host_.answer("broker.send", R"({"id":12})");
  host_.start();
  const auto ran = run({"send", "manager", "list"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "Sent as message 12.\n");
  EXPECT_THAT(host_.calls(), ElementsAre(MatchesRegex(R"(broker.send ..to.:.manager.,.body.:.list.,.key.:.cli-.*)")));
}

TEST_F(CommandsTest, RowsThatAListLacksAreNamedOnStandardError) {
  const std::string entries =
      R"({"messages":[{"message":{"id":7,"from":"alice","to":"operator","kind":"agent","body":"hello",)"
      R"("sent_at":"2026-05-01T12:00:00.000Z"},"state":"settled"}],)"
      R"("unreadable":[{"id":"8","why":"kind should hold a number that this program knows"}]})";
  host_.answer("broker.recent", entries);
  host_.start();
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
  host_.answer("files.read", [](const std::string& params) {
    const std::string file = R"({"path":"/shared/a.md","bytes":11,"modified":"2026-05-01T12:00:00.000Z","text":)";
    return file + (params.find(R"("offset":6)") == params.npos ? R"("one\ntw","next":6})" : R"("o\u001b[1m"})");
  });
  host_.start();
  const auto ran = run({"files", "read", "/shared/a.md"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "one\ntwo␛[1m\n");
  const auto json = run({"--json", "files", "read", "/shared/a.md"});
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"("text":"one\ntwo\u001b[1m")"), Not(HasSubstr("next"))));
}

TEST_F(CommandsTest, AFileThatIsWrittenMeanwhileIsNotMixed) {
  host_.answer("files.read", [](const std::string& params) {
    const bool rest = params.find(R"("offset":6)") != params.npos;
    return R"({"path":"/shared/a.md","text":"one","next":6,"modified":"2026-05-01T12:00:00.000Z","bytes":)" +
           std::string(rest ? "12}" : "11}");
  });
  host_.start();
  const auto ran = run({"files", "read", "/shared/a.md"});
  EXPECT_NE(ran.code, 0);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("files.read: what is read was changed meanwhile; ask again"));
}

TEST_F(CommandsTest, ASendWhoseAnswerWasLostIsRepeatedUnderItsKey) {
  bool lost = false;
  host_.answer("broker.send", [&](const std::string&) {
    if (!std::exchange(lost, true)) host_.close_after_reply();
    return host_.closes() ? "" : R"({"id":12})";
  });
  host_.start();
  const auto ran = run({"send", "manager", "hello"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto calls = host_.calls();
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0], calls[1]);
}

TEST_F(CommandsTest, WhatHasNoKeyIsNotRepeated) {
  host_.answer("turns.pause", [&](const std::string&) {
    host_.close_after_reply();
    return "";
  });
  host_.start();
  const auto ran = run({"turns", "pause"});
  EXPECT_EQ(ran.code, 69);
  EXPECT_THAT(ran.err, HasSubstr("whether the call was carried out is unknown"));
  EXPECT_EQ(host_.calls().size(), 1u);
}

TEST_F(CommandsTest, AHostThatComesUpAfterItsMethodsWereAskedForIsCalled) {
  host_.answer("broker.send", R"({"id":12})");
  host_.start();
  const auto methods = Catalog::built_in();
  const Globals globals{.root = host_.root()};
  ::testing::internal::CaptureStdout();
  const auto code = run_method(*methods.by_name("broker.send"), "send", {globals, {"manager", "hello"}}, nullptr);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "Sent as message 12.\n");
  ASSERT_TRUE(code) << code.error().message;
  EXPECT_EQ(*code, 0);
}

TEST_F(CommandsTest, WithoutAHostACommandSaysSo) {
  const auto methods = Catalog::built_in();
  const Globals globals{.root = host_.root()};
  const auto code = run_method(*methods.by_name("broker.send"), "send", {globals, {"manager", "hello"}}, nullptr);
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, Code::unavailable);
}

TEST_F(CommandsTest, JsonIsTheResultOnOneLine) {
  host_.answer("broker.send", R"({"id":12})");
  host_.start();
  EXPECT_EQ(run({"send", "manager", "hello", "--json"}).out, "{\"id\":12}\n");
}

TEST_F(CommandsTest, AnErrorOfTheHostIsASentenceAndAnExitCode) {
  host_.answer("broker.send", R"(!{"code":-32003,"message":"no mailbox \"bob\"","data":{"code":"not_found"}})");
  host_.start();
  auto ran = run({"send", "bob", "hello"});
  EXPECT_EQ(ran.code, 66);
  EXPECT_EQ(ran.err, "hive-c0re: no mailbox \"bob\"\n");
  ran = run({"--json", "send", "bob", "hello"});
  EXPECT_EQ(ran.code, 66);
  EXPECT_EQ(ran.err, "{\"error\":{\"code\":\"not_found\",\"message\":\"no mailbox \\\"bob\\\"\"}}\n");
}

TEST_F(CommandsTest, AnActionIsWatchedToItsEnd) {
  host_.answer("events.subscribe", kSubscribed);
  host_.answer("lifecycle.spawn", [this](const std::string&) {
    host_.publish_after_reply("lifecycle.transient_cleared", R"({"name":"bob","action":"spawning","ok":true})");
    host_.publish_after_reply("lifecycle.transient_cleared", R"({"name":"alice","action":"stopping","ok":true})");
    host_.publish_after_reply("lifecycle.transient_cleared",
                              R"({"name":"alice","action":"spawning","ok":false,"error":"no space left"})");
    return R"({"name":"alice","action":"spawning"})";
  });
  host_.start();
  const auto ran = run({"spawn", "alice"});
  EXPECT_EQ(ran.code, 70);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "alice: spawning …\nhive-c0re: alice: spawning failed: no space left\n");
}

TEST_F(CommandsTest, NoWaitEndsWithTheAcceptance) {
  host_.answer("lifecycle.start", R"({"name":"alice","action":"starting"})");
  host_.start();
  const auto ran = run({"start", "--no-wait", "alice"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(host_.calls(), ElementsAre(R"(lifecycle.start {"name":"alice"})"));
}

TEST_F(CommandsTest, AnActionThatEndsWellIsASentence) {
  host_.answer("events.subscribe", kSubscribed);
  host_.answer("lifecycle.stop", [this](const std::string&) {
    host_.publish_after_reply("lifecycle.transient_cleared", R"({"name":"alice","action":"stopping","ok":true})");
    return R"({"name":"alice","action":"stopping"})";
  });
  host_.start();
  const auto ran = run({"kill", "alice"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "alice was stopped.\n");
}

TEST_F(CommandsTest, TheEndOfTheHostUnderAnActionIsSaid) {
  host_.answer("events.subscribe", kSubscribed);
  host_.answer("lifecycle.stop", [this](const std::string&) {
    host_.close_after_reply();
    return R"({"name":"alice","action":"stopping"})";
  });
  host_.start();
  const auto ran = run({"kill", "alice"});
  EXPECT_EQ(ran.code, 69);
  EXPECT_THAT(ran.err, HasSubstr("alice: its end was not seen (the host has ended"));
}

TEST_F(CommandsTest, ListsAreTables) {
  host_.answer("lifecycle.list", R"({"containers":[
    {"name":"manager","incarnation":"0","role":"manager","state":"running","desired":"running","since":"2000-01-01T00:00:00.000Z",
     "status":"thinking\u001b[2J","turn":4,"needs_login":false,"needs_update":false,"model":"haiku",
     "sandbox":{"level":"full","reasons":[]}},
    {"name":"alice","incarnation":"1","role":"agent","state":"stopped","desired":"running","since":"2000-01-01T00:00:00.000Z",
     "needs_login":true,"needs_update":false,"reason":"it exited with 1"}]})");
  host_.start();
  const auto ran = run({"list"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("NAME     STATE    DOING"), HasSubstr("thinking␛[2J"), HasSubstr("full"),
                             HasSubstr("needed  it exited with 1"), Not(HasSubstr("ACTION"))));
}

TEST_F(CommandsTest, RolesAndVerbsComeFromTheTable) {
  host_.answer("broker.depth", R"({"mailboxes":[{"owner":"alice","queued":2,"leased":0,"dead":1}]})");
  host_.answer("turns.pause", "{}");
  host_.start();
  EXPECT_EQ(run({"broker", "depth"}).out, "OWNER  QUEUED  LEASED  DEAD\nalice  2       0       1\n");
  EXPECT_EQ(run({"turns", "pause"}).out, "done\n");
  EXPECT_THAT(run({"broker"}).out, AllOf(HasSubstr("dead_letters"), Not(HasSubstr("turn_begin"))));
  EXPECT_THAT(run({"broker", "requeue", "--help"}).out, HasSubstr("Queues a dead letter again"));
}

TEST_F(CommandsTest, WrongWordsGetTheNearest) {
  host_.start();
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
  host_.offer_only("host.");
  host_.start();
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
  EXPECT_THAT(ran.err, AllOf(HasSubstr("no host runs on " + host_.root().string()), HasSubstr("./hive up")));
}

TEST_F(CommandsTest, HelpOfAVerbIsThatOfTheVerb) {
  EXPECT_EQ(run({"help", "send"}).out, run({"send", "--help"}).out);
  EXPECT_EQ(run({"help", "broker", "requeue"}).out, run({"broker", "requeue", "--help"}).out);
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
}

TEST_F(CommandsTest, TextThatIsNotUtf8IsRefusedAtOnce) {
  host_.answer("broker.send", R"({"id":12})");
  host_.start();
  const auto ran = run({"send", "manager", "\xff"});
  EXPECT_EQ(ran.code, 64);
  EXPECT_THAT(ran.err, HasSubstr("not UTF-8"));
  EXPECT_THAT(host_.calls(), IsEmpty());
}

TEST_F(CommandsTest, AnEmptyInboxNamesWhoseMailWasLookedFor) {
  host_.answer("broker.recent", R"({"messages":[]})");
  host_.start();
  EXPECT_THAT(run({"inbox"}).out, HasSubstr("no mail for the operator yet"));
  EXPECT_THAT(run({"inbox", "--with", "alise"}).out, HasSubstr("no mail from alise for the operator yet"));
}

TEST_F(CommandsTest, WhateverListsMessagesShowsThem) {
  for (const auto* verb : {"recent", "search", "dead_letters"})
    host_.answer(std::string("broker.") + verb, R"({"messages":[)" + entry(9, "alice", "bob", "the words") + "]}");
  host_.start();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"broker", "recent", "*"}, {"broker", "search", "words"}, {"broker", "dead_letters"}}) {
    const auto ran = run(words);
    EXPECT_THAT(ran.out, MatchesRegex("ID +FROM +TO +.*\n9 +alice +bob .*the words\n")) << words[1] << ran.err;
  }
}

TEST_F(CommandsTest, TextThatLooksLikeAnOptionNamesTheDashes) {
  host_.answer("broker.send", R"({"id":12})");
  host_.start();
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
  host_.answer("host.info", R"({"pid":4,"epoch":"x"})");
  host_.start();
  EXPECT_EQ(run({"call", "host.info"}).out, "{\n  \"pid\": 4,\n  \"epoch\": \"x\"\n}\n");
  EXPECT_EQ(run({"call", "host.info", "[1]"}).code, 64);
  EXPECT_EQ(run({"call", "no.such"}).code, 64);
}

TEST_F(CommandsTest, CompletionKnowsCommandsVerbsOptionsAndAgents) {
  host_.answer("lifecycle.list", R"({"containers":[{"name":"alice","incarnation":"1","role":"agent","state":"running",
    "desired":"running","since":"2026-05-01T12:00:00.000Z","needs_login":false,"needs_update":false}]})");
  host_.answer("host.events", R"({"topics":[{"topic":"turns.changed","plugin":"turns","audience":["operator"]}]})");
  host_.start();
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
