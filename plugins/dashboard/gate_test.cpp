#include "gate.hpp"

#include <hive/os/files.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>

namespace hive::dashboard {
namespace {

using http::Verb;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class GateTest : public ::testing::Test {
 protected:
  GateTest() {
    std::string told;
    auto folder = os::open_folder(folder_.path());
    sessions_ = std::move(*Sessions::open({.key = "key", .folder = std::move(*folder)}, told));
    pages_.emplace(*Pages::load(folder_.path() / "none", "a <b> & \"c\"", Pages::Password::none));
    gate_.emplace(Gate::Options{.sessions = *sessions_, .pages = *pages_, .cookie = "hive", .secure = false});
    cookie_ = sessions_->begin();
    token_ = sessions_->find(cookie_)->token;
  }
  /// 0: it goes on.
  int status(http::Request request, std::vector<http::Header> more = {}) const {
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    const auto answer = gate_->check(request);
    return answer ? answer->status : 0;
  }
  http::Request signed_in(Verb verb, const std::string& path) const {
    return {.verb = verb, .path = path, .headers = {{"host", "127.0.0.1:7000"}, {"cookie", "a=b; hive=" + cookie_}}};
  }
  http::Request stranger(Verb verb, const std::string& path) const {
    return {.verb = verb, .path = path, .headers = {{"host", "127.0.0.1:7000"}}};
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<Sessions> sessions_;
  std::optional<Pages> pages_;
  std::optional<Gate> gate_;
  std::string cookie_, token_;
};

TEST_F(GateTest, NothingButTheWayInIsOpenToAll) {
  for (const auto* path : {"/healthz", "/assets/1/a.js", "/open/x"})
    EXPECT_EQ(status(stranger(Verb::get, path)), 0) << path;
  EXPECT_EQ(status(stranger(Verb::post, "/sign-in")), 0);
  for (const auto* path :
       {"/", "/api/state", "/metrics", "/agent/a/", "/dashboard/stream", "/nothing", "/open", "/healthz/x"})
    EXPECT_EQ(status(stranger(Verb::get, path)), 401) << path;
  for (const auto* path : {"/start/a", "/api/call/broker.send", "/sign-out", "/healthz", "/assets/a", "/open/x"})
    EXPECT_EQ(status(stranger(Verb::post, path)), 401) << path;
}

TEST_F(GateTest, ASessionReadsAndChangesWithItsToken) {
  EXPECT_EQ(status(signed_in(Verb::get, "/api/state")), 0);
  EXPECT_EQ(status(signed_in(Verb::post, "/start/a")), 403);
  EXPECT_EQ(status(signed_in(Verb::post, "/start/a"), {{"x-hive-token", "x"}}), 403);
  EXPECT_EQ(status(signed_in(Verb::post, "/start/a"), {{"x-hive-token", token_}}), 0);
  EXPECT_EQ(status(signed_in(Verb::put, "/start/a")), 403);
  EXPECT_EQ(status(stranger(Verb::post, "/start/a"), {{"x-hive-token", token_}}), 401);
}

TEST_F(GateTest, AnotherOriginIsRefusedAlsoOneOfAnotherPort) {
  const auto post = signed_in(Verb::post, "/start/a");
  for (const auto* origin : {"http://127.0.0.1:8100", "http://evil.example", "null", "http://127.0.0.1",
                             "ftp://127.0.0.1:7000", "http://127.0.0.1:7000.evil.example", ""})
    EXPECT_EQ(status(post, {{"x-hive-token", token_}, {"origin", origin}}), 403) << origin;
  EXPECT_EQ(status(post, {{"x-hive-token", token_}, {"origin", "http://127.0.0.1:7000"}}), 0);
  EXPECT_EQ(status(stranger(Verb::post, "/sign-in"), {{"origin", "http://127.0.0.1:8100"}}), 403);
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

TEST_F(GateTest, WhoWantsAPageGetsOneThatSaysHowToGetIn) {
  auto request = stranger(Verb::get, "/");
  EXPECT_EQ(gate_->check(request)->type, "application/problem+json");
  request.headers.push_back({"accept", "text/html,*/*"});
  const auto answer = gate_->check(request);
  EXPECT_EQ(answer->status, 401);
  EXPECT_THAT(answer->body, HasSubstr("hive-c0re open"));
  EXPECT_THAT(answer->body, HasSubstr("a &lt;b&gt; &amp; &quot;c&quot;"));
  EXPECT_THAT(answer->body, Not(HasSubstr("password")));
}

TEST_F(GateTest, CookiesAreForThisPageAlone) {
  EXPECT_THAT(gate_->signed_in().value, HasSubstr("; SameSite=Strict; HttpOnly"));
  EXPECT_THAT(gate_->signed_out().value, HasSubstr("Max-Age=0"));
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
