#pragma once
#include "runtime_local.hpp"

#include <hive/git/repository.hpp>
#include <hive/os/process.hpp>
#include <hive/testing/temporary_folder.hpp>
#include <hive/testing/test_host.hpp>

#include <fstream>

namespace hive::runtime_local {

/// A hive in a temporary root whose path is longer than a socket address: the plugin in the in-memory
/// host, real supervisors, and a shell script in place of the harness. Stops what it has started.
class Hive {
 public:
  Hive() {
    namespace fs = std::filesystem;
    root_ = folder_.path() / std::string(110, 'r');
    fs::create_directories(root_);
    for (const char* part : {"bin", "share/hyperhive/prompts", "libexec/hyperhive"})
      fs::create_directories(prefix() / part);
    fs::create_symlink(binaries() / "libexec/hyperhive/hive-supervisor",
                       prefix() / "libexec/hyperhive/hive-supervisor");
    for (const char* program : {"hive-ag3nt", "hive-m1nd"})
      write(prefix() / "bin" / program, "#!/bin/sh\nexec /bin/sh /state/main.sh\n",
            fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
    load();
  }
  ~Hive() {
    if (!host_) load();
    for (const auto& container : list().containers) (void)stop(container.name, 0).has_value();
  }

  /// Where the programs under test are; a copy when the build folder is out of this user's reach.
  static std::filesystem::path binaries() {
    const char* elsewhere = std::getenv("HIVE_TEST_BINARIES");
    return elsewhere != nullptr ? elsewhere : HIVE_BINARY_DIR;
  }
  static void write(const std::filesystem::path& file, const std::string& text,
                    std::filesystem::perms mode = std::filesystem::perms::owner_read) {
    std::ofstream(file) << text;
    std::filesystem::permissions(file, mode | std::filesystem::perms::owner_write);
  }

  void load() {
    host_ = std::make_unique<testing::TestHost>(root_, prefix() / "share/hyperhive");
    host_->fake(host_api::kOpenSocket, [](const host_api::OpenSocket&) -> Result<None> { return None{}; });
    host_->fake(host_api::kCloseSocket, [](const host_api::AgentRef&) -> Result<None> { return None{}; });
    loaded_ = host_->load<RuntimeLocal>(settings_);
  }
  void unload() { host_->unload(), host_.reset(); }
  void use_settings(std::string settings) { settings_ = std::move(settings), unload(), load(); }

  /// Commits `toml` as the agent's agent.toml and gives the result of preparing it.
  Result<runtime::Prepared> prepare(const std::string& name, const std::string& toml = "") {
    const auto folder = root_ / "applied" / name;
    auto made = git::Repository::create(folder, git::Layout::bare);
    auto applied = made ? std::move(made) : git::Repository::open(folder);
    if (!applied) return applied.error();
    const auto before = applied->resolve("refs/heads/main");
    git::NewCommit draft{.files = {{"agent.toml", toml}}, .author = {"test", "test@test"}, .message = "m", .at = {1}};
    auto commit = applied->commit(draft);
    if (!commit) return commit.error();
    const git::RefUpdate update{"refs/heads/main", before ? *before : "", *commit, "test"};
    if (auto moved = applied->update_ref(update); !moved) return moved.error();
    return host().call(kLifecycle, runtime::kPrepare, runtime::Prepare{.name = name});
  }
  /// Prepares and activates an agent whose first process runs `script`.
  Status add(const std::string& name, const std::string& script, const std::string& toml = "") {
    auto prepared = prepare(name, toml);
    if (!prepared) return prepared.error();
    set_script(name, script);
    auto activated = host().call(kLifecycle, runtime::kActivate, runtime::Activate{name, prepared->generation});
    if (!activated) return activated.error();
    return {};
  }
  void set_script(const std::string& name, const std::string& script) {
    write(state_of(name) / "main.sh", script, std::filesystem::perms::all);
  }

  Result<runtime::Container> start(const std::string& name) {
    return host().call(kLifecycle, runtime::kStart, runtime::Name{name});
  }
  testing::Pending begin_stop(const std::string& name, std::int64_t grace_seconds) {
    return host().begin(kLifecycle, runtime::kStop, runtime::Stop{name, grace_seconds});
  }
  Result<runtime::Container> stop(const std::string& name, std::int64_t grace_seconds = 5) {
    return host().call(kLifecycle, runtime::kStop, runtime::Stop{name, grace_seconds});
  }
  runtime::Container status(const std::string& name) {
    auto status = host().call(kLifecycle, runtime::kStatus, runtime::Name{name});
    return status ? *status : runtime::Container{};
  }
  runtime::Containers list() {
    auto list = host().call(kLifecycle, runtime::kList, None{});
    return list ? *list : runtime::Containers{};
  }
  /// Everything that its processes wrote, a line each.
  std::string output(const std::string& name) {
    std::string out;
    const auto lines = host().call(kLifecycle, runtime::kLogs, runtime::ReadLogs{.name = name, .lines = 5'000});
    if (lines)
      for (const auto& line : lines->lines) out += line.text + "\n";
    return out;
  }
  /// Waits until the output has `text`; false when it does not come.
  bool shows(const std::string& name, const std::string& text) {
    return host().run_until([&] { return output(name).find(text) != std::string::npos; });
  }
  bool becomes(const std::string& name, runtime::State state) {
    return host().run_until([&] { return status(name).state == state; });
  }

  testing::TestHost& host() { return *host_; }
  const Status& loaded() const { return loaded_; }
  const std::filesystem::path& root() const { return root_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path prefix() const { return folder_.path() / "prefix"; }
  std::filesystem::path state_of(const std::string& name) const { return root_ / "agents" / name / "state"; }

  static constexpr const char* kLifecycle = "plugin:lifecycle";
  static constexpr const char* kSettings = R"({"claude":{"command":"/bin/true"}})";

 private:
  testing::TemporaryFolder folder_;
  std::filesystem::path root_;
  std::string settings_ = kSettings;
  std::unique_ptr<testing::TestHost> host_;
  Status loaded_;
};

}  // namespace hive::runtime_local
