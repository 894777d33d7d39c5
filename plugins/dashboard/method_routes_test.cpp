#include "method_routes.hpp"

#include <hive/sdk/plugin.hpp>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace hive::dashboard {
namespace {

using ::testing::HasSubstr;

constexpr Method<json::value, json::value> kCook{"kitchen.cook", Who::operators, ""};
constexpr Method<json::value, json::value> kRecipe{"kitchen.recipe", Who::operators, ""};

struct Asked {
  std::string address, query, body;
};
constexpr auto fields(Of<Asked>) {
  return shape(field<&Asked::address>("address", "verb and path"), field<&Asked::query>("query", "query"),
               field<&Asked::body>("body", "JSON"));
}

struct Told {
  json::value answer;
};
constexpr auto fields(Of<Told>) {
  return shape(field<&Told::answer>("answer", "body of the answer"));
}

/// A plugin that is nothing but the routes: it answers what a server would hand to them.
class Router {
 public:
  static constexpr Method<Asked, Told> kAsk{"test.ask", Who::operators, ""};
  static constexpr Method<None, None> kRefresh{"test.refresh", Who::operators, ""};

  explicit Router(Host& host) : host_(host), routes_(host, [this] { mount(); }) {}
  Status start() {
    host_.answer(kAsk, [this](Caller, Asked asked) { return ask(std::move(asked)); });
    host_.answer(kRefresh, [this](Caller, None) -> Result<None> {
      routes_.refresh();
      return None{};
    });
    routes_.refresh();
    return {};
  }

 private:
  void mount() {
    mounted_ = http::Routes();
    answers_.clear();
    routes_.mount([this](http::Verb verb, std::string_view path, std::function<Answer(http::Request)> answer) {
      mounted_.on(verb, path, [](http::Request, http::Reply) {});
      answers_.emplace(std::string(name_of(verb)) + " " + std::string(path), std::move(answer));
    });
  }

  Task<Result<Told>> ask(Asked asked) {
    http::Request request{.verb = asked.address.starts_with("GET") ? http::Verb::get : http::Verb::post,
                          .query = std::move(asked.query),
                          .headers = {{"content-type", "application/json"}},
                          .body = std::move(asked.body)};
    auto answering = answer_of(asked.address, std::move(request));
    auto answer = co_await std::move(answering);
    if (!answer) co_return answer.error();
    co_return Told{*parse_json(answer->body)};
  }
  Answer answer_of(const std::string& address, http::Request request) {
    const auto path = address.substr(address.find(' ') + 1);
    if (const std::string_view call = "/api/call/"; path.starts_with(call)) {
      request.parameters = {{"method", path.substr(call.size())}};
      return routes_.call(std::move(request));
    }
    request.parameters = mounted_.match(request.verb, path).parameters;
    for (const auto& [pattern, answer] : answers_) {
      const auto brace = pattern.find('{');
      if (brace == pattern.npos ? pattern == address : address.starts_with(pattern.substr(0, brace)))
        return answer(std::move(request));
    }
    return nowhere();
  }
  static Answer nowhere() { co_return error(Code::not_found, "nowhere"); }

  Host& host_;
  MethodRoutes routes_;
  http::Routes mounted_;
  std::map<std::string, std::function<Answer(http::Request)>> answers_;
};

class MethodRoutesTest : public ::testing::Test {
 protected:
  MethodRoutesTest() {
    host_.fake(host_api::kMethodsList, [this](host_api::ListMethods) -> Result<host_api::Methods> { return methods_; });
    host_.fake(kCook, [](json::value params) -> Result<json::value> { return params; });
    given("kitchen.cook", R"([{"verb":"POST","path":"/cook/{dish}"},
                              {"verb":"POST","path":"/fry/{dish}","with":"heat=3&how=fried"},
                              {"verb":"GET","path":"/dishes","with":"heat=0"}])");
    EXPECT_TRUE(host_.load<Router>());
    host_.settle();
  }
  void given(const std::string& method, const std::string& http, const std::string& more = "") {
    const auto about =
        decode_text<host_api::About>(R"({"params":{"properties":{"dish":{"type":"string"},"heat":{"type":"integer"},
        "how":{"type":"string"},"offset":{"type":"integer"}}},"http":)" +
                                         http + more + "}",
                                     Unknown::refuse);
    methods_.methods.push_back({method, {"operator"}, 30'000, *about});
  }
  void refresh() {
    EXPECT_TRUE(host_.call("operator", Router::kRefresh, None{}));
    host_.settle();
  }
  Result<Told> ask(const std::string& address, const std::string& body = "", const std::string& query = "") {
    return host_.call("operator", Router::kAsk, Asked{address, query, body});
  }
  std::string text(const std::string& address, const std::string& body = "", const std::string& query = "") {
    const auto answer = ask(address, body, query);
    return answer ? write_json(answer->answer) : answer.error().message;
  }

  testing::TemporaryFolder folder_;
  host_api::Methods methods_;
  testing::TestHost host_{folder_.path()};
};

