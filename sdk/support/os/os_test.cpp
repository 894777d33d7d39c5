#include <hive/os/files.hpp>
#include <hive/os/lock.hpp>
#include <hive/os/process.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace hive::os {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

struct OsTest : ::testing::Test {
  const hive::testing::TemporaryFolder temporary;
  const fs::path folder = temporary.path();
};

TEST_F(OsTest, AReplacedFileHasTheNewTextAndNothingElseIsLeft) {
  auto at = open_folder(folder);
  ASSERT_TRUE(at);
  ASSERT_TRUE(replace_file(at->get(), "record", "one"));
  ASSERT_TRUE(replace_file(at->get(), "record", "two"));
  EXPECT_EQ(*read_file(folder / "record"), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(OsTest, ReadingMoreThanTheBoundIsRefused) {
  std::ofstream(folder / "big") << std::string(100, 'x');
  EXPECT_EQ(read_file(folder / "big", 99).error().code, Code::too_large);
  EXPECT_EQ(read_file(folder / "big", 100)->size(), 100U);
  EXPECT_EQ(read_file(folder / "none").error().code, Code::not_found);
}

TEST_F(OsTest, NothingOutsideOrBehindALinkIsOpenedBeneath) {
  fs::create_directory(folder / "in");
  std::ofstream(folder / "out") << "secret";
  std::ofstream(folder / "in" / "file") << "mine";
  fs::create_symlink("../out", folder / "in" / "link");
  ASSERT_EQ(::mkfifo((folder / "in" / "fifo").c_str(), 0600), 0);
  auto at = open_folder(folder / "in");
  EXPECT_TRUE(open_beneath(at->get(), "file"));
  EXPECT_EQ(open_beneath(at->get(), "link").error().code, Code::forbidden);
  EXPECT_EQ(open_beneath(at->get(), "../out").error().code, Code::forbidden);
  EXPECT_EQ(open_beneath(at->get(), (folder / "out").string()).error().code, Code::forbidden);
  EXPECT_EQ(open_beneath(at->get(), "fifo").error().code, Code::forbidden);
  EXPECT_EQ(open_without_links(folder / "in" / "link").error().code, Code::forbidden);
}

TEST_F(OsTest, ALockNamesItsHolderAndEndsWithIt) {
  auto at = open_folder(folder);
  auto gate = make_pipe();
  auto told = make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    auto lock = RecordLock::take(at->get(), "lock");
    (void)!::write(told->second.get(), lock ? "y" : "n", 1);
    char wait;
    (void)!::read(gate->first.get(), &wait, 1);
    ::_exit(0);
  }
  char took = 0;
  ASSERT_EQ(::read(told->first.get(), &took, 1), 1);
  ASSERT_EQ(took, 'y');
  EXPECT_EQ(lock_holder(at->get(), "lock"), child);
  auto refused = RecordLock::take(at->get(), "lock");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(child)));
  ASSERT_EQ(::write(gate->second.get(), "x", 1), 1);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(RecordLock::take(at->get(), "lock"));
}

TEST_F(OsTest, ASocketInADeepFolderIsReached) {
  auto deep = folder;
  for (int i = 0; i < 4; ++i) deep /= std::string(60, 'd');
  fs::create_directories(deep);
  auto at = open_folder(deep);
  auto listener = listen_in(at->get(), "host.sock");
  ASSERT_TRUE(listener) << listener.error().message;
  auto client = connect_to(deep / "host.sock");
  ASSERT_TRUE(client) << client.error().message;
  Fd served(::accept(listener->get(), nullptr, nullptr));
  EXPECT_EQ(peer_of(served.get())->uid, ::geteuid());
  EXPECT_EQ(connect_to(deep / "none.sock").error().message, (deep / "none.sock").string() + ": nobody listens there");
  const auto at_once = connect_to(deep / "host.sock", Connect::at_once);
  ASSERT_TRUE(at_once);
  char byte = 0;
  EXPECT_EQ(::recv(at_once->get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST_F(OsTest, WithoutLinksOnlyASocketItselfIsConnectedTo) {
  auto at = open_folder(folder);
  auto listener = listen_in(at->get(), "page.sock");
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_TRUE(connect_without_links(at->get(), "page.sock"));
  fs::create_symlink("page.sock", folder / "link.sock");
  EXPECT_TRUE(connect_in(at->get(), "link.sock"));
  EXPECT_EQ(connect_without_links(at->get(), "link.sock").error().code, Code::forbidden);
  EXPECT_EQ(connect_without_links(at->get(), ".").error().code, Code::forbidden);
  EXPECT_EQ(connect_without_links(at->get(), "none.sock").error().code, Code::unavailable);
  listener->reset();
  EXPECT_EQ(connect_without_links(at->get(), "page.sock").error().code, Code::unavailable);
}

TEST_F(OsTest, AChildGetsItsOwnEnvironmentAndOnlyItsDescriptors) {
  auto out = make_pipe();
  auto leaked = make_pipe();
  Command command{.argv = {"/bin/sh", "-c", "echo $A $HOME; ls /proc/self/fd | wc -l"},
                  .environment = {"A=1", "PATH=/usr/bin:/bin"}};
  command.out = out->second.get();
  auto child = start(command);
  ASSERT_TRUE(child) << child.error().message;
  out->second.reset();
  std::string text;
  char block[256];
  for (ssize_t n; (n = ::read(out->first.get(), block, sizeof block)) > 0;) text.append(block, std::size_t(n));
  EXPECT_TRUE(wait_for(*child).exited);
  EXPECT_THAT(take_lines(text), ElementsAre("1", "4"));  // 0, 1, 2 and the folder that ls reads
}

TEST_F(OsTest, AProgramThatIsNotThereIsAnErrorOfStart) {
  Command command{.argv = {"/no/such/program"}};
  EXPECT_EQ(start(command).error().code, Code::not_found);
}

TEST_F(OsTest, AnErrorOfStartIsHeardAmongSignals) {
  struct sigaction act{}, before{};
  act.sa_handler = [](int) {};  // without SA_RESTART
  ::sigaction(SIGALRM, &act, &before);
  const itimerval often{{0, 100}, {0, 100}}, never{};
  ::setitimer(ITIMER_REAL, &often, nullptr);
  int started = 0;
  for (int i = 0; i < 100; ++i) started += bool(start({.argv = {"/no/such/program"}}));
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  EXPECT_EQ(started, 0);
}

TEST_F(OsTest, WithoutADescriptorForTheChildNoneIsLeft) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  auto small = limit;
  small.rlim_cur = 256;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  std::vector<Fd> fill;
  for (Fd one(::open("/dev/null", O_RDONLY | O_CLOEXEC)); one; one = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)))
    fill.push_back(std::move(one));
  fill.resize(fill.size() - 2);  // for the pipe
  const auto child = start({.argv = {"/bin/true"}});
  fill.clear();
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ASSERT_FALSE(child);
  EXPECT_THAT(child.error().message, HasSubstr("/bin/true: pidfd"));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

TEST_F(OsTest, AnEndedProcessIsNotOpenedAgain) {
  Command command{.argv = {"/bin/sleep", "1000"}};
  auto child = start(command);
  const auto identity = identity_of(child->pid);
  EXPECT_TRUE(open_process(identity));
  auto other = identity;
  ++other.start_time;
  EXPECT_FALSE(open_process(other));
  EXPECT_TRUE(end_process(identity));
  EXPECT_EQ(wait_for(*child).signal, SIGKILL);
  EXPECT_FALSE(open_process(identity));
  EXPECT_FALSE(end_process(identity));
}

}  // namespace
}  // namespace hive::os
