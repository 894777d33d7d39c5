#include "connection.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace hive::sqlite {
namespace {

/// `major:minor:inode` as /proc/locks writes it.
std::string kernel_name(const std::filesystem::path& file) {
  struct stat found{};
  if (::stat(file.c_str(), &found) != 0) return {};
  char name[64];
  std::snprintf(name, sizeof name, "%02x:%02x:%llu", major(found.st_dev), minor(found.st_dev),
                static_cast<unsigned long long>(found.st_ino));
  return name;
}

/// 0: nobody else holds a write lock on it that this process could see.
long writer_of(const std::string& name) {
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, type, advice, access, file;
    long pid = 0;
    if (!(words >> number >> type >> advice >> access >> pid >> file)) continue;
    if (file == name && access == "WRITE" && pid > 0 && pid != ::getpid()) return pid;
  }
  return 0;
}

}  // namespace

std::string holder_of(const std::filesystem::path& file) {
  // In the write-ahead mode the locks are on the -shm file; before it is on, on the file itself.
  for (const char* suffix : {"-shm", ""}) {
    const auto name = kernel_name(file.string() + suffix);
    if (name.empty()) continue;
    if (const long pid = writer_of(name); pid != 0) return "pid " + std::to_string(pid);
  }
  return "another connection";
}

}  // namespace hive::sqlite