TEST_F(MethodRoutesTest, ThePathAndTheBodyAreTheParams) {
  EXPECT_EQ(text("POST /cook/soup", R"({"heat":2})"), R"({"heat":2,"dish":"soup"})");
}

TEST_F(MethodRoutesTest, WhatTheAddressSaysStandsWhateverTheBodySays) {
  EXPECT_EQ(text("POST /fry/eggs", R"({"dish":"soup","heat":9})"), R"({"dish":"eggs","heat":3,"how":"fried"})");
}

TEST_F(MethodRoutesTest, AQueryMayNotSayWhatTheAddressSays) {
  EXPECT_EQ(text("GET /dishes", "", "dish=soup"), R"({"dish":"soup","heat":0})");
  EXPECT_EQ(text("GET /dishes", "", "heat=1"), "heat: there is no such parameter");
}

TEST_F(MethodRoutesTest, AMethodThatComesIsMountedAndOneThatGoesIsUnavailable) {
  EXPECT_EQ(ask("POST /recipe").error().code, Code::not_found);
  given("kitchen.recipe", R"([{"verb":"POST","path":"/recipe"}])");
  host_.fake(kRecipe, [](json::value) -> Result<json::value> { return json::value("boil"); });
  refresh();
  EXPECT_EQ(text("POST /recipe"), R"("boil")");
  methods_.methods.pop_back();
  host_.remove_fake("kitchen.recipe");
  refresh();
  EXPECT_EQ(ask("POST /recipe").error().code, Code::unavailable);
}

TEST_F(MethodRoutesTest, ATextInPiecesIsOneAnswer) {
  given("kitchen.recipe", R"([{"verb":"GET","path":"/recipe","joins":"text"}])");
  host_.fake(kRecipe, [](json::value params) -> Result<json::value> {
    if (params.as_object().contains("offset")) return *parse_json(R"({"of":"soup","text":"two"})");
    return *parse_json(R"({"of":"soup","text":"one ","next":4})");
  });
  refresh();
  EXPECT_EQ(text("GET /recipe"), R"({"of":"soup","text":"one two"})");
  EXPECT_EQ(text("GET /recipe", "", "offset=4"), "offset: there is no such parameter");
}

TEST_F(MethodRoutesTest, AnyMethodIsCalledByItsNameButThoseThatAreNotForPages) {
  EXPECT_EQ(text("POST /api/call/kitchen.cook", R"({"dish":"soup"})"), R"({"dish":"soup"})");
  given("kitchen.recipe", "[]", R"(,"from_pages":false)");
  refresh();
  EXPECT_EQ(text("POST /api/call/kitchen.recipe"), "kitchen.recipe: is for the command line alone");
  EXPECT_EQ(ask("POST /api/call/kitchen.recipe").error().code, Code::forbidden);
}

TEST_F(MethodRoutesTest, AListThatCannotBeReadIsLoggedAndChangesNothing) {
  host_.remove_fake("methods.list");
  refresh();
  EXPECT_EQ(text("POST /cook/soup"), R"({"dish":"soup"})");
  ASSERT_FALSE(host_.logged().empty());
  EXPECT_THAT(host_.logged().back().text, HasSubstr("the addresses of methods are not known"));
}

}  // namespace
}  // namespace hive::dashboard
