#include <hive/http/form.hpp>
#include <hive/http/routes.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/text.hpp"
#include "src/wire.hpp"

namespace hive::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// --- routes

void nothing(Request /*request*/, Reply /*reply*/) {}

Routes garden() {
  Routes routes;
  routes.on(Verb::get, "/", nothing)
      .on(Verb::get, "/agent/{name}/", nothing)
      .on(Verb::post, "/agent/{name}/send", nothing)
      .on(Verb::get, "/agent/all/", nothing)
      .on(Verb::get, "/assets/{path*}", nothing)
      .on(Verb::post, "/agent/{who}/", nothing);
  return routes;
}

std::string parameter(const Routes::Match& match) {
  return match.parameters.empty() ? "" : match.parameters[0].name + '=' + match.parameters[0].value;
}

TEST(RoutesTest, MatchesSegmentsAndPrefersLiterals) {
  const auto routes = garden();
  ASSERT_TRUE(routes.check());
  EXPECT_EQ(parameter(routes.match(Verb::get, "/agent/alice/")), "name=alice");
  EXPECT_EQ(parameter(routes.match(Verb::post, "/agent/alice/")), "who=alice");
  EXPECT_EQ(parameter(routes.match(Verb::get, "/assets/a/b.js")), "path=a/b.js");
  EXPECT_TRUE(routes.match(Verb::get, "/agent/all/").handler);
  EXPECT_TRUE(routes.match(Verb::get, "/agent/all/").parameters.empty());
  EXPECT_TRUE(routes.match(Verb::get, "/").handler);
}

TEST(RoutesTest, SaysWhatIsNotThereAndWhatIsAllowed) {
  const auto routes = garden();
  for (const std::string_view path : {"/agent/alice", "/agent//", "/assets/", "/agent/a/b/", "//", "/x"})
    EXPECT_EQ(routes.match(Verb::get, path).allow, "") << path;
  EXPECT_EQ(routes.match(Verb::get, "/agent/alice/send").allow, "POST, OPTIONS");
  EXPECT_FALSE(routes.match(Verb::get, "/agent/alice/send").handler);
  EXPECT_EQ(routes.match(Verb::put, "/agent/alice/").allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(parameter(routes.match(Verb::post, "/agent/all/")), "who=all");
}

TEST(RoutesTest, RefusesPatternsThatMakeNoSense) {
  for (const std::string_view pattern : {"x", "/{a", "/{}", "/{*}", "/{a*}/b", "/a{b}", "/a*"})
    EXPECT_FALSE(Routes().on(Verb::get, pattern, nothing).check()) << pattern;
  EXPECT_THAT(Routes().on(Verb::get, "/{a}", nothing).on(Verb::get, "/{b}", nothing).check().error().message,
              HasSubstr("/{b} is there twice"));
}

// --- forms

TEST(FormTest, DecodesOnce) {
  const auto form = parse_form("a=1+2%2B3&b=%C3%BC&&c&a%3D=%2525");
  ASSERT_TRUE(form);
  EXPECT_EQ(*form->one("a"), "1 2+3");
  EXPECT_EQ(*form->one("b"), "\xC3\xBC");
  EXPECT_EQ(*form->one("a="), "%25");
  EXPECT_EQ(*form->maybe("c"), std::nullopt);
  EXPECT_EQ(*form->maybe("d"), std::nullopt);
}

TEST(FormTest, NamesTheFieldThatIsWrong) {
  EXPECT_THAT(parse_form("a=1&body=%zz").error().message, HasSubstr("body: "));
  EXPECT_THAT(parse_form("body=%00").error().message, HasSubstr("body: "));
  EXPECT_THAT(parse_form("body=%ff").error().message, HasSubstr("body: "));
  const auto form = parse_form("to=a&to=b");
  EXPECT_EQ(form->one("to").error().message, "to: is there more than once");
  EXPECT_EQ(form->one("body").error().message, "body: is required");
  EXPECT_THAT(form->all("to"), ElementsAre("a", "b"));
  std::string many;
  for (int i = 0; i < 300; ++i) many += "a=b&";
  EXPECT_FALSE(parse_form(many));
}

TEST(FormTest, LooksAtTheContentType) {
  Request request;
  request.body = R"({"a":1})";
  EXPECT_THAT(json_of(request).error().message, HasSubstr("of no type; send it as application/json"));
  request.headers = {{"content-type", "Application/JSON; charset=utf-8"}};
  EXPECT_TRUE(json_of(request));
  EXPECT_THAT(form_of(request).error().message, HasSubstr("application/x-www-form-urlencoded"));
  request.body = "{";
  EXPECT_FALSE(json_of(request));
}

// --- answers

TEST(ResponseTest, AProblemSaysCodeWordsAndField) {
  const auto answer = problem(Code::invalid_params, "to: is required", "to");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.type, "application/problem+json");
  EXPECT_EQ(answer.body, R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"to: is required",)"
                         R"("code":"invalid_params","field":"to"})");
}

TEST(ResponseTest, NothingCanBreakTheHead) {
  EXPECT_FALSE(check({.headers = {{"X", "a\r\nSet-Cookie: b"}}}));
  EXPECT_FALSE(check({.headers = {{"X: y", "a"}}}));
  EXPECT_FALSE(check({.type = "a\nb"}));
  EXPECT_FALSE(check({.status = 100}));
  EXPECT_TRUE(check({.headers = {{"X", "a\tb \xC3\xBC"}}}));
}

TEST(ResponseTest, OwnHeadersReplaceThoseOfAll) {
  const std::vector<Header> always{{"X-Frame-Options", "DENY"}, {"Content-Security-Policy", "default-src 'self'"}};
  const auto head = head_text({.headers = {{"content-security-policy", "default-src 'none'"}}}, always, {});
  EXPECT_THAT(head, HasSubstr("X-Frame-Options: DENY\r\n"));
  EXPECT_THAT(head, HasSubstr("content-security-policy: default-src 'none'\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("'self'")));
  EXPECT_THAT(head, HasSubstr("Cache-Control: no-store\r\n"));
}

TEST(EventTest, KeepsLinesTogether) {
  EXPECT_EQ(*event("7-1", "sent", "a\nb\r\nc"), "id: 7-1\nevent: sent\ndata: a\ndata: b\ndata: c\n\n");
  EXPECT_EQ(*event("", "", ""), "data: \n\n");
  EXPECT_EQ(*event("1\ndata: forged", "x\r", "y"), "id: 1\nevent: x\ndata: y\n\n");
}

}  // namespace
}  // namespace hive::http
