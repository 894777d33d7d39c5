#include "control.hpp"

#include <hive/os/files.hpp>
#include <hive/os/testing/manual_time.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

namespace hive::supervisor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// While it lives this process can open nothing more.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto none = before_;
    none.rlim_cur = rlim_t(::dup(0));  // the lowest that is free: all below are taken
    ::close(int(none.rlim_cur));
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(ControlSocketTest, WhoeverConnectsWhileDescriptorsLackIsServedWhenThereAreSomeAgain) {
  hive::testing::TemporaryFolder folder;
  const auto opened = *os::open_folder(folder.path());
  os::testing::ManualTime time;
  os::EventLoop loop(time);
  std::vector<std::string> troubles, asked;
  ControlSocket control(loop, *os::listen_in(opened.get(), "x.sock"),
                        {[&](auto&, const Request& request) { asked.push_back(request.op); },
                         [&](std::string_view trouble) { troubles.emplace_back(trouble); }});
  const auto ask = [&](std::string_view line) {
    auto client = *os::connect_in(opened.get(), "x.sock", os::Connect::waiting);
    EXPECT_EQ(::write(client.get(), line.data(), line.size()), ssize_t(line.size()));
    return client;
  };
  // UBSan opens descriptors when it looks at a type for the first time, so all that follows has happened once.
  const auto before = ask("{\"op\":\"before\"}\n");
  loop.run_until([&] { return !asked.empty(); });
  const auto client = ask("{\"op\":\"status\"}\n");
  {
    const NoMoreDescriptors none;
    for (int i = 0; i < 3; ++i) loop.run_once();
  }
  EXPECT_THAT(troubles, ElementsAre(HasSubstr("a client cannot be accepted")));
  loop.run_until([&] { return asked.size() == 2; });
  EXPECT_THAT(asked, ElementsAre("before", "status"));
}

}  // namespace
}  // namespace hive::supervisor
