#include "sessions.hpp"

#include <hive/os/files.hpp>
#include <hive/testing/manual_clock.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "secrets.hpp"

namespace hive::dashboard {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SessionsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Sessions> open(const std::string& fits = "this") {
    auto folder = os::open_folder(folder_.path());
    auto opened = Sessions::open(
        {.fits = fits, .lifetime = std::chrono::hours(24), .folder = std::move(*folder), .most = 3}, told_);
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  std::filesystem::path file() const { return folder_.path() / "sessions.json"; }
  /// What tokens, addresses and tries go by; `clock_` is the calendar.
  void pass(std::chrono::milliseconds time) { now_ += time; }

  testing::TemporaryFolder folder_;
  testing::ManualClock clock_;
  Sessions::Clock::time_point now_ = Sessions::Clock::now();
  std::string told_;
};

/// A browser's side of a session, as docs/web.md tells it.
class Browser {
 public:
  explicit Browser(Sessions& sessions, const std::string& secret = "a secret that both have") {
    const auto begun = sessions.begin({.secret = secret, .name = "test", .nonce = kNonce});
    EXPECT_TRUE(begun);
    id = begun->id;
    ended = begun->ended;
    proof = begun->proof;
    EXPECT_EQ(proof, keyed_hash(secret, "hive open host test " + kNonce + " " + begun->nonce + " " + id));
    key_ = keyed_hash(secret, "hive session " + kNonce + " " + begun->nonce + " " + id);
  }
  /// Empty when the host has no such session.
  std::string token(const Sessions& sessions, Sessions::Clock::time_point now) const {
    const auto greeting = sessions.greet(id, kNonce, now);
    if (!greeting) return {};
    EXPECT_EQ(greeting->proof, keyed_hash(key_, "hive host " + id + " " + kNonce + " " + greeting->nonce));
    return token_with(greeting->nonce);
  }
  std::string token_with(const std::string& nonce) const {
    return id + "." + kNonce + "." + nonce + "." + keyed_hash(key_, "hive token " + id + " " + kNonce + " " + nonce);
  }

  std::string id, proof;
  std::vector<std::string> ended;
  inline static const std::string kNonce = "nonce-of-a-browser";

 private:
  std::string key_;
};

TEST_F(SessionsTest, ATokenIsForItsSession) {
  const auto sessions = open();
  const Browser one(*sessions), other(*sessions);
  ASSERT_TRUE(sessions->find(one.token(*sessions, now_), now_));
  EXPECT_EQ(sessions->find(one.token(*sessions, now_), now_)->id, one.id);
  EXPECT_NE(one.id, other.id);
  EXPECT_EQ(sessions->find(other.token(*sessions, now_), now_)->id, other.id);
}

TEST_F(SessionsTest, WhoLacksTheKeyHasNoUseForWhatPassesTheWire) {
  const auto sessions = open();
  const Browser browser(*sessions);
  const auto greeting = sessions->greet(browser.id, Browser::kNonce, now_);
  for (const auto& guess : {greeting->proof, browser.proof, std::string(43, 'A'), std::string()})
    EXPECT_FALSE(sessions->find(browser.id + "." + Browser::kNonce + "." + greeting->nonce + "." + guess, now_));
}

TEST_F(SessionsTest, WhatIsChangedIsNoToken) {
  const auto sessions = open();
  const auto token = Browser(*sessions).token(*sessions, now_);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == '1' ? '2' : '1';
    EXPECT_FALSE(sessions->find(changed, now_)) << changed;
    EXPECT_FALSE(sessions->find(token.substr(0, i), now_));
  }
  for (const auto* bad : {"", ".", "....", ".....", "a.b.c.d.e", "a.b.99999999999999999999.d.e", "a.b.-1.d.e"})
    EXPECT_FALSE(sessions->find(bad, now_)) << bad;
  EXPECT_FALSE(sessions->find(token + ".", now_));
}

