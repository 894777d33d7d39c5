#include <hive/os/loop_thread.hpp>
#include <hive/os/testing/manual_time.hpp>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <future>

namespace hive::os {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

/// A loop whose time passes when the test says so, and two pipes that it can watch.
class EventLoopTest : public ::testing::Test {
 protected:
  EventLoop::Job says(std::string what) {
    return [this, what] { heard.push_back(what); };
  }
  /// Of the pipe: what comes is read and told as `what`.
  EventLoop::Watch watch(const Pair& pipe, std::string what) {
    return loop.watch(pipe.first.get(), POLLIN, [this, &pipe, what](short) {
      char byte = 0;
      if (::read(pipe.first.get(), &byte, 1) == 1) heard.push_back(what);
    });
  }
  static void write_to(const Pair& pipe) { ASSERT_EQ(::write(pipe.second.get(), "x", 1), 1); }

  testing::ManualTime time;
  EventLoop loop{time};
  Pair one = *make_pipe(), two = *make_pipe();
  std::vector<std::string> heard;
};

TEST_F(EventLoopTest, TimersRunInTheOrderOfTheirTimesAndNotBefore) {
  const auto begun = loop.now();
  const auto late = loop.after(2s, says("late")), soon = loop.after(1s, says("soon"));
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("soon"));
  EXPECT_EQ(loop.now() - begun, 1s);
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("soon", "late"));
  EXPECT_EQ(loop.now() - begun, 2s);
  EXPECT_FALSE(late.is_set());
}

TEST_F(EventLoopTest, TimersOfOneTimeRunInTheOrderInWhichTheyWereSet) {
  const auto at = loop.now() + 1s;
  const auto first = loop.at(at, says("first")), second = loop.at(at, says("second"));
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("first", "second"));
}

TEST_F(EventLoopTest, ATimerThatIsLetGoOfOrReplacedDoesNotRun) {
  auto timer = loop.after(1s, says("replaced"));
  timer = loop.after(2s, says("kept"));
  {
    const auto gone = loop.after(1s, says("gone"));
  }
  auto cancelled = loop.after(1s, says("cancelled"));
  cancelled.reset();
  EXPECT_FALSE(cancelled.is_set());
  EXPECT_TRUE(timer.is_set());
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("kept"));
}

TEST_F(EventLoopTest, ATimerMaySetItselfAnew) {
  EventLoop::Timer timer;
  int runs = 0;
  const std::function<void()> again = [&] {
    if (++runs < 3) timer = loop.after(1s, again);
  };
  timer = loop.after(1s, again);
  loop.run_until([&] { return runs == 3; });
  EXPECT_FALSE(timer.is_set());
}

TEST_F(EventLoopTest, ATimerThatIsSetInThePastHoldsUpNoOther) {
  EventLoop::Timer past;
  const auto first = loop.after(1s, [&] { past = loop.at(loop.now() - 1s, says("past")); });
  const auto second = loop.after(1s, says("second"));
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("second"));
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("second", "past"));
}

TEST_F(EventLoopTest, WhatIsPostedRunsSoonButNotFromWithin) {
  loop.post([this] {
    loop.post(says("inner"));
    heard.push_back("outer");
  });
  EXPECT_THAT(heard, IsEmpty());
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("outer"));
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("outer", "inner"));
}

TEST_F(EventLoopTest, DescriptorsComeBeforeTimersInTheOrderOfTheirWatches) {
  const auto second = watch(two, "two"), first = watch(one, "one");
  const auto timer = loop.after(0s, says("timer"));
  write_to(one);
  write_to(two);
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("two", "one", "timer"));
}

TEST_F(EventLoopTest, WhatIsReadyHoldsNoTimerUp) {
  const auto watched = watch(one, "one");
  const auto timer = loop.after(1s, says("timer"));
  for (int i = 0; i < 3; ++i) write_to(one);
  loop.run_once();
  time.advance(1s);
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("one", "one", "timer"));
}

TEST_F(EventLoopTest, AWatchThatAnotherLetsGoOfIsNotCalledAnyMore) {
  EventLoop::Watch second;
  const auto first = loop.watch(one.first.get(), POLLIN, [&](short) { second.reset(); });
  second = watch(two, "two");
  write_to(one);
  write_to(two);
  loop.run_once();
  EXPECT_THAT(heard, IsEmpty());
}

TEST_F(EventLoopTest, AWatchMayLetGoOfItselfAndANewOneTakesItsNumber) {
  EventLoop::Watch watched;
  watched = loop.watch(one.first.get(), POLLIN, [&, kept = std::string("still there")](short) {
    watched.reset();
    heard.push_back(kept);
    watched = watch(one, "anew");
  });
  write_to(one);
  loop.run_once();
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("still there", "anew"));
}

TEST_F(EventLoopTest, AWatchAsksForWhatItIsSetTo) {
  short told = 0;
  auto watched = loop.watch(one.second.get(), 0, [&](short events) { told = events; });
  const auto timer = loop.after(1s, [] {});
  loop.run_once();
  EXPECT_EQ(told, 0);
  watched.set_events(POLLOUT);
  loop.run_once();
  EXPECT_EQ(told, POLLOUT);
  watched.set_events(0);
  one.first.reset();
  loop.run_once();
  EXPECT_EQ(told, POLLERR);
}

