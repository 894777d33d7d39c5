#include "gate.hpp"

#include <hive/os/files.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

#include "secrets.hpp"

namespace hive::dashboard {
namespace {

using http::Verb;
using ::testing::AllOf;
using ::testing::HasSubstr;

class GateTest : public ::testing::Test {
 protected:
  GateTest() {
    std::string told;
    auto folder = os::open_folder(folder_.path());
    sessions_ = std::move(*Sessions::open({.fits = "this", .folder = std::move(*folder)}, told));
    pages_.emplace(*Pages::load(folder_.path() / "none", {.label = "a <b> & \"c\"", .hive = "one"}));
    gate_.emplace(*sessions_, *pages_);
    const std::string nonce = "nonce-of-a-browser";
    const auto begun = *sessions_->begin({.secret = "secret", .name = "test", .nonce = nonce});
    const auto key = keyed_hash("secret", "hive session " + nonce + " " + begun.nonce + " " + begun.id);
    const auto own = sessions_->greet(begun.id, nonce, Sessions::Clock::now())->nonce;
    token_ =
        begun.id + "." + nonce + "." + own + "." + keyed_hash(key, "hive token " + begun.id + " " + nonce + " " + own);
  }
  /// 0: it goes on.
  int status(http::Request request, std::vector<http::Header> more = {}) const {
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    const auto answer = gate_->check(request);
    return answer ? answer->status : 0;
  }
  http::Request signed_in(Verb verb, const std::string& path) const {
    return {.verb = verb, .path = path, .headers = {{"host", "127.0.0.1:7000"}, {"x-hive-token", token_}}};
  }
  http::Request stranger(Verb verb, const std::string& path) const {
    return {.verb = verb, .path = path, .headers = {{"host", "127.0.0.1:7000"}}};
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<Sessions> sessions_;
  std::optional<Pages> pages_;
  std::optional<Gate> gate_;
  std::string token_;
};

TEST_F(GateTest, NothingButThePagesAndTheWayInIsOpenToAll) {
  for (const auto* path : {"/", "/healthz", "/assets/1/a.js", "/open/x", "/agent/a", "/agent/a/"})
    EXPECT_EQ(status(stranger(Verb::get, path)), 0) << path;
  for (const auto* path : {"/sign-in", "/session", "/open/x"}) EXPECT_EQ(status(stranger(Verb::post, path)), 0) << path;
  for (const auto* path : {"/api/state", "/metrics", "/agent/a/api/state", "/agent/a//", "/dashboard/stream",
                           "/nothing", "/open", "/healthz/x", "/session", "/agent/a/send"})
    EXPECT_EQ(status(stranger(Verb::get, path)), 401) << path;
  for (const auto* path : {"/start/a", "/api/call/broker.send", "/sign-out", "/healthz", "/assets/a", "/", "/agent/a/"})
    EXPECT_EQ(status(stranger(Verb::post, path)), 401) << path;
  EXPECT_EQ(status(stranger(Verb::put, "/open/x")), 401);
}

TEST_F(GateTest, ASessionReadsAndChangesByItsTokenAndNoCookieDoes) {
  EXPECT_EQ(status(signed_in(Verb::get, "/api/state")), 0);
  EXPECT_EQ(status(signed_in(Verb::post, "/start/a")), 0);
  for (const auto* name : {"cookie", "authorization", "x-csrf-token"})
    for (const auto& value : {token_, "hive=" + token_, "hive_session=" + token_, "Bearer " + token_})
      EXPECT_EQ(status(stranger(Verb::get, "/api/state"), {{name, value}}), 401) << name;
  auto wrong = token_;
  wrong.back() = wrong.back() == 'A' ? 'E' : 'A';
  EXPECT_EQ(status(stranger(Verb::post, "/start/a"), {{"x-hive-token", wrong}}), 401);
}

TEST_F(GateTest, AnotherOriginIsRefusedAlsoOneOfAnotherPort) {
  const auto post = signed_in(Verb::post, "/start/a");
  for (const auto* origin : {"http://127.0.0.1:8100", "http://evil.example", "null", "http://127.0.0.1",
                             "ftp://127.0.0.1:7000", "http://127.0.0.1:7000.evil.example", ""})
    EXPECT_EQ(status(post, {{"origin", origin}}), 403) << origin;
  EXPECT_EQ(status(post, {{"origin", "http://127.0.0.1:7000"}}), 0);
  for (const auto* path : {"/sign-in", "/session", "/open/x"})
    EXPECT_EQ(status(stranger(Verb::post, path), {{"origin", "http://127.0.0.1:8100"}}), 403);
}

TEST_F(GateTest, AnotherPageMayOnlyGoHere) {
  const auto state = signed_in(Verb::get, "/api/state");
  EXPECT_EQ(status(state, {{"sec-fetch-site", "same-origin"}}), 0);
  EXPECT_EQ(status(state, {{"sec-fetch-site", "none"}}), 0);
  for (const auto* site : {"same-site", "cross-site"}) {
    EXPECT_EQ(status(state, {{"sec-fetch-site", site}, {"sec-fetch-mode", "no-cors"}, {"sec-fetch-dest", "image"}}),
              403);
    EXPECT_EQ(status(state, {{"sec-fetch-site", site}, {"sec-fetch-mode", "navigate"}, {"sec-fetch-dest", "iframe"}}),
              403);
    EXPECT_EQ(status(signed_in(Verb::get, "/"),
                     {{"sec-fetch-site", site}, {"sec-fetch-mode", "navigate"}, {"sec-fetch-dest", "document"}}),
              0);
  }
}

TEST_F(GateTest, AServiceWorkerIsAnsweredWithOneThatTakesItselfAway) {
  for (const auto* path : {"/", "/worker.js", "/assets/1/feed-worker.js", "/api/state"}) {
    auto request = stranger(Verb::get, path);
    request.headers.push_back({"service-worker", "script"});
    const auto answer = gate_->check(request);
    ASSERT_TRUE(answer) << path;
    EXPECT_THAT(answer->type, HasSubstr("javascript"));
    EXPECT_THAT(answer->body, HasSubstr("registration.unregister()"));
  }
}

TEST_F(GateTest, WhoGoesToAnAddressForProgramsGetsAWayBack) {
  auto request = stranger(Verb::get, "/api/state");
  EXPECT_EQ(gate_->check(request)->type, "application/problem+json");
  request.headers.push_back({"accept", "text/html,*/*"});
  const auto answer = gate_->check(request);
  EXPECT_EQ(answer->status, 401);
  EXPECT_THAT(answer->body, AllOf(HasSubstr("a &lt;b&gt; &amp; &quot;c&quot;"), HasSubstr(R"(href="/")")));
}

TEST_F(GateTest, WhereNothingIsAPersonGetsAPageAndAProgramAProblem) {
  auto person = signed_in(Verb::get, "/agents");
  person.headers.push_back({"accept", "text/html,*/*;q=0.8"});
  const auto page = gate_->not_found(person, "Nothing <here>.");
  EXPECT_EQ(page.status, 404);
  EXPECT_THAT(page.type, HasSubstr("text/html"));
  EXPECT_THAT(page.body, AllOf(HasSubstr("Nothing &lt;here&gt;."), HasSubstr(R"(href="/")")));
  const auto problem = gate_->not_found(signed_in(Verb::get, "/api/none"), "Nothing here.");
  EXPECT_EQ(problem.status, 404);
  EXPECT_EQ(problem.type, "application/problem+json");
}

}  // namespace
}  // namespace hive::dashboard
