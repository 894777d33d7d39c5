#include "testing/server_fixture.hpp"

namespace hive::http {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// --- requests -------------------------------------------------------------------------------------

TEST_F(ServerTest, AnswersOverAKeptConnection) {
  open();
  auto client = this->client();
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.send(post("/echo/a%20b?q=%20", "body")).answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST /echo/a b?q=%20 body");
    EXPECT_EQ(answer.header("Connection"), "keep-alive");
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  }
  EXPECT_EQ(server_->figures().requests, 3u);
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInTheirOrder) {
  open();
  auto client = this->client();
  std::string all;
  for (int i = 0; i < 200; ++i) all += get("/echo/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(client.answer().body, "GET /echo/" + std::to_string(i) + "? ");
}

TEST_F(ServerTest, ARequestWaitsForTheAnswerBeforeIt) {
  open();
  auto client = this->client();
  client.send(get("/later") + get("/elsewhere") + get("/echo/last"));
  late(0).send(plain_text("the first"));
  EXPECT_EQ(client.answer().body, "the first");
  EXPECT_EQ(client.answer().body, "from elsewhere");
  EXPECT_EQ(client.answer().body, "GET /echo/last? ");
}

TEST_F(ServerTest, TheNextRequestIsNotServedOnTheThreadThatAnswers) {
  open();
  auto client = this->client();
  client.send(get("/later") + get("/later"));
  {
    // Holds what the second handler needs: it would deadlock here.
    auto& first = late(0);
    const std::lock_guard lock(mutex_);
    first.send(plain_text("one"));
  }
  late(1).send(plain_text("two"));
  EXPECT_EQ(client.answer().body, "one");
  EXPECT_EQ(client.answer().body, "two");
}

TEST_F(ServerTest, NothingAfterARefusedBodyIsARequest) {
  open();
  auto client = this->client();
  client.send("POST /echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n");
  client.send(get("/echo/smuggled"));
  const auto answer = client.answer();
  EXPECT_EQ(answer.status, 413);
  EXPECT_THAT(answer.body, HasSubstr("70000 bytes and 65536 is the limit"));
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server_->figures().requests, 0u);
}

TEST_F(ServerTest, TheAnswerToABodyThatIsTooLargeCanBeRead) {
  open();
  auto client = this->client();
  client.send(post("/echo/a", std::string(1'000'000, 'x')));
  EXPECT_EQ(client.answer().status, 413);
}

TEST_F(ServerTest, ChunkedBodiesAreRefusedHoweverTheyAreCut) {
  open();
  const std::string head = "POST /echo/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view piece : {"5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r", "5\r"}) {
    auto client = this->client();
    EXPECT_EQ(client.send(head).send(piece).answer().status, 411);
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_EQ(client().send(get("/echo/alive")).answer().status, 200);
}

TEST_F(ServerTest, RequestsInTheSmallestPieces) {
  open();
  auto client = this->client();
  for (const char byte : post("/echo/a", "one\r\n\r\n")) client.send({&byte, 1});
  EXPECT_EQ(client.answer().body, "POST /echo/a? one\r\n\r\n");
}

TEST_F(ServerTest, HeadHasTheHeadOfGetAlone) {
  open();
  auto client = this->client();
  client.send("HEAD /large/100000 HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/echo/next"));
  const auto answer = client.answer_to_head();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Length"), "100000");
  EXPECT_EQ(client.answer().body, "GET /echo/next? ");
}

