#include "request_params.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace hive::dashboard {
namespace {

json::object members() {
  return parse_json(R"({"name":{"type":"string"},"count":{"type":"integer"},"share":{"type":"number"},
                        "purge":{"type":"boolean"},"tags":{"type":"array","items":{"type":"integer"}}})")
      ->get_object();
}

std::string text_of(const Result<json::object>& params) {
  return params ? write_json(*params) : params.error().message;
}

std::string of_query(const std::string& query) {
  return text_of(params_of_query({.path = "/x", .query = query}, members()));
}

std::string of_body(const std::string& type, const std::string& body) {
  return text_of(params_of_body(
      {.verb = http::Verb::post, .path = "/x", .headers = {{"content-type", type}}, .body = body}, members()));
}
std::string of_form(const std::string& body) {
  return of_body("application/x-www-form-urlencoded", body);
}

TEST(RequestParamsTest, ATextBecomesWhatTheMemberWants) {
  EXPECT_EQ(of_query("name=5&count=5&share=0.5&purge=true"), R"({"name":"5","count":5,"share":5E-1,"purge":true})");
  EXPECT_EQ(of_form("name=on&purge=on"), R"({"name":"on","purge":true})");
  EXPECT_EQ(of_form("tags=1&tags=2"), R"({"tags":[1,2]})");
}

TEST(RequestParamsTest, ATextThatDoesNotFitIsLeftForTheMethodToRefuse) {
  EXPECT_EQ(of_query("count=five&purge=maybe"), R"({"count":"five","purge":"maybe"})");
}

TEST(RequestParamsTest, AnEmptyMemberOfAQueryIsAbsentAndOneOfAFormIsEmpty) {
  EXPECT_EQ(of_query("name=&count=1"), R"({"count":1})");
  EXPECT_EQ(of_form("name="), R"({"name":""})");
}

TEST(RequestParamsTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(of_query("evil=1"), "evil: there is no such parameter");
  EXPECT_EQ(of_query("name=a&name=b"), "name: is there more than once");
  EXPECT_EQ(of_form("name=a&name=b"), "name: is there more than once");
  EXPECT_EQ(of_body("application/json", "[1]"), "the body is not a JSON object");
  EXPECT_EQ(of_body("text/plain", "a").substr(0, 26), "the body is text/plain; se");
}

TEST(RequestParamsTest, ABodyIsJsonAFormOrNothing) {
  EXPECT_EQ(of_body("application/json", R"({"name":"a","other":[1]})"), R"({"name":"a","other":[1]})");
  EXPECT_EQ(of_body("", ""), "{}");
}

}  // namespace
}  // namespace hive::dashboard
