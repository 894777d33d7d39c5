#include "port_users.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace hive::http {
namespace {

constexpr std::size_t kWordsOfSix = 4, kDigitsOfFour = 8;
constexpr const char* kAnyFour = "*";
constexpr std::string_view kEstablished = "01", kClosedByPeer = "08";  // of include/net/tcp_states.h

std::vector<int> open_descriptors() {
  std::vector<int> found;
  std::error_code unreadable;
  std::filesystem::directory_iterator entry("/proc/self/fd", unreadable);
  for (; !unreadable && entry != std::filesystem::directory_iterator(); entry.increment(unreadable)) {
    const auto name = entry->path().filename().string();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    found.push_back(fd);
  }
  return found;
}

std::uint16_t local_port_of(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  if (bound.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
  if (bound.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(bound).sin6_port);
  return 0;
}

/// Whether this side has not closed it yet.
bool is_connected(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         (info.tcpi_state == TCP_ESTABLISHED || info.tcpi_state == TCP_CLOSE_WAIT);
}

std::set<std::uint64_t> own_sockets() {
  std::set<std::uint64_t> inodes;
  for (const int fd : open_descriptors()) {
    struct stat about{};
    if (::fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode)) inodes.insert(about.st_ino);
  }
  return inodes;
}

/// An address as the kernel's table writes it: its words as they lie in memory, each as a number.
std::string as_in_table(const void* address, std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint32_t word = 0;
    std::memcpy(&word, static_cast<const char*>(address) + i * sizeof word, sizeof word);
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08X", word);
    text += digits;
  }
  return text;
}

/// How the table's names of a place begin; a whole name begins with itself. An IPv4 address may be that of a socket of
/// IPv6, and no address of IPv6 is a place of a server of IPv4.
std::vector<std::string> names_of(const std::string& address) {
  in6_addr six{};
  if (::inet_pton(AF_INET6, address.c_str(), &six) == 1) {
    if (IN6_IS_ADDR_UNSPECIFIED(&six)) return {""};
    return {as_in_table(&six, kWordsOfSix)};
  }
  in_addr four{};
  ::inet_pton(AF_INET, address.c_str(), &four);
  ::inet_pton(AF_INET6, ("::ffff:" + address).c_str(), &six);
  if (four.s_addr != INADDR_ANY) return {as_in_table(&four, 1), as_in_table(&six, kWordsOfSix)};
  return {kAnyFour, as_in_table(&six, kWordsOfSix - 1)};
}

bool is_at(const std::string& name, const std::vector<std::string>& places) {
  return std::any_of(places.begin(), places.end(), [&name](const std::string& place) {
    return place == kAnyFour ? name.size() == kDigitsOfFour : name.starts_with(place);
  });
}

struct Row {
  std::string address, state;
  std::uint16_t port = 0;
  uid_t uid = 0;
  std::uint64_t inode = 0;  // 0: no process has accepted it
};

std::optional<Row> row_of(const std::string& line) {
  Row row;
  std::string number, local, skipped;
  std::istringstream text(line);
  text >> number >> local >> skipped >> row.state >> skipped >> skipped >> skipped >> row.uid >> skipped >> row.inode;
  const auto colon = local.find(':');
  if (!text || colon == local.npos) return std::nullopt;
  row.address = local.substr(0, colon);
  std::from_chars(local.data() + colon + 1, local.data() + local.size(), row.port, 16);
  return row;
}

}  // namespace

std::vector<int> connected_at(std::uint16_t port) {
  auto found = open_descriptors();
  std::erase_if(found, [port](int fd) { return local_port_of(fd) != port || !is_connected(fd); });
  return found;
}

std::optional<uid_t> held_elsewhere(const std::string& address, std::uint16_t port) {
  const auto places = names_of(address);
  const auto own = own_sockets();
  for (const auto* table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream rows(table);
    for (std::string line; std::getline(rows, line);) {
      const auto row = row_of(line);
      if (!row || row->port != port || row->inode == 0 || own.contains(row->inode)) continue;
      if (row->state != kEstablished && row->state != kClosedByPeer) continue;
      if (is_at(row->address, places)) return row->uid;
    }
  }
  return std::nullopt;
}

}  // namespace hive::http
