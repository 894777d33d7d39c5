#include "supervisor/idmap.hpp"
#include "testing/supervisor_fixture.hpp"

#include <hive/os/unix_socket.hpp>

namespace hive::runtime_local {
namespace {

using ::testing::HasSubstr;

TEST_F(SupervisorTest, WithoutNamespacesItIsRefusedUnlessThatIsAllowed) {
  auto unconfined = plan(kForever);
  unconfined.bwrap = "/nonexistent/bwrap";
  const auto refused = start(unconfined);
  EXPECT_EQ(refused.state, State::refused);
  EXPECT_THAT(refused.reason.value_or(""), HasSubstr("/nonexistent/bwrap is not there"));
  EXPECT_THAT(refused.reason.value_or(""), HasSubstr("allow_unsandboxed"));
  unconfined.allow_unsandboxed = true;
  const auto started = start(unconfined);
  EXPECT_EQ(started.state, State::running);
  EXPECT_EQ(started.sandbox->level, runtime::Sandbox::none);
  EXPECT_TRUE(shows("up"));
}

TEST_F(SupervisorTest, WithoutNamespacesAStopEndsDaemonsToo) {
  auto unconfined = unconfined_plan("setsid sleep 1000 & echo $! > pid; echo up; exec sleep 1001\n");
  ASSERT_EQ(start(unconfined).state, State::running);
  ASSERT_TRUE(shows("up"));
  const auto daemon = left_behind();
  ASSERT_TRUE(os::open_process(daemon));
  EXPECT_EQ(stop(5s).state, State::stopped);
  EXPECT_FALSE(os::open_process(daemon));
}

TEST_F(SupervisorTest, WithoutNamespacesWhatAKilledSupervisorLeavesIsEnded) {
  auto unconfined = unconfined_plan("setsid sleep 1000 & echo $! > pid; echo up; exec sleep 1001\n");
  unconfined.cgroup = "none";
  ASSERT_EQ(start(unconfined).state, State::running);
  ASSERT_TRUE(shows("up"));
  const auto daemon = left_behind();
  forget();
  ASSERT_TRUE(os::end_process(supervisor()));
  EXPECT_EQ(next_end().reason, "its supervisor was killed");
  EXPECT_FALSE(os::open_process(daemon));
}

TEST_F(SupervisorTest, WithoutNamespacesItsConfigurationIsItsOwnWhileItRuns) {
  auto unconfined = unconfined_plan("cat $HIVE_CONFIG_DIR/agent.json; echo; echo up; exec sleep 1001\n");
  unconfined.config = R"({"name":"alice"})";
  unconfined.environment["HIVE_CONFIG_DIR"] = "/etc/hyperhive";
  ASSERT_EQ(start(unconfined).state, State::running);
  EXPECT_TRUE(shows(unconfined.config));
  const auto folder = root() / "run/config/alice";
  EXPECT_EQ(fs::status(folder / "agent.json").permissions(), fs::perms::owner_read);
  EXPECT_FALSE(fs::exists(folder / "credential.json"));
  EXPECT_EQ(stop(5s).state, State::stopped);
  EXPECT_FALSE(fs::exists(folder));
  ASSERT_EQ(start(unconfined).state, State::running);
  forget();
  ASSERT_TRUE(os::end_process(supervisor()));
  next_end();
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(SupervisorTest, ASupervisorThatDoesNotAnswerInTimeIsTakenOver) {
  keeper_ = open(300ms);
  EXPECT_EQ(start(plan_without_answer()).state, State::running);
  EXPECT_NE(supervisor().start_time, 0u);
  EXPECT_EQ(stop(0ms).state, State::stopped);
}

TEST_F(SupervisorTest, AStopDuringTheStartIsAllThatIsTold) {
  keeper_ = open(300ms);
  forget();
  keeper_->start(plan_without_answer());
  keeper_->stop("alice", 0ms);
  EXPECT_FALSE(next_end().reason);
  EXPECT_THAT(seen(), ::testing::ElementsAre("alice starting", "alice stopping", "alice stopped"));
}

TEST_F(SupervisorTest, AStopOfOneLifeDoesNotStopTheNext) {
  ::setenv("HIVE_CRASH_POINT", "supervisor.locked", 1);
  forget();
  keeper_->start(plan(kForever));
  keeper_->stop("alice", 0ms);
  ASSERT_EQ(next_end().state, State::stopped);
  ::unsetenv("HIVE_CRASH_POINT");
  EXPECT_EQ(start(plan(kForever)).state, State::running);
  EXPECT_TRUE(shows("up"));
  EXPECT_EQ(state_of(last()), State::running);
}

TEST_F(SupervisorTest, ALostControlConnectionIsOpenedAgain) {
  ASSERT_EQ(start(plan("echo up; while [ ! -e /state/more ]; do sleep 0.05; done; echo more; exec sleep 1000\n")).state,
            State::running);
  ASSERT_TRUE(shows("up"));
  int cut = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    sockaddr_un peer{};
    socklen_t size = sizeof peer;
    const int fd = std::atoi(entry.path().filename().c_str());
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0 || peer.sun_family != AF_UNIX) continue;
    if (std::string_view(peer.sun_path).find("alice.sock") == std::string_view::npos) continue;
    ::shutdown(fd, SHUT_RDWR);
    ++cut;
  }
  ASSERT_EQ(cut, 1);
  const auto before = told_.load();
  Hive::write(root() / "agents/alice/state/more", "");
  for (int i = 0; i < 2'000 && told_ == before; ++i) ::usleep(10'000);
  EXPECT_GT(told_, before);
}

TEST_F(SupervisorTest, AnEndThatTakesLongHoldsNobodyElseUp) {
  ASSERT_EQ(start(plan(kForever)).state, State::running);
  const auto cgroup = fs::path(written()->cgroup);
  if (cgroup.empty()) GTEST_SKIP() << "no cgroup can be made here";
  fs::create_directory(cgroup / "inner");  // the folder around it cannot be removed, which is tried for seconds
  forget();
  ASSERT_TRUE(os::end_process(supervisor()));
  keeper_->start(plan(kForever, "bob"));
  ASSERT_TRUE(sees("bob running"));
  EXPECT_EQ(std::ranges::count(seen(), "alice stopped"), 0);
  fs::remove(cgroup / "inner");
  EXPECT_TRUE(sees("alice stopped"));
  EXPECT_FALSE(fs::exists(cgroup));
  keeper_->stop("bob", 0ms);
  EXPECT_TRUE(sees("bob stopped"));
}

TEST_F(SupervisorTest, ASecondHostFindsTheFirstOnesAgent) {
  ASSERT_EQ(start(plan(kForever)).state, State::running);
  const auto before = supervisor();
  keeper_.reset();
  keeper_ = open();
  ASSERT_EQ(found_.size(), 1u);
  EXPECT_EQ(found_[0].state, State::running);
  EXPECT_EQ(start(plan(kForever)).state, State::running);
  EXPECT_EQ(supervisor(), before);
}

TEST_F(SupervisorTest, ASecondSupervisorIsBusyAndTheFirstIsAdopted) {
  const auto first = std::move(keeper_);
  keeper_ = open();  // knows of nothing yet
  forget();
  first->start(plan(kForever));
  ASSERT_EQ(settled().state, State::running);
  const auto before = supervisor();
  EXPECT_EQ(start(plan(kForever)).state, State::running);
  EXPECT_EQ(supervisor(), before);
}

TEST_F(SupervisorTest, AControlSocketSurvivesNonsense) {
  ASSERT_EQ(start(plan(kForever)).state, State::running);
  const auto before = supervisor();
  const auto folder = os::open_folder(root() / "run/supervisors");
  std::vector<os::Fd> clients;
  for (int i = 0; i < 40; ++i) {
    auto client = os::connect_in(folder->get(), "alice.sock");
    if (!client) continue;
    const std::string nonsense = i % 2 == 0 ? std::string(100'000, 'x') : "{}\n[1]\n\xff\n{\"op\":\"dance\"}\n";
    (void)::send(client->get(), nonsense.data(), nonsense.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    clients.push_back(std::move(*client));
  }
  clients.clear();
  EXPECT_EQ(supervisor(), before);
  auto client = os::connect_in(folder->get(), "alice.sock");
  for (int i = 0; i < 2'000 && !client; ++i, client = os::connect_in(folder->get(), "alice.sock")) ::usleep(10'000);
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_THAT(ask(client->get(), "{\"op\":\"dance\"}\n"), HasSubstr("wanted status, stop or watch, not dance"));
  EXPECT_THAT(ask(client->get(), "{\"op\":\"status\"}\n"), HasSubstr(R"("ok":true)"));
  EXPECT_FALSE(stop(5s).reason);
  EXPECT_EQ(state_of(last()), State::stopped);
}

TEST_F(SupervisorTest, WhomTheControlSocketClosesItTellsWhy) {
  ASSERT_EQ(start(plan(kForever)).state, State::running);
  const auto folder = os::open_folder(root() / "run/supervisors");
  std::vector<os::Fd> clients;
  const auto told = [&](const std::string& request) {
    auto client = os::connect_in(folder->get(), "alice.sock");
    if (!client) return client.error().message;
    // It may be closed before this is sent.
    (void)::send(client->get(), request.data(), request.size(), MSG_NOSIGNAL);
    clients.push_back(std::move(*client));
    return heard(clients.back().get());
  };
  std::string last;
  do last = told("{\"op\":\"status\"}\n");
  while (last.find(R"("ok":true)") != last.npos && clients.size() < 20);
  EXPECT_EQ(clients.size(), 16u) << "the keeper is a client too";
  EXPECT_THAT(last, HasSubstr("16 clients are connected, which is the most; try again later"));
  EXPECT_EQ(heard(clients.back().get()), "") << "it is closed";
  clients.resize(10);
  EXPECT_THAT(told(std::string(5'000, 'x')), HasSubstr("a request has more than 4096 bytes; end each with a newline"));
  EXPECT_EQ(heard(clients.back().get()), "") << "it is closed";
}

TEST_F(SupervisorTest, AMountSourceIsNotReachedThroughALink) {
  fs::create_directory_symlink("/etc", root() / "link");
  auto linked = plan(kForever);
  linked.binds.push_back({.source = root() / "link", .target = "/mnt/x"});
  const auto failed = start(linked);
  EXPECT_EQ(failed.state, State::stopped);
  EXPECT_THAT(failed.reason.value_or(""), HasSubstr((root() / "link").string()));
}

TEST_F(SupervisorTest, AFileSystemThatCannotMapOwnersIsNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root maps owners";
  auto mapped = plan(kForever);
  mapped.binds.push_back({.source = "/proc/fs", .target = "/mnt/x", .writable = true, .as_owner = true});
  const auto failed = start(mapped);
  EXPECT_EQ(failed.state, State::stopped);
  EXPECT_THAT(failed.reason.value_or(""), HasSubstr("/proc/fs: its file system cannot show it as the agent's own"));
}

TEST_F(SupervisorTest, OwnersCanBeTriedBeforeTheStart) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root maps owners";
  EXPECT_TRUE(supervisor::check_mapping(root() / "shared", {user_.uid, user_.gid}));
  EXPECT_THAT(supervisor::check_mapping("/proc/fs", {user_.uid, user_.gid}).error().message,
              HasSubstr("/proc/fs: its file system cannot"));
  EXPECT_THAT(supervisor::check_mapping(root() / "missing", {user_.uid, user_.gid}).error().message,
              HasSubstr("missing"));
}

TEST_F(SupervisorTest, AMissingKeyFileIsNamed) {
  auto keyed = plan(kForever);
  keyed.api_key_file = "/nonexistent/key";
  const auto failed = start(keyed);
  EXPECT_EQ(failed.state, State::stopped);
  EXPECT_THAT(failed.reason.value_or(""), HasSubstr("/nonexistent/key"));
}

class SupervisorCrash : public SupervisorTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(SupervisorCrash, NothingIsLeftAndTheNextStartWorks) {
  ::setenv("HIVE_CRASH_POINT", GetParam(), 1);
  auto ended = start(plan(kWithDaemon));
  if (ended.state == State::running) {
    EXPECT_TRUE(shows("up"));
    EXPECT_THAT(processes(), ::testing::SizeIs(::testing::Ge(3))) << "supervisor, agent and daemon";
    ended = stop(0ms);
  }
  EXPECT_EQ(ended.state, State::stopped);
  EXPECT_EQ(supervisor().start_time, 0u);
  EXPECT_FALSE(written());
  EXPECT_THAT(processes(), ::testing::IsEmpty());
  ::unsetenv("HIVE_CRASH_POINT");
  EXPECT_EQ(start(plan(kForever)).state, State::running);
  EXPECT_EQ(stop(0ms).state, State::stopped);
  EXPECT_FALSE(written());
  EXPECT_THAT(processes(), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(EachPoint, SupervisorCrash,
                         ::testing::Values("supervisor.locked", "supervisor.cloned", "supervisor.recorded",
                                           "supervisor.running", "supervisor.ended"),
                         [](const auto& point) { return std::string(point.param).substr(11); });

}  // namespace
}  // namespace hive::runtime_local
