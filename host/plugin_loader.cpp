#include "plugin_loader.hpp"

#include "plugin_text.hpp"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <mutex>

namespace hive::host {
namespace {

constexpr char kSymbol[] = "hive_plugin_v1";

Error refuse(const std::string& file, const std::string& what) {
  return error(Code::unavailable, file + ": " + what);
}

std::string version_text(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

/// What a descriptor of that minor holds at least.
std::size_t size_in(std::uint32_t minor) {
  return minor == 0 ? offsetof(abi::Descriptor, panel) : sizeof(abi::Descriptor);
}

Status check_versions(std::uint32_t major, std::uint32_t minor, const std::string& file) {
  if (major == abi::kMajor && minor <= abi::kMinor) return {};
  const auto advice = major == abi::kMajor ? "build it against this host's SDK or upgrade the host"
                                           : "build it against this host's SDK";
  return refuse(file, "needs plugin ABI " + version_text(major, minor) + ", this host has " +
                          version_text(abi::kMajor, abi::kMinor) + "; " + advice);
}

Status check_tag(std::string_view tag, const std::string& file) {
  if (tag == abi::kTag) return {};
  return refuse(file, "was built for " + std::string(tag) + ", this host for " + abi::kTag +
                          "; build both with the same compiler options");
}

Status check_manifest(const Manifest& manifest, const std::string& file) {
  std::uint32_t major = 0, minor = 0;
  const auto* end = manifest.abi.data() + manifest.abi.size();
  const auto dot = std::from_chars(manifest.abi.data(), end, major);
  if (dot.ec != std::errc{} || dot.ptr == end || std::from_chars(dot.ptr + 1, end, minor).ec != std::errc{})
    return refuse(file, "its manifest has no ABI like 1.0; build the plugin again");
  if (auto fits = check_versions(major, minor, file); !fits) return fits;
  return check_tag(manifest.abi_tag, file);
}

Status check_symbols(const std::filesystem::path& file) {
  try {
    boost::dll::library_info info(file);
    const auto symbols = info.symbols();
    if (std::find(symbols.begin(), symbols.end(), kSymbol) != symbols.end()) return {};
    return refuse(file, std::string("exports no ") + kSymbol + "; declare the plugin with HIVE_PLUGIN");
  } catch (const std::exception& thrown) {
    return refuse(file, std::string("is not a shared object of this machine (") + thrown.what() + "); build it again");
  }
}

Result<const abi::Descriptor*> load(const std::filesystem::path& file) {
  using boost::dll::load_mode::type;
  // Leaked: a handler may run for as long as the process, so the code stays mapped for as long.
  static auto& libraries = *new std::map<std::filesystem::path, boost::dll::shared_library>;
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  try {
    auto& library = libraries[file];
    if (!library.is_loaded()) library.load(file, type::rtld_now | type::rtld_local);
    return &library.get<const abi::Descriptor>(kSymbol);
  } catch (const std::exception& thrown) {
    return refuse(file, std::string("cannot be loaded: ") + thrown.what());
  }
}

}  // namespace

Status check_descriptor(const abi::Descriptor& d, const std::string& file) {
  // Majors may differ in all that follows, so nothing after abi_minor is read before this.
  if (auto fits = check_versions(d.abi_major, d.abi_minor, file); !fits) return fits;
  if (const auto least = size_in(d.abi_minor); d.size < least)
    return refuse(file, "its descriptor has " + std::to_string(d.size) + " bytes, ABI " +
                            version_text(d.abi_major, d.abi_minor) + " has " + std::to_string(least) +
                            "; build it again");
  if (d.abi_tag == nullptr) return refuse(file, "its descriptor has no ABI tag; use HIVE_PLUGIN");
  if (auto fits = check_tag(d.abi_tag, file); !fits) return fits;
  if (d.id == nullptr || *d.id == 0 || d.version == nullptr || d.create == nullptr || d.destroy == nullptr)
    return refuse(file, "its descriptor lacks id, version, create or destroy; use HIVE_PLUGIN");
  return {};
}

Result<Accepted> accept_plugin(const std::filesystem::path& file, Load how) {
  auto beside = file;
  const auto manifest = read_manifest(beside.replace_extension(".toml"));
  if (!manifest) {
    if (manifest.error().code != Code::not_found) return refuse(file, manifest.error().message);
    if (std::error_code unknown; !std::filesystem::exists(file, unknown))
      return error(Code::not_found, file.string() + " is not there; give the plugin's shared object");
    return refuse(file, "has no manifest " + beside.filename().string() + " beside it; build the plugin again");
  }
  if (file.stem() != manifest->id)  // settings, logs and the operator know a plugin by both
    return refuse(file, "holds the plugin " + manifest->id + "; name the file after it");
  if (auto fits = check_manifest(*manifest, file); !fits) return fits.error();
  if (const auto flaw = flaw_of(*manifest); !flaw.empty())
    return refuse(file, flaw + "; mend its HIVE_PLUGIN or settings and build it again");
  if (auto fits = check_symbols(file); !fits) return fits.error();
  if (how == Load::manifest_only) return Accepted{*manifest, file, nullptr};
  const auto descriptor = load(file);
  if (!descriptor) return descriptor.error();
  if (auto fits = check_descriptor(**descriptor, file); !fits) return fits.error();
  const auto differs = difference(*manifest, manifest_of(**descriptor));
  if (differs.empty()) return Accepted{*manifest, file, *descriptor};
  return refuse(file, "its manifest and its code disagree about `" + differs + "`; build the plugin again");
}

}  // namespace hive::host
