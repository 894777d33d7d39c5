#include "start_alone.hpp"

#include <app.hpp>
#include <hive/os/tree.hpp>
#include <host_methods.hpp>
#include <installation.hpp>

#include <algorithm>
#include <cstdlib>

namespace hive::host::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{10};  // for a folder to be removed

/// An empty folder that goes away with all that is in it.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "hive-validate-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  Scratch(const Scratch&) = delete;
  ~Scratch() {
    if (folder_.empty()) return;
    // What stays is in a folder for temporary files.
    [[maybe_unused]] const auto removed = os::remove_tree(folder_, std::chrono::steady_clock::now() + kPatience);
  }
  const fs::path& path() const { return folder_; }

 private:
  fs::path folder_;
};

std::vector<host_api::MethodAbout> methods_of(App& app) {
  std::vector<host_api::MethodAbout> out;
  for (const auto& row : app.methods().rows(Who::operators))
    if (auto method = listed(row, host_api::kEverybody)) out.push_back(std::move(*method));
  return out;
}

}  // namespace

Result<StartedAlone> start_alone(const fs::path& file, const std::string& id) {
  const Scratch scratch;
  if (scratch.path().empty())
    return error(Code::unavailable, "no folder can be created in " + fs::temp_directory_path().string() +
                                        "; set TMPDIR to a folder that can be written to");
  auto options = default_options();
  options.root = scratch.path();
  options.plugin_folders.clear();
  options.log = Log::To::file_alone;
  options.config.given = {"plugins." + id + ".path=" + write_json(json::value(file.string()))};
  auto app = App::open(std::move(options));
  if (!app) return app.error();
  auto started = (*app)->start();
  auto plugins = (*app)->plugins().list();
  auto methods = methods_of(**app);
  if (!(*app)->stop()) {
    [[maybe_unused]] auto* hung = app->release();  // its threads hang in the plugin, and nobody can end them
    return error(Code::timeout,
                 file.string() + ": the plugin hangs in start() or in its destructor; end the work that it waits for");
  }
  if (!started) return started.error();
  const auto found = std::find_if(plugins.begin(), plugins.end(), [&](const auto& plugin) { return plugin.id == id; });
  if (found == plugins.end()) return error(Code::internal, file.string() + ": the host did not find it");
  return StartedAlone{std::move(*found), std::move(methods)};
}

}  // namespace hive::host::cli
