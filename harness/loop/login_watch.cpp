#include "loop/login_watch.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <functional>

namespace hive::harness {
namespace {

constexpr std::uint32_t kChanges = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_ONLYDIR;

}  // namespace

std::string LoginWatch::fingerprint() const {
  std::string text;
  const auto credential = read_credential(options_.config_dir);
  if (credential && (credential->api_key || credential->oauth_token))
    text = std::to_string(std::hash<std::string>{}(credential->api_key.value_or(credential->oauth_token.value_or(""))));
  struct stat status{};
  const auto file = options_.home_dir / ".claude/.credentials.json";
  if (::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
    text += "/" + std::to_string(status.st_ino) + "/" + std::to_string(status.st_size) + "/" +
            std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
  return text;
}

bool LoginWatch::is_logged_in() const {
  const auto now = fingerprint();
  return !now.empty() && now != refused_;
}

page::Login LoginWatch::kind() const {
  const auto now = fingerprint();
  if (now.empty()) return page::Login::none;
  if (now == refused_) return page::Login::refused;
  const auto credential = read_credential(options_.config_dir);
  if (credential && credential->api_key) return page::Login::key;
  if (credential && credential->oauth_token) return page::Login::token;
  return page::Login::file;
}

void LoginWatch::refused() {
  refused_ = fingerprint();
}

Status LoginWatch::watch(std::function<void()> changed) {
  os::Fd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify) return os::last_error("inotify_init1");
  inotify_ = event_loop_.watch(std::move(inotify), POLLIN, [this, changed = std::move(changed)](short) {
    std::array<char, 4'096> ignored;
    while (::read(inotify_.fd(), ignored.data(), ignored.size()) > 0) {
    }
    watch_folders();
    changed();
  });
  watch_folders();
  return {};
}

/// The login's folder is made by the first login, so its parent is watched too. Adding one again is
/// harmless.
void LoginWatch::watch_folders() {
  for (const auto& folder : {options_.home_dir, options_.home_dir / ".claude", options_.config_dir})
    ::inotify_add_watch(inotify_.fd(), folder.c_str(), kChanges);
}

}  // namespace hive::harness
