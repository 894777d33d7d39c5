#include "loop/model.hpp"

#include <hive/os/files.hpp>
#include <hive/os/read.hpp>

#include <algorithm>

namespace hive::harness {
namespace {

constexpr std::string_view kFile = "hyperhive-model";
constexpr std::string_view kBuiltIn = "haiku";
constexpr std::size_t kLongestName = 128;

/// As an argument of the CLI it is no flag.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

std::optional<Time> changed_at(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return {};
  return os::changed_at(status);
}

}  // namespace

page::Model next_model(const Options& options, const agent::Config& config) {
  const auto file = options.state_dir / kFile;
  if (auto text = os::read_file(file, 2 * kLongestName)) {
    text->erase(text->find_last_not_of(" \n") + 1);
    if (is_name(*text)) return {.name = *text, .from = page::ModelFrom::choice, .since = changed_at(file)};
  }
  if (config.model.empty()) return {.name = std::string(kBuiltIn), .from = page::ModelFrom::built_in};
  return {.name = config.model, .from = page::ModelFrom::configuration};
}

Status choose_model(const Options& options, const std::optional<std::string>& model) {
  const bool back = !model || model->empty() || *model == "default";
  if (!back && !is_name(*model))
    return error(Code::invalid_params,
                 "the model's name has a space, a character that is not ASCII, a hyphen at its "
                 "beginning or over 128 bytes; give a name like haiku");
  auto folder = os::open_folder(options.state_dir);
  if (!folder) return folder.error();
  return os::replace_file(folder->get(), std::string(kFile), back ? "" : *model, 0644);
}

}  // namespace hive::harness
