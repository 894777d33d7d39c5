#include "machine_names.hpp"

#include <hive/os/files.hpp>
#include <hive/testing/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

namespace hive::supervisor {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class MachineNamesTest : public ::testing::Test {
 protected:
  MachineNamesTest() {
    fs::create_directories(etc());
    fs::create_directories(temporary_.path() / "root/run");
    write(etc() / "hosts", "192.0.2.7 printer\n");
    write(etc() / "resolv.conf", "nameserver 192.0.2.1\n");
  }
  Result<MachineNames> open() {
    return MachineNames::open({.root = temporary_.path() / "root", .name = "alice", .etc = etc()});
  }
  fs::path etc() const { return temporary_.path() / "etc"; }
  std::string copy(const char* file) const {
    const auto text = os::read_file(MachineNames::folder(temporary_.path() / "root", "alice") / file);
    return text ? *text : text.error().message;
  }
  static void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }
  /// As most programs change a file of the system.
  static void replace(const fs::path& file, const std::string& text) {
    write(file.string() + ".new", text);
    fs::rename(file.string() + ".new", file);
  }
  /// What the supervisor does when it is told.
  static bool told(MachineNames& names) { return os::is_readable(names.changes()) && names.refresh(); }

  const testing::TemporaryFolder temporary_;
};

TEST_F(MachineNamesTest, TheMachinesNamesAndItsOwnAreThere) {
  ASSERT_TRUE(open());
  EXPECT_THAT(copy("hosts"), HasSubstr("192.0.2.7 printer\n"));
  EXPECT_THAT(copy("hosts"), HasSubstr("127.0.0.1 localhost alice\n"));
  EXPECT_EQ(copy("resolv.conf"), "nameserver 192.0.2.1\n");
}

TEST_F(MachineNamesTest, FilesThatAreReplacedOrWrittenAreCopiedAgain) {
  auto names = open();
  ASSERT_TRUE(names);
  EXPECT_FALSE(told(*names));
  replace(etc() / "resolv.conf", "nameserver 192.0.2.2\n");
  EXPECT_TRUE(told(*names));
  EXPECT_EQ(copy("resolv.conf"), "nameserver 192.0.2.2\n");
  write(etc() / "hosts", "192.0.2.8 printer\n");
  EXPECT_TRUE(told(*names));
  EXPECT_THAT(copy("hosts"), HasSubstr("192.0.2.8 printer\n"));
  EXPECT_THAT(copy("hosts"), Not(HasSubstr("192.0.2.7")));
  EXPECT_FALSE(told(*names));
}

TEST_F(MachineNamesTest, AFileBehindLinksIsFollowedWhereItIs) {
  fs::create_directories(temporary_.path() / "run/resolve");
  fs::create_directories(temporary_.path() / "run/other");
  write(temporary_.path() / "run/resolve/stub", "nameserver 192.0.2.3\n");
  write(temporary_.path() / "run/other/stub", "nameserver 192.0.2.4\n");
  fs::remove(etc() / "resolv.conf");
  fs::create_symlink("../run/resolve/stub", etc() / "resolv.conf");
  auto names = open();
  ASSERT_TRUE(names);
  EXPECT_EQ(copy("resolv.conf"), "nameserver 192.0.2.3\n");
  replace(temporary_.path() / "run/resolve/stub", "nameserver 192.0.2.5\n");
  EXPECT_TRUE(told(*names));
  EXPECT_EQ(copy("resolv.conf"), "nameserver 192.0.2.5\n");
  fs::create_symlink("../run/other/stub", etc() / "new");
  fs::rename(etc() / "new", etc() / "resolv.conf");
  EXPECT_TRUE(told(*names));
  EXPECT_EQ(copy("resolv.conf"), "nameserver 192.0.2.4\n");
  replace(temporary_.path() / "run/other/stub", "nameserver 192.0.2.6\n");
  EXPECT_TRUE(told(*names));
  EXPECT_EQ(copy("resolv.conf"), "nameserver 192.0.2.6\n");
}

TEST_F(MachineNamesTest, AMachineWithoutThemHasAtLeastLocalhost) {
  fs::remove(etc() / "hosts");
  fs::remove(etc() / "resolv.conf");
  auto names = open();
  ASSERT_TRUE(names);
  EXPECT_EQ(copy("hosts"), "127.0.0.1 localhost alice\n::1 localhost\n");
  EXPECT_EQ(copy("resolv.conf"), "");
  write(etc() / "resolv.conf", "nameserver 192.0.2.1\n");
  EXPECT_TRUE(told(*names));
  EXPECT_EQ(copy("resolv.conf"), "nameserver 192.0.2.1\n");
}

TEST_F(MachineNamesTest, EverybodyMayReadThemAndTheyGoWithTheAgent) {
  ASSERT_TRUE(open());
  const auto folder = MachineNames::folder(temporary_.path() / "root", "alice");
  struct stat status{};
  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0755u);
  ASSERT_EQ(::stat((folder / "hosts").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644u);
  MachineNames::remove(temporary_.path() / "root", "alice");
  EXPECT_FALSE(fs::exists(folder));
}

}  // namespace
}  // namespace hive::supervisor
