#include "generations.hpp"

#include <hive/os/files.hpp>
#include <hive/os/tree.hpp>
#include <hive/sdk/crash_point.hpp>

#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace hive::runtime_local {
namespace {

namespace fs = std::filesystem;
constexpr const char* kSettings = "settings.json";

std::optional<std::int64_t> number_of(std::string_view id) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (failure != std::errc{} || end != id.data() + id.size() || number < 1) return {};
  return number;
}

std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(10);
}

}  // namespace

std::vector<std::int64_t> Generations::ids() const {
  std::vector<std::int64_t> out;
  std::error_code failure;
  for (fs::directory_iterator at(folder_, failure), end; !failure && at != end; at.increment(failure))
    if (const auto number = number_of(at->path().filename().string())) out.push_back(*number);
  std::sort(out.begin(), out.end());
  return out;
}

std::string Generations::active_id() const {
  std::error_code failure;
  return fs::read_symlink(folder_ / "current", failure).string();
}

Result<std::string> Generations::add(const Generation& generation) {
  const auto known = ids();
  const auto id = std::to_string(known.empty() ? 1 : known.back() + 1);
  auto parent = os::make_folder(folder_, {});
  if (!parent) return parent.error();
  auto folder = os::make_folder(folder_ / id, {});
  if (!folder) return folder.error();
  crash_point("runtime.generation.folder");
  if (auto written = os::replace_file(folder->get(), kSettings, encode_text(generation)); !written)
    return written.error();
  if (::fsync(parent->get()) != 0) return os::last_error(folder_);
  remove_old();
  return id;
}

Status Generations::activate(const std::string& id) {
  if (auto there = read(id); !there) return there.error();
  auto folder = os::open_folder(folder_);
  if (!folder) return folder.error();
  ::unlinkat(folder->get(), ".current.new", 0);
  if (::symlinkat(id.c_str(), folder->get(), ".current.new") != 0) return os::last_error(folder_ / "current");
  crash_point("runtime.generation.linked");
  if (::renameat(folder->get(), ".current.new", folder->get(), "current") != 0 || ::fsync(folder->get()) != 0)
    return os::last_error(folder_ / "current");
  return {};
}

Status Generations::discard(const std::string& id) {
  if (!number_of(id)) return error(Code::not_found, "generation " + id + ": there is none of that name");
  if (id == active_id()) return error(Code::conflict, "generation " + id + " is active; activate another one first");
  return os::remove_tree(folder_ / id, soon());
}

Result<Generation> Generations::read(const std::string& id) const {
  if (!number_of(id)) return error(Code::not_found, "generation " + id + ": there is none of that name");
  const auto file = folder_ / id / kSettings;
  const auto text = os::read_file(file);
  if (!text) return error(Code::not_found, "generation " + id + ": " + text.error().message);
  auto generation = decode_text<Generation>(*text, Unknown::ignore);
  if (!generation) return error(Code::internal, file.string() + ": " + generation.error().message);
  return generation;
}

Result<Generations::Active> Generations::active() const {
  const auto id = active_id();
  if (id.empty()) return error(Code::not_found, folder_.filename().string() + ": no generation is active");
  auto generation = read(id);
  if (!generation) return generation.error();
  return Active{id, std::move(*generation)};
}

void Generations::remove_old() const {
  const auto known = ids();
  const auto active = active_id();
  for (std::size_t i = 0; i + kGenerationsKept < known.size(); ++i) {
    const auto id = std::to_string(known[i]);
    if (id != active) (void)os::remove_tree(folder_ / id, soon());  // tried again with the next one
  }
}

}  // namespace hive::runtime_local
