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

using ::testing::HasSubstr;

class SessionsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Sessions> open(const std::string& key = "key") {
    auto folder = os::open_folder(folder_.path());
    auto opened = Sessions::open(
        {.key = key, .lifetime = std::chrono::hours(24), .folder = std::move(*folder), .most_ended = 3}, told_);
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  std::filesystem::path file() const { return folder_.path() / "ended-sessions.json"; }

  testing::TemporaryFolder folder_;
  testing::ManualClock clock_;
  std::string told_;
};

TEST_F(SessionsTest, ACookieIsASessionAlsoAfterARestart) {
  const auto cookie = open()->begin();
  const auto first = open()->find(cookie), second = open()->find(cookie);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->token, second->token);
  EXPECT_NE(first->token, open()->find(open()->begin())->token);
}

TEST_F(SessionsTest, WhatIsChangedOrOfAnotherKeyIsNone) {
  const auto cookie = open()->begin();
  EXPECT_FALSE(open("other")->find(cookie));
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    auto changed = cookie;
    changed[i] = changed[i] == '1' ? '2' : '1';
    EXPECT_FALSE(open()->find(changed)) << changed;
    EXPECT_FALSE(open()->find(cookie.substr(0, i)));
  }
  for (const auto* bad : {"", ".", "..", "...", "a.b.c", "a.99999999999999999999.c", "a.-1."})
    EXPECT_FALSE(open()->find(bad));
}

TEST_F(SessionsTest, EndsByItself) {
  const auto sessions = open();
  const auto cookie = sessions->begin();
  clock_.advance_ms(24 * 3'600'000 - 1);
  EXPECT_TRUE(sessions->find(cookie));
  clock_.advance_ms(1);
  EXPECT_FALSE(sessions->find(cookie));
}

TEST_F(SessionsTest, SignedOutIsSignedOutAfterARestartToo) {
  const auto cookie = open()->begin(), other = open()->begin();
  const auto sessions = open();
  ASSERT_TRUE(sessions->end(*sessions->find(cookie)));
  EXPECT_FALSE(sessions->find(cookie));
  EXPECT_FALSE(open()->find(cookie));
  EXPECT_TRUE(open()->find(other));
}

TEST_F(SessionsTest, MoreThanItKeepsEndsAllAndRevivesNone) {
  const auto sessions = open();
  const auto first = sessions->begin();
  ASSERT_TRUE(sessions->end(*sessions->find(first)));
  const auto bystander = sessions->begin();
  for (std::size_t i = 0; i < 3; ++i) ASSERT_TRUE(sessions->end(*sessions->find(sessions->begin())));
  EXPECT_FALSE(open()->find(first));
  EXPECT_FALSE(open()->find(bystander));
  clock_.advance_ms(1);
  EXPECT_TRUE(open()->find(sessions->begin()));
}

TEST_F(SessionsTest, AFileThatMakesNoSenseEndsAll) {
  const auto cookie = open()->begin();
  std::ofstream(file()) << "{";
  EXPECT_FALSE(open()->find(cookie));
  EXPECT_THAT(told_, HasSubstr("has to sign in again"));
}

TEST_F(SessionsTest, ACodeOpensOnceAndForTwoMinutes) {
  OpenCodes codes;
  const auto first = codes.issue();
  const auto second = codes.issue();
  EXPECT_EQ(codes.take(first.code), first.phrase);
  EXPECT_EQ(codes.take(first.code), std::nullopt);
  EXPECT_EQ(codes.take(""), std::nullopt);
  clock_.advance_ms(OpenCodes::kLifetimeMs);
  EXPECT_EQ(codes.take(second.code), std::nullopt);
}

TEST_F(SessionsTest, OnlySoManyCodesAreOut) {
  OpenCodes codes;
  const auto first = codes.issue().code;
  for (std::size_t i = 0; i < OpenCodes::kMost; ++i) codes.issue();
  EXPECT_EQ(codes.take(first), std::nullopt);
}

TEST_F(SessionsTest, TriesAreCounted) {
  Attempts attempts(2, 1'000);
  EXPECT_TRUE(attempts.take());
  EXPECT_TRUE(attempts.take());
  EXPECT_FALSE(attempts.take());
  clock_.advance_ms(1'000);
  EXPECT_TRUE(attempts.take());
  EXPECT_FALSE(attempts.take());
  clock_.set({wall_time().ms - 60'000});  // set back
  EXPECT_FALSE(attempts.take());
  clock_.advance_ms(1'000);
  EXPECT_TRUE(attempts.take());
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
