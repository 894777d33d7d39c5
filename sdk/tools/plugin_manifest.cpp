// hive-plugin-manifest FILE.so: writes FILE.toml beside it, from the descriptor that is in the file.
#include <hive/sdk/abi.hpp>

#include <dlfcn.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

/// A TOML basic string. Descriptor words hold no control characters.
std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string list(std::string_view words) {
  std::string out = "[";
  for (std::size_t at = 0; at < words.size();) {
    auto end = words.find(' ', at);
    if (end == words.npos) end = words.size();
    if (end > at) out += (out.size() > 1 ? ", " : "") + toml_string(words.substr(at, end - at));
    at = end + 1;
  }
  return out + "]";
}

std::string manifest(const hive::abi::Descriptor& d) {
  std::string settings;
  d.describe_settings(
      {[](void* context, std::string_view text) noexcept { *static_cast<std::string*>(context) = text; }, &settings});
  return "id = " + toml_string(d.id) + "\nversion = " + toml_string(d.version) + "\nabi = \"" +
         std::to_string(d.abi_major) + "." + std::to_string(d.abi_minor) + "\"\nabi_tag = " + toml_string(d.abi_tag) +
         "\nprovides = " + list(d.provides) + "\nneeds = " + list(d.needs) + "\ncalls = " + list(d.calls) +
         "\nlistens = " + list(d.listens) + "\npublishes = " + list(d.publishes) + "\npanel = " + toml_string(d.panel) +
         "\nsnapshot = " + list(d.snapshot) + "\nsettings = " + toml_string(settings) + "\n";
}

int refuse(const char* file, const char* what) {
  std::fprintf(stderr, "hive-plugin-manifest: %s: %s\n", file, what);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return refuse("usage", "hive-plugin-manifest FILE.so");
  const std::filesystem::path file = std::filesystem::absolute(arguments[1]);
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return refuse(file.c_str(), dlerror());
  const auto* descriptor = static_cast<const hive::abi::Descriptor*>(dlsym(library, "hive_plugin_v1"));
  if (descriptor == nullptr)
    return refuse(file.c_str(), "exports no hive_plugin_v1; declare the plugin with HIVE_PLUGIN");
  auto target = file;
  std::ofstream out(target.replace_extension(".toml"));
  out << manifest(*descriptor);
  out.close();
  return out ? 0 : refuse(target.c_str(), "cannot be written");
}
