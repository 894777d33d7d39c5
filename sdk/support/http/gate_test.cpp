#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/request_reader.hpp"

namespace hive::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Step = RequestReader::Step;

/// What the gate makes of `bytes`: "GET /path body", "400 why", "…" when it waits for more.
std::vector<std::string> read(std::string_view bytes, std::size_t piece = std::string::npos) {
  RequestReader reader({.head_bytes = 512, .head = {.headers = 10, .body_bytes = 100}});
  std::vector<std::string> seen;
  for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
    reader.add(bytes.substr(at, piece));
    Step step;
    while ((step = reader.step()) == Step::complete) {
      const auto head = reader.take();
      seen.push_back(std::string(name_of(head.request.verb)) + ' ' + head.request.path + ' ' + head.request.body);
    }
    if (step == Step::refused) {
      seen.push_back(std::to_string(reader.refusal().status) + ' ' + reader.refusal().why);
      return seen;
    }
  }
  if (reader.waiting() != RequestReader::Waiting::idle) seen.push_back("…");
  return seen;
}

std::string one(std::string_view bytes) {
  const auto seen = read(bytes);
  return seen.size() == 1 ? seen[0] : std::to_string(seen.size()) + " of them";
}

std::string with(std::string_view header) {
  return one("POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(header) + "\r\n\r\n");
}

std::string at(std::string_view target) {
  return one("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST(GateTest, TakesWholeRequestsInTheirOrder) {
  EXPECT_THAT(read("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\noneGET /b HTTP/1.1\r\nHost: x\r\n\r\n"),
              ElementsAre("POST /a one", "GET /b "));
}

TEST(GateTest, SaysTheSameHoweverTheBytesAreCut) {
  const std::string_view streams[] = {
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /",
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nCookie: y\r\n\r\nsmuggled",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
  };
  for (const auto stream : streams)
    for (std::size_t piece = 1; piece < stream.size(); ++piece) EXPECT_EQ(read(stream, piece), read(stream)) << piece;
}

TEST(GateTest, AHeadOfExactlyTheLimitPassesInAnyPieces) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  for (const std::size_t size : {511, 512, 513}) {
    const auto head = begin + std::string(size - begin.size(), 'x') + "\r\n\r\n";
    for (const std::size_t piece : {std::size_t(1), std::size_t(7), head.size() - 1, head.size()})
      EXPECT_THAT(read(head, piece), ElementsAre(size <= 512 ? "GET / " : "431 the head is longer than 512 bytes"));
  }
}

TEST(GateTest, RefusesWhatCouldBeReadInTwoWays) {
  EXPECT_THAT(with("Transfer-Encoding: identity"), HasSubstr("501 "));
  EXPECT_THAT(with("Transfer-Encoding: gzip, chunked"), HasSubstr("501 "));
  EXPECT_THAT(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), HasSubstr("400 "));
  EXPECT_THAT(with("Transfer-Encoding: chunked\r\nContent-Length: 5"), HasSubstr("400 "));
  EXPECT_THAT(with("Content-Length: 5\r\nTransfer-Encoding: chunked"), HasSubstr("400 "));
  EXPECT_THAT(one("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), HasSubstr("400 "));
  EXPECT_THAT(with("Content-Length: 5abc"), HasSubstr("400 "));
  EXPECT_THAT(with("Content-Length: +5"), HasSubstr("400 "));
  EXPECT_THAT(with("Content-Length: 5, 5"), HasSubstr("400 "));
  EXPECT_THAT(with("Content-Length:"), HasSubstr("400 "));
  EXPECT_THAT(with("Content-Length: 0x5"), HasSubstr("400 "));
  EXPECT_THAT(with("Content-Length: 0\r\nContent-Length: 0"), HasSubstr("400 the header content-length is there more"));
  EXPECT_THAT(with("Content-Length : 0"), HasSubstr("400 "));
  EXPECT_THAT(with("Host: b"), HasSubstr("400 the header host is there more"));
  EXPECT_THAT(with("X: a\nContent-Length: 3"), HasSubstr("400 "));
  EXPECT_THAT(with("X: a\r\n folded"), HasSubstr("400 "));
  EXPECT_THAT(with("X: a\rb"), HasSubstr("400 "));
  EXPECT_THAT(with(std::string_view("X: a\0b", 6)), HasSubstr("400 "));
  EXPECT_THAT(with(": nameless"), HasSubstr("400 "));
  EXPECT_THAT(with("no colon"), HasSubstr("400 "));
  EXPECT_THAT(one("GET / HTTP/1.1\r\n\r\n"), HasSubstr("400 the header host is missing"));
  EXPECT_THAT(one("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), HasSubstr("400 "));
  EXPECT_THAT(one("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), HasSubstr("400 "));
}

TEST(GateTest, ABodyWithoutALengthIsAskedForOne) {
  EXPECT_THAT(with("Transfer-Encoding: chunked"), HasSubstr("411 "));
  EXPECT_THAT(with("Transfer-Encoding: Chunked"), HasSubstr("411 "));
}

TEST(GateTest, TheHostOfAnAbsoluteTargetCountsAndNotTheHeader) {
  const auto parse = [](const std::string& target) {
    const auto parsed = parse_head("GET " + target + " HTTP/1.1\r\nHost: other", {});
    if (const auto* refused = std::get_if<Refusal>(&parsed)) return std::to_string(refused->status);
    const auto& request = std::get<Head>(parsed).request;
    return std::string(*request.header("host")) + ' ' + request.path + ' ' + request.query;
  };
  EXPECT_EQ(parse("http://a:7000/x%20y?q=1"), "a:7000 /x y q=1");
  EXPECT_EQ(parse("HTTPS://[::1]:7000/"), "[::1]:7000 / ");
  EXPECT_EQ(parse("http://a"), "a / ");
  EXPECT_EQ(parse("http://a?q=/x"), "a / q=/x");
  EXPECT_EQ(parse("/http://a/"), "other /http://a/ ");
  for (const auto* bad :
       {"http:///x", "http://", "http://user@a/", "ftp://a/", "http:/a/", "a:80", "://a/", "http://a\\b/"})
    EXPECT_EQ(parse(bad), "400") << bad;
  EXPECT_THAT(one("GET http://a/ HTTP/1.1\r\n\r\n"), HasSubstr("400 the header host is missing"));
}

TEST(GateTest, TheServerAsAWholeMayBeAskedForItsOptions) {
  EXPECT_EQ(one("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), "GET / ");
  EXPECT_THAT(at("*"), HasSubstr("400 "));
}

TEST(GateTest, KnowsItsLimits) {
  EXPECT_THAT(with("Content-Length: 101"), HasSubstr("413 the body is 101 bytes and 100 is the limit"));
  EXPECT_THAT(with("Content-Length: 8000000000"), HasSubstr("413 "));
  EXPECT_THAT(with("Content-Length: 99999999999999999999999999"), HasSubstr("400 "));
  EXPECT_THAT(read("GET / HTTP/1.1\r\nX: " + std::string(600, 'x')), ElementsAre(HasSubstr("431 ")));
  std::string many;
  for (int i = 0; i < 10; ++i) many += "a: b\r\n";
  EXPECT_THAT(with(many + "c: d"), HasSubstr("431 there are more than 10 headers"));
  EXPECT_THAT(one("GET http://a/ HTTP/1.0\r\n" + many + "\r\n"), HasSubstr("431 there are more than 10 headers"));
}

TEST(GateTest, TurnsAwayAtOnceWhatIsNoHttp) {
  EXPECT_THAT(one("\x16\x03\x01"), HasSubstr("400 "));
  EXPECT_THAT(one("get / HTTP/1.1\r\n"), HasSubstr("400 "));
  EXPECT_THAT(one("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), HasSubstr("501 "));
  EXPECT_THAT(one("GET / HTTP/2.0\r\n\r\n"), HasSubstr("505 "));
  EXPECT_THAT(one("GET / HTTP/1.1x\r\n\r\n"), HasSubstr("505 "));
  EXPECT_THAT(one("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"), HasSubstr("501 "));
}

TEST(GateTest, LetsHeadersPassThatOtherParsersChokeOn) {
  EXPECT_EQ(with("Cookie: foo"), "POST /x ");
  EXPECT_EQ(with("Cache-Control: =,;\"max-age=99999999999999999999"), "POST /x ");
  EXPECT_EQ(with("Date: yesterday"), "POST /x ");
  EXPECT_EQ(with("Accept: ;;;q=\r\nContent-Type: /\r\nAuthorization: \r\nUser-Agent: \x80\xff"), "POST /x ");
  EXPECT_EQ(with("Access-Control-Request-Method: ?"), "POST /x ");
  EXPECT_EQ(one("GET / HTTP/1.1\r\nHost: a:99999999\r\n\r\n"), "GET / ");
}

TEST(GateTest, DecodesThePathOnce) {
  EXPECT_EQ(at("/a%20b/%C3%BC?q=%20"), "GET /a b/\xC3\xBC ");
  EXPECT_EQ(at("/%2541"), "GET /%41 ");
  EXPECT_EQ(at("/a+b"), "GET /a+b ");
  EXPECT_EQ(at("/a//b/"), "GET /a//b/ ");
  for (const std::string_view bad : {"/%", "/%4", "/%zz", "/%00", "/%0a", "/%ff", "/%C3", "/%ED%A0%80", "/..",
                                     "/a/../b", "/%2e%2e/x", "/.", "/a%2Fb", "/a%5Cb", "/#x", "x", "*", "/\x80"})
    EXPECT_THAT(at(bad), HasSubstr("400 ")) << bad;
  EXPECT_THAT(at("/" + std::string(450, 'a')), HasSubstr("GET /aaa"));
}

TEST(GateTest, AddressesBeyond8KiBAreTooLong) {
  const auto parsed = parse_head("GET /" + std::string(8'192, 'a') + " HTTP/1.1\r\nHost: a", {});
  ASSERT_TRUE(std::holds_alternative<Refusal>(parsed));
  EXPECT_EQ(std::get<Refusal>(parsed).status, 414);
}

TEST(GateTest, HeedsConnectionAndExpect) {
  const auto parse = [](std::string_view text) { return std::get<Head>(parse_head(text, {})); };
  EXPECT_TRUE(parse("GET / HTTP/1.1\r\nHost: a").keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, CLOSE").keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nConnection: keep-alive").keep_alive);
  EXPECT_TRUE(parse("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue").expects_continue);
  EXPECT_THAT(with("Expect: miracles"), HasSubstr("417 "));
}

TEST(GateTest, CookiesAreTakenWhereTheyAreClear) {
  const auto cookie = [](std::string_view line, std::string_view name) {
    return std::get<Head>(parse_head("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + std::string(line), {}))
        .request.cookie(name)
        .has_value();
  };
  EXPECT_TRUE(cookie("foo; session=abc; =; x=y=z;", "session"));
  EXPECT_TRUE(cookie("session=abc; session=abc", "session"));
  EXPECT_FALSE(cookie("session=abc; session=other", "session"));
  EXPECT_FALSE(cookie("xsession=abc", "session"));
}

}  // namespace
}  // namespace hive::http