/// Cannot wait for descriptors.
struct BrokenTime : testing::ManualTime {
  Waited wait(std::span<pollfd> fds, Clock::time_point until) override {
    if (fds.empty()) return ManualTime::wait(fds, until);
    ++failures;
    errno = ENOMEM;
    return Waited::failed;
  }
  int failures = 0;
};

TEST_F(EventLoopTest, ALoopThatCannotWaitSaysSoOnceAndGoesOnWithItsTimers) {
  BrokenTime broken;
  EventLoop without(broken);
  const auto watched = without.watch(one.first.get(), POLLIN, [](short) { ADD_FAILURE() << "nothing was looked at"; });
  bool due = false;
  const auto timer = without.after(1s, [&] { due = true; });
  ::testing::internal::CaptureStderr();
  without.run_until([&] { return due; });
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "descriptors cannot be waited for: Cannot allocate memory; it is tried again\n");
  EXPECT_EQ(broken.failures, 10);  // ten rests in that second
}

TEST_F(EventLoopTest, ADescriptorThatWasGivenIsClosedWithItsWatch) {
  auto watched = loop.watch(std::move(one.first), POLLIN, [](short) {});
  EXPECT_GE(watched.fd(), 0);
  EXPECT_FALSE(is_readable(one.second.get()));
  watched.reset();
  EXPECT_EQ(watched.fd(), -1);
  EXPECT_TRUE(is_readable(one.second.get()));  // its other end has gone
}

TEST_F(EventLoopTest, WhatIsMovedStaysOneWatch) {
  auto from = watch(one, "one");
  auto to = std::move(from);
  write_to(one);
  loop.run_once();
  EXPECT_THAT(heard, ElementsAre("one"));
  EXPECT_TRUE(to);
  to.reset();
  to.reset();
  EXPECT_FALSE(to);
}

TEST(LoopThreadTest, WhatWasPostedBeforeItStopsHasRunInOrder) {
  auto thread = *LoopThread::create();
  std::vector<int> heard;
  thread->post([&] { heard.push_back(1); });
  thread->start();
  thread->post([&] { heard.push_back(2); });
  thread->stop();
  thread->post([&] { heard.push_back(3); });
  thread.reset();
  EXPECT_THAT(heard, ElementsAre(1, 2));
}

TEST(LoopThreadTest, ItsLoopRunsOnIt) {
  auto thread = *LoopThread::create();
  std::promise<std::thread::id> told;
  const auto timer = thread->loop().after(0s, [&] { told.set_value(std::this_thread::get_id()); });
  thread->start();
  EXPECT_NE(told.get_future().get(), std::this_thread::get_id());
  thread->stop();
}

TEST(WaitTest, WhatIsReadyIsTold) {
  auto pipe = *make_pipe();
  pollfd polled[] = {{-1, POLLIN, 0}, {pipe.second.get(), POLLOUT, 0}};
  EXPECT_EQ(wait_for_any(polled, SteadyTime::Clock::time_point::max()), Waited::ready);
  EXPECT_EQ(polled[0].revents, 0);
  EXPECT_EQ(polled[1].revents, POLLOUT);
  EXPECT_EQ(wait_readable(pipe.first.get(), 0ms), Waited::late);
  pipe.second.reset();
  EXPECT_EQ(wait_readable(pipe.first.get(), 0ms), Waited::ready);
}

TEST(WaitTest, AFailureIsNotTheEndOfTheTime) {
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  std::vector<pollfd> too_many(files.rlim_cur + 1, pollfd{-1, POLLIN, 0});
  EXPECT_EQ(wait_for_any(too_many, SteadyTime::Clock::time_point::max()), Waited::failed);
  EXPECT_EQ(errno, EINVAL);
}

TEST(WaitTest, ASignalDoesNotEndTheWait) {
  static const auto pipe = *make_pipe();
  struct sigaction writes{};
  writes.sa_handler = [](int) { (void)!::write(pipe.second.get(), "x", 1); };
  ::sigaction(SIGALRM, &writes, nullptr);
  const itimerval soon{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = 1'000}};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &soon, nullptr), 0);
  EXPECT_EQ(wait_readable(pipe.first.get(), 60s), Waited::ready);
}

TEST(WaitTest, AChildThatEndsInTimeIsReaped) {
  const auto child = fork_child("child");
  ASSERT_TRUE(child);
  if (child->pid == 0) ::_exit(7);
  const auto ending = wait_or_kill(*child, 60s);
  EXPECT_TRUE(ending.exited);
  EXPECT_EQ(ending.code, 7);
}

TEST(WaitTest, AChildThatDoesNotIsKilled) {
  const auto child = fork_child("child");
  ASSERT_TRUE(child);
  if (child->pid == 0)
    for (;;) ::pause();
  const auto ending = wait_or_kill(*child, 0ms);
  EXPECT_FALSE(ending.exited);
  EXPECT_EQ(ending.signal, SIGKILL);
}

}  // namespace
}  // namespace hive::os
