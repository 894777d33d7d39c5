#include "route_text.hpp"

#include <hive/sdk/codec.hpp>
#include <hive/sdk/contracts/http.hpp>

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace hive::host {
namespace {

using ::testing::HasSubstr;

std::string flaw_of(const std::string& routes) {
  const auto about = decode_text<host_api::About>(
      R"({"params":{"properties":{"id":{},"offset":{}}},"result":{"properties":{"text":{}}},)"
      R"("http":)" +
          routes + "}",
      Unknown::refuse);
  return flaw_of_addresses(*about);
}
std::string flaw_of_path(const std::string& path) {
  return flaw_of(R"([{"verb":"POST","path":")" + path + R"("}])");
}

TEST(RouteTextTest, APathIsWordsAndMembersOfTheParams) {
  for (const auto* path : {"/deny", "/deny/{id}", "/api/x-1/{id}/y_2.z", "/agent/{id}/send", "/agent/{id}/api/cancel"})
    EXPECT_EQ(flaw_of_path(path), "") << path;
  for (const auto* bad : {"", "deny", "/", "/{id}", "/deny/", "//deny", "/deny/{who}", "/deny/{id", "/deny/{id*}",
                          "/deny/{id}/{id}", "/Deny", "/deny/..", "/deny/%2e", "/deny?id=1"})
    EXPECT_NE(flaw_of_path(bad), "") << bad;
  EXPECT_THAT(flaw_of_path("/" + std::string(96, 'x')), HasSubstr("has over 96 bytes"));
  EXPECT_EQ(flaw_of_path("/deny/{who}"), "its address /deny/{who} names {who}, which is no member of its params");
}

TEST(RouteTextTest, WhatThePageHasItselfIsNobodysElse) {
  for (const auto own : http_api::kOwnAddresses) {
    std::string path(own);
    for (auto brace = path.find('{'); brace != path.npos; brace = path.find('{', brace))
      path.replace(brace, path.find('}', brace) - brace + 1, "x");
    EXPECT_NE(flaw_of_path(path), "") << path;
  }
  for (const auto* path : {"/open/a/b", "/assets/x/y", "/agent/{id}", "/agent/bob", "/agent/bob/api/state",
                           "/agent/bob/api/{id}", "/api/{id}", "/api/call/{id}"})
    EXPECT_THAT(flaw_of_path(path), HasSubstr("is the page's own")) << path;
}

TEST(RouteTextTest, WhatIsFixedAndJoinedMustBeThere) {
  const auto more = [](const std::string& said) { return flaw_of(R"([{"verb":"GET","path":"/x",)" + said + "}]"); };
  EXPECT_EQ(more(R"("with":"id=*&offset=50")"), "");
  EXPECT_EQ(more(R"("joins":"text")"), "");
  EXPECT_THAT(more(R"("with":"who=1")"), HasSubstr("has who in `with`, which is no member of its params"));
  EXPECT_THAT(more(R"("with":"id")"), HasSubstr("has a `with` that is not like"));
  EXPECT_THAT(more(R"("joins":"body")"), HasSubstr("joins body, which is no member of its result"));
}

TEST(RouteTextTest, AMethodAnswersARequestByOneOfItsAddresses) {
  EXPECT_EQ(flaw_of(R"([{"verb":"POST","path":"/x"},{"verb":"GET","path":"/x"}])"), "");
  EXPECT_EQ(flaw_of(R"([{"verb":"POST","path":"/x/y"},{"verb":"POST","path":"/x/{id}"}])"),
            "its address /x/{id} is also meant by /x/y");
  EXPECT_THAT(flaw_of(R"([{"verb":"PUT","path":"/x"}])"), HasSubstr("is for another verb than GET or POST"));
}

TEST(RouteTextTest, TwoAddressesOverlapWhereOneRequestFitsBoth) {
  EXPECT_TRUE(do_overlap({"POST", "/start/{name}"}, {"POST", "/start/bob"}));
  EXPECT_TRUE(do_overlap({"POST", "/a/{x}/c"}, {"POST", "/a/b/{y}"}));
  EXPECT_FALSE(do_overlap({"POST", "/start/{name}"}, {"GET", "/start/{name}"}));
  EXPECT_FALSE(do_overlap({"POST", "/start/{name}"}, {"POST", "/start/{name}/now"}));
  EXPECT_FALSE(do_overlap({"POST", "/start"}, {"POST", "/stop"}));
}

}  // namespace
}  // namespace hive::host