TEST_F(SessionsTest, ATokenIsForTenMinutesAndOneLifeOfTheHost) {
  const auto sessions = open();
  const Browser browser(*sessions);
  const auto token = browser.token(*sessions, now_);
  EXPECT_FALSE(open()->find(token, now_));
  pass(Sessions::kTokenLifetime - 1ms);
  EXPECT_TRUE(sessions->find(token, now_));
  pass(1ms);
  EXPECT_FALSE(sessions->find(token, now_));
}

TEST_F(SessionsTest, AClockThatIsSetBackKeepsNoTokenAlive) {
  const auto sessions = open();
  const auto token = Browser(*sessions).token(*sessions, now_);
  clock_.set({wall_time().ms - 3'600'000});
  pass(Sessions::kTokenLifetime);
  EXPECT_FALSE(sessions->find(token, now_));
}

// As a page that another program serves while the host is down could make it, with the browser's own key.
TEST_F(SessionsTest, ATokenThatWasMadeWithoutTheHostIsNone) {
  auto sessions = open();
  const Browser browser(*sessions);
  const auto old = sessions->greet(browser.id, Browser::kNonce, now_)->nonce;
  sessions = open();
  EXPECT_FALSE(sessions->find(browser.token_with(old), now_));
  EXPECT_FALSE(sessions->find(browser.token_with("9999999999999." + std::string(43, 'A')), now_));
  EXPECT_TRUE(sessions->find(browser.token(*sessions, now_), now_));
}

TEST_F(SessionsTest, ASessionOutlivesTheHostUntilItsTime) {
  auto sessions = open();
  const Browser browser(*sessions);
  sessions = open();
  EXPECT_TRUE(sessions->find(browser.token(*sessions, now_), now_));
  clock_.advance_ms(24 * 3'600'000);
  EXPECT_EQ(browser.token(*sessions, now_), "");
  EXPECT_EQ(browser.token(*open(), now_), "");
}

TEST_F(SessionsTest, AnotherPasswordOrPlaceEndsAll) {
  const Browser browser(*open());
  EXPECT_EQ(browser.token(*open("another"), now_), "");
  EXPECT_EQ(browser.token(*open(), now_), "") << "the former setting does not revive them";
}

TEST_F(SessionsTest, SignedOutIsSignedOutAfterARestartToo) {
  const auto sessions = open();
  const Browser stays(*sessions), leaves(*sessions);
  const auto token = leaves.token(*sessions, now_);
  ASSERT_TRUE(sessions->end(leaves.id));
  EXPECT_FALSE(sessions->find(token, now_));
  EXPECT_EQ(leaves.token(*sessions, now_), "");
  EXPECT_EQ(leaves.token(*open(), now_), "");
  EXPECT_NE(stays.token(*open(), now_), "");
  ASSERT_TRUE(sessions->end_all());
  EXPECT_EQ(stays.token(*open(), now_), "");
}

TEST_F(SessionsTest, OneMoreThanThereIsRoomForEndsTheOldest) {
  const auto sessions = open();
  const Browser first(*sessions);
  clock_.advance_ms(1);
  const Browser second(*sessions), third(*sessions), fourth(*sessions);
  EXPECT_THAT(fourth.ended, ElementsAre(first.id));
  EXPECT_EQ(first.token(*sessions, now_), "");
  EXPECT_NE(second.token(*open(), now_), "");
}