TEST_F(ServerTest, SaysWhatIsAllowed) {
  open();
  auto client = this->client();
  const auto options = client.send("OPTIONS /echo/x HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(options.header("Content-Length"), "");
  const auto wrong = client.send("DELETE /echo/x HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(client.send(get("/none")).answer().status, 404);
  EXPECT_EQ(client.send("OPTIONS /none HTTP/1.1\r\nHost: localhost\r\n\r\n").answer().status, 404);
}

TEST_F(ServerTest, OtherRoutesTakeThePlaceOfThoseBefore) {
  open();
  auto client = this->client();
  client.send(get("/later"));
  auto& owed = late(0);
  Routes routes;
  routes.on(Verb::get, "/new", [](Request, Reply reply) { reply.send(plain_text("new")); });
  routes.on(Verb::get, "/new", [](Request, Reply reply) { reply.send(plain_text("a double is left out")); });
  server_->mount(std::move(routes));
  owed.send(plain_text("by a route that is gone"));
  EXPECT_EQ(client.answer().body, "by a route that is gone");
  EXPECT_EQ(client.send(get("/new")).answer().body, "new");
  EXPECT_EQ(client.send(get("/echo/x")).answer().status, 404);
}

TEST_F(ServerTest, TheHostOfAnAbsoluteTargetPassesTheSameGate) {
  open();
  const auto ask = [this](const std::string& target, const std::string& host) {
    return client().send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").answer();
  };
  EXPECT_EQ(ask("http://localhost:7000/echo/a?b", "localhost").body, "GET /echo/a?b ");
  EXPECT_EQ(ask("http://localhost/echo/a", "evil.example").status, 200);
  EXPECT_EQ(ask("http://evil.example/echo/a", "localhost").status, 421);
  EXPECT_EQ(ask("http://localhost.evil.example:80/echo/a", "localhost").status, 421);
  EXPECT_EQ(ask("http://localhost@evil.example/echo/a", "localhost").status, 400);
}

TEST_F(ServerTest, GivesLeaveToSendABody) {
  open();
  auto client = this->client();
  client.send("POST /echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.send("one").answer().body, "POST /echo/a? one");
  client.send("POST /echo/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.answer().status, 413);
}

TEST_F(ServerTest, ClosesWhereItIsAskedTo) {
  open();
  for (const std::string_view request : {"GET /echo/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                                         "GET /echo/a HTTP/1.0\r\nHost: localhost\r\n\r\n"}) {
    auto client = this->client();
    const auto answer = client.send(request).send(get("/echo/more")).answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_EQ(server_->figures().requests, 2u);
}

TEST_F(ServerTest, AnswersThoseThatEndedTheirSide) {
  open();
  auto client = this->client();
  client.send(get("/echo/a") + get("/elsewhere") + get("/large/200000") + "GET /half");
  client.end_sending();
  EXPECT_EQ(client.answer().body, "GET /echo/a? ");
  EXPECT_EQ(client.answer().body, "from elsewhere");
  EXPECT_EQ(client.answer().body.size(), 200'000u);
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(eventually([&] { return server_->figures().connections == 0; }));
}

TEST_F(ServerTest, TurnsAwayNamesThatItDoesNotKnow) {
  open({.hosts = {"Hive.example"}});
  const auto ask = [&](std::string_view host) {
    return client().send("GET /echo/a HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").answer().status;
  };
  EXPECT_EQ(ask("evil.example"), 421);
  EXPECT_EQ(ask("localhost.evil.example:80"), 421);
  EXPECT_EQ(ask("[::2]"), 421);
  EXPECT_EQ(ask("[::1"), 421);
  EXPECT_EQ(ask(""), 421);
  EXPECT_EQ(ask("hive.EXAMPLE:8443"), 200);
  EXPECT_EQ(ask("127.0.0.1:1"), 200);
  EXPECT_EQ(ask("[::1]:99"), 200);
  EXPECT_EQ(client().send("GET /echo/a HTTP/1.0\r\n\r\n").answer().status, 421);
}

TEST_F(ServerTest, TheCheckComesBeforeEveryRoute) {
  const auto check = [](const Request& request) -> std::optional<Response> {
    if (request.cookie("session") == "abc") return std::nullopt;
    return problem(Code::forbidden, "no session");
  };
  open({.headers = {{"X-Frame-Options", "DENY"}}, .check = check});
  EXPECT_EQ(client().send(get("/echo/a")).answer().status, 403);
  EXPECT_EQ(client().send(get("/none")).answer().status, 403);
  EXPECT_EQ(client().send(get("/echo/a", "Cookie: x; session=abc\r\n")).answer().status, 200);
  EXPECT_EQ(client().send(get("/none", "Cookie: session=abc\r\n")).answer().header("X-Frame-Options"), "DENY");
  EXPECT_EQ(client().send("nonsense").answer().header("X-Frame-Options"), "DENY");
}

// --- handlers that go wrong -----------------------------------------------------------------------

TEST_F(ServerTest, WhatAHandlerThrowsIsLoggedAndNotSent) {
  open();
  for (const auto path : {"/throw", "/throw-int", "/drop", "/broken"}) {
    auto client = this->client();
    const auto answer = client.send(get(path)).answer();
    EXPECT_EQ(answer.status, 500) << path;
    EXPECT_EQ(answer.body, "") << path;
    EXPECT_THAT(answer.head, Not(HasSubstr("Set-Cookie")));
    EXPECT_EQ(client.send(get("/echo/a")).answer().status, 200) << "the connection goes on";
  }
  EXPECT_TRUE(eventually([&] { return logged().find("got an empty 500") != std::string::npos; }));
  EXPECT_THAT(logged(), AllOf(HasSubstr("the handler of GET /throw threw: a secret"),
                              HasSubstr("GET /throw-int threw something"), HasSubstr("a handler dropped its reply")));
}

TEST_F(ServerTest, AnAnswerIsGivenOnce) {
  open();
  auto client = this->client();
  EXPECT_EQ(client.send(get("/answer-and-throw")).answer().body, "answered");
  client.send(get("/later"));
  auto& reply = late(0);
  reply.send(plain_text("first"));
  reply.send(plain_text("second"));
  EXPECT_EQ(client.answer().body, "first");
  EXPECT_EQ(client.send(get("/echo/a")).answer().body, "GET /echo/a? ");
}

TEST_F(ServerTest, AnAnswerThatNeverComesIsA504) {
  Limits limits;
  limits.answer_time = milliseconds(20);
  open({.limits = limits});
  auto client = this->client();
  client.send(get("/later"));
  EXPECT_EQ(client.answer().status, 504);
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(late(0).is_gone());
  late(0).send(plain_text("too late"));
  EXPECT_TRUE(eventually([&] { return logged().find("the handler has lost its reply") != std::string::npos; }));
}

TEST_F(ServerTest, AnAnswerToNobodyIsNoHarm) {
  open();
  for (int way = 0; way < 3; ++way) {
    auto client = this->client();
    client.send(get("/later"));
    auto& reply = late(std::size_t(way));
    EXPECT_FALSE(reply.is_gone());
    way == 0 ? client.close() : way == 1 ? client.reset() : client.end_sending();
    EXPECT_TRUE(eventually([&] { return reply.is_gone(); }));
    reply.send(plain_text(std::string(100'000, 'x')));
  }
  EXPECT_TRUE(eventually([&] { return server_->figures().connections == 0; }));
}

}  // namespace
}  // namespace hive::http
