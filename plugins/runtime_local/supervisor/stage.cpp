#include "stage.hpp"

#include "idmap.hpp"
#include "machine_names.hpp"

#include <hive/os/files.hpp>
#include <hive/sdk/contracts/agent.hpp>

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace hive::supervisor {
namespace {

constexpr const char* kStage = "/tmp";
constexpr const char* kEtc = "/tmp/etc";
constexpr const char *kAgentFile = "/agent.json", *kCredentialFile = "/credential.json";
constexpr std::size_t kSecretBytes = 16'384;
constexpr const char* kEtcFolders[] = {"ssl", "alternatives", "ca-certificates"};
constexpr const char* kEtcCopies[] = {"ld.so.cache", "services", "protocols", "localtime", "mime.types"};

bool is_folder(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

Status put(const std::string& path, std::string_view text, mode_t mode = 0644) {
  const os::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file || ::write(file.get(), text.data(), text.size()) != ssize_t(text.size())) return os::last_error(path);
  return {};
}

Status put_owned(const std::string& path, std::string_view text, const Plan& plan) {
  if (auto made = put(path, text, 0400); !made) return made;
  if (::geteuid() == 0 && ::chown(path.c_str(), uid_t(plan.uid), gid_t(plan.gid)) != 0) return os::last_error(path);
  return {};
}

/// Into a folder that the agent cannot write to.
Status put_config(const std::string& folder, const Plan& plan, const std::string& credential) {
  if (auto made = put_owned(folder + kAgentFile, plan.config, plan); !made) return made;
  if (credential.empty()) return {};
  return put_owned(folder + kCredentialFile, credential, plan);
}

Result<os::Fd> clone_tree(const Bind& bind) {
  auto source = os::open_without_links(bind.source);
  if (!source) return source;
  os::Fd tree(::open_tree(source->get(), "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!tree) return os::last_error("mount of " + bind.source);
  return tree;
}

Status put_names(const std::string& etc, const std::string& name) {
  const std::pair<const char*, std::string> files[] = {
      {"passwd", "root:x:0:0::/:/usr/sbin/nologin\nagent:x:1000:1000:" + name +
                     ":/home/agent:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n"},
      {"group", "root:x:0:\nhive:x:1000:\nnogroup:x:65534:\n"},
      {"hostname", name + "\n"},
      {"nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"},
      {"gitconfig", "[safe]\n\tdirectory = *\n[user]\n\tname = " + name + "\n\temail = " + name + "@hive.invalid\n"},
  };
  for (const auto& [file, text] : files)
    if (auto made = put(etc + "/" + file, text); !made) return made;
  for (const std::string file : {kHosts, kResolvers}) {
    const auto link = etc + "/" + file;
    if (::symlink((kNamesInside + ("/" + file)).c_str(), link.c_str()) != 0) return os::last_error(link);
  }
  return {};
}

Status put_machine_files(const std::string& etc) {
  for (const char* file : kEtcCopies) {
    auto text = os::read_file(std::string("/etc/") + file);
    if (!text) continue;  // not every machine has each of them
    if (auto made = put(etc + "/" + file, *text); !made) return made;
  }
  for (const char* folder : kEtcFolders)
    if (::mkdir((etc + "/" + folder).c_str(), 0755) != 0) return os::last_error(etc + "/" + folder);
  return {};
}

Status read_secret(const std::optional<std::string>& file, std::optional<std::string>& out) {
  if (!file) return {};
  auto text = os::read_file(*file, kSecretBytes);
  if (!text) return text.error();
  const auto last = text->find_last_not_of(" \t\r\n");
  if (last == text->npos) return error(Code::not_found, *file + ": is empty; write the key or token into it");
  out = text->substr(0, last + 1);
  return {};
}

}  // namespace

Status Stage::add(const Bind& bind, int user_namespace) {
  auto tree = clone_tree(bind);
  if (!tree) return tree.error();
  if (user_namespace >= 0) {
    if (auto mapped = map_mount(tree->get(), user_namespace); !mapped) return cannot_map(bind.source, mapped.error());
  }
  const auto at = std::string(kStage) + "/m" + std::to_string(mounts_.size());
  mounts_.push_back({std::move(*tree), at, bind.target, bind.writable});
  return {};
}

Status Stage::raise() {
  for (const char* folder : kEtcFolders) {
    const auto path = std::string("/etc/") + folder;
    if (::access(path.c_str(), F_OK) != 0) continue;
    if (auto added = add({.source = path, .target = path}); !added) return added;
  }
  if (::mount("tmpfs", kStage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=8m") != 0)
    return os::last_error("stage on /tmp");
  for (auto& mounted : mounts_) {
    if (is_folder(mounted.tree.get()))
      ::mkdir(mounted.at.c_str(), 0755);
    else if (auto made = put(mounted.at, ""); !made)
      return made;
    if (::move_mount(mounted.tree.get(), "", AT_FDCWD, mounted.at.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
      return os::last_error("mount for " + mounted.target);
    mounted.tree.reset();
  }
  return {};
}

Status Stage::build_etc(const Plan& plan, const std::string& credential) {
  const std::string etc = kEtc;
  const auto own = etc + "/hyperhive";
  if (::mkdir(kEtc, 0755) != 0 || ::mkdir(own.c_str(), 0755) != 0) return os::last_error(own);
  if (auto made = put_names(etc, plan.name); !made) return made;
  if (auto made = put_machine_files(etc); !made) return made;
  return put_config(own, plan, credential);
}

std::vector<std::string> Stage::arguments() const {
  std::vector<std::string> out{"--ro-bind", kEtc, "/etc"};
  for (const auto& mounted : mounts_)
    out.insert(out.end(), {mounted.writable ? "--bind" : "--ro-bind", mounted.at, mounted.target});
  return out;
}

Result<std::string> read_credential(const Plan& plan) {
  agent::Credential credential;
  if (auto read = read_secret(plan.api_key_file, credential.api_key); !read) return read.error();
  if (auto read = read_secret(plan.oauth_token_file, credential.oauth_token); !read) return read.error();
  if (!credential.api_key && !credential.oauth_token) return std::string();
  return encode_text(credential);
}

std::filesystem::path plain_config(const std::filesystem::path& root, const std::string& name) {
  return root / "run/config" / name;
}

Status write_plain_config(const Plan& plan) {
  auto credential = read_credential(plan);
  if (!credential) return credential.error();
  remove_plain_config(plan.root, plan.name);
  const auto folder = plain_config(plan.root, plan.name);
  if (auto made = os::make_folder(folder.parent_path(), {.mode = 0711}); !made) return made.error();
  if (auto made = os::make_folder(folder, {.mode = 0755}); !made) return made.error();
  return put_config(folder, plan, *credential);
}

void remove_plain_config(const std::filesystem::path& root, const std::string& name) {
  const auto folder = plain_config(root, name);
  for (const char* file : {kAgentFile, kCredentialFile}) ::unlink((folder.string() + file).c_str());
  ::rmdir(folder.c_str());
}

}  // namespace hive::supervisor