TEST_F(SessionsTest, AFileThatMakesNoSenseEndsAll) {
  const Browser browser(*open());
  std::ofstream(file()) << "{";
  EXPECT_EQ(browser.token(*open(), now_), "");
  EXPECT_THAT(told_, HasSubstr("has to sign in again"));
  struct stat status{};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(SessionsTest, ACodeOpensOnceForWhoKnowsItAndForTwoMinutes) {
  OpenCodes codes;
  const auto first = codes.issue(now_), second = codes.issue(now_);
  const auto& nonce = Browser::kNonce;
  const auto proof = [&](const OpenCodes::Code& code) {
    return keyed_hash(code.code, "hive open browser " + code.id + " " + nonce);
  };
  EXPECT_FALSE(codes.take({first.id, nonce, proof(second)}, now_));
  EXPECT_FALSE(codes.take({first.id, "another-nonce-of-it", proof(first)}, now_));
  EXPECT_FALSE(codes.take({first.id, nonce, ""}, now_));
  EXPECT_EQ(codes.take({first.id, nonce, proof(first)}, now_)->phrase, first.phrase);
  EXPECT_FALSE(codes.take({first.id, nonce, proof(first)}, now_));
  EXPECT_FALSE(OpenCodes().take({second.id, nonce, proof(second)}, now_));
  clock_.set({wall_time().ms - 3'600'000});  // which is not what counts
  pass(OpenCodes::kLifetime);
  EXPECT_FALSE(codes.take({second.id, nonce, proof(second)}, now_));
}

TEST_F(SessionsTest, OnlySoManyCodesAreOut) {
  OpenCodes codes;
  const auto first = codes.issue(now_);
  for (std::size_t i = 0; i < OpenCodes::kMost; ++i) codes.issue(now_);
  EXPECT_FALSE(codes.take(
      {first.id, Browser::kNonce, keyed_hash(first.code, "hive open browser " + first.id + " " + Browser::kNonce)},
      now_));
}

TEST_F(SessionsTest, TriesAreCounted) {
  Attempts attempts(2, 1s);
  now_ = Attempts::Clock::now();
  EXPECT_TRUE(attempts.take(now_));
  EXPECT_TRUE(attempts.take(now_));
  EXPECT_FALSE(attempts.take(now_));
  pass(1s);
  EXPECT_TRUE(attempts.take(now_));
  EXPECT_FALSE(attempts.take(now_));
  pass(3s);
  EXPECT_TRUE(attempts.take(now_));
  EXPECT_TRUE(attempts.take(now_));
  EXPECT_FALSE(attempts.take(now_));
}

TEST_F(SessionsTest, TheKeyIsMadeOnceAndForTheOwnerAlone) {
  const auto folder = os::open_folder(folder_.path());
  const auto key = read_or_make_key(folder->get(), "key"), again = read_or_make_key(folder->get(), "key");
  ASSERT_TRUE(key && again);
  EXPECT_EQ(*key, *again);
  struct stat status{};
  ASSERT_EQ(::stat((folder_.path() / "key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  std::filesystem::permissions(folder_.path() / "key", std::filesystem::perms(0640));
  EXPECT_EQ(read_or_make_key(folder->get(), "key").error().code, Code::forbidden);
  std::filesystem::permissions(folder_.path() / "key", std::filesystem::perms(0600));
  std::ofstream(folder_.path() / "key") << "short";
  EXPECT_EQ(read_or_make_key(folder->get(), "key").error().code, Code::invalid_params);
  std::filesystem::remove(folder_.path() / "key");
  std::filesystem::create_symlink("/etc/hostname", folder_.path() / "key");
  EXPECT_EQ(read_or_make_key(folder->get(), "key").error().code, Code::forbidden);
}

TEST_F(SessionsTest, APasswordIsKnownByItsLine) {
  const auto line = PasswordHash::of("correct horse").line();
  const auto parsed = PasswordHash::parse(line + "\n");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->fits("correct horse"));
  EXPECT_FALSE(parsed->fits("correct horsf"));
  EXPECT_NE(line, PasswordHash::of("correct horse").line());
  for (const auto& bad :
       {std::string(), std::string("correct horse"), line.substr(1), line + "x", "scrypt$14" + line.substr(9)})
    EXPECT_FALSE(PasswordHash::parse(bad)) << bad;
}

// Made by OpenSSL: a line says how it was hashed, not by what.
TEST_F(SessionsTest, ALineThatAnotherProgramMadeFits) {
  const auto parsed =
      PasswordHash::parse("scrypt$15$8$1$AAECAwQFBgcICQoLDA0ODw$JGkSRdF14nwGmL4RLxj6O68AvLZhrlq9OMYf43G6bk4");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->fits("correct horse"));
}

// RFC 4231, case 2, so that what signs is what it is said to be.
TEST_F(SessionsTest, TheHashIsHmacSha256) {
  EXPECT_EQ(keyed_hash("Jefe", "what do ya want for nothing?"), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
}

}  // namespace
}  // namespace hive::dashboard
