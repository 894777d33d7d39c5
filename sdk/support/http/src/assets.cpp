#include <hive/http/assets.hpp>
#include <hive/os/files.hpp>

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "gzip.hpp"
#include "text.hpp"

namespace hive::http {
namespace {

namespace fs = std::filesystem;

struct Type {
  std::string_view suffix, type;
  bool compressible = true;
};
constexpr Type kTypes[] = {
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".png", "image/png", false},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2", false},
};

std::string hash_of(std::string_view text) {
  constexpr std::size_t kUsed = 10;
  unsigned char digest[crypto_hash_sha256_BYTES];
  ::crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  char hex[2 * kUsed + 1];
  return ::sodium_bin2hex(hex, sizeof hex, digest, kUsed);
}

Result<std::string> read_all(int folder, const std::string& name) {
  auto file = os::open_beneath(folder, name);
  if (!file) return file.error();
  struct stat found{};
  if (::fstat(file->get(), &found) != 0) return os::last_error(name);
  if (std::size_t(found.st_size) > Assets::kMostFileBytes)
    return error(Code::too_large, "is " + std::to_string(found.st_size) + " bytes and " +
                                      std::to_string(Assets::kMostFileBytes) + " is the limit for a file");
  std::string text(std::size_t(found.st_size), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const auto part = ::read(file->get(), text.data() + got, text.size() - got);
    if (part < 0) return os::last_error(name);
    if (part == 0) return error(Code::unavailable, "became shorter while it was read; try again");
    got += std::size_t(part);
  }
  return text;
}

/// Names of the regular files beneath `folder`, relative to it, sorted.
Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (auto at = fs::recursive_directory_iterator(folder, failed); !failed && at != fs::end(at); at.increment(failed)) {
    const auto name = at->path().filename().string();
    if (name.starts_with('.')) {
      if (at->is_directory(failed)) at.disable_recursion_pending();
      continue;
    }
    if (at->is_symlink(failed) || !at->is_regular_file(failed)) continue;
    names.push_back(at->path().lexically_relative(folder).generic_string());
    if (names.size() > Assets::kMostFiles)
      return error(Code::too_large,
                   folder.string() + " has more than " + std::to_string(Assets::kMostFiles) + " files");
  }
  if (failed) return error(Code::not_found, folder.string() + " cannot be read: " + failed.message());
  std::sort(names.begin(), names.end());
  return names;
}

/// Whether an Accept-Encoding takes gzip: named, or by a star, and not with a weight of zero.
bool takes_gzip(std::string_view accepted) {
  bool by_star = false;
  for (const auto part : split(accepted, ',')) {
    const auto pieces = split(part, ';');
    const auto coding = lower(trim(pieces[0]));
    const auto weight = pieces.size() > 1 ? lower(trim(pieces[1])) : "";
    const bool refused = weight.starts_with("q=0") && weight.find_first_not_of("q=0.") == std::string::npos;
    if (coding == "gzip" || coding == "x-gzip") return !refused;
    if (coding == "*") by_star = !refused;
  }
  return by_star;
}

bool matches(std::string_view list, std::string_view tag) {
  for (auto one : split(list, ',')) {
    one = trim(one);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

}  // namespace

Result<Assets> Assets::load(const fs::path& folder) {
  auto names = names_in(folder);
  if (!names) return names.error();
  return load(folder, *names);
}

Result<Assets> Assets::load(const fs::path& folder, const std::vector<std::string>& names) {
  auto opened = os::open_folder(folder);
  if (!opened) return opened.error();
  Assets assets;
  std::size_t total = 0;
  std::string all;
  for (const auto& name : names) {
    if (auto added = assets.add(opened->get(), name, total); !added)
      return error(added.error().code, (folder / name).string() + ": " + added.error().message);
    ((all += name) += '\0') += assets.files_.find(name)->second.tag;
  }
  assets.version_ = hash_of(all);
  return assets;
}

Status Assets::add(int folder, const std::string& name, std::size_t& total) {
  const auto suffix = fs::path(name).extension().string();
  const auto* type =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const Type& t) { return t.suffix == suffix; });
  if (type == std::end(kTypes))
    return error(Code::invalid_params,
                 "has the suffix '" + suffix + "', whose type is not known; add it to the table or take the file away");
  auto text = read_all(folder, name);
  if (!text) return text.error();
  total += text->size();
  if (total > kMostBytes)
    return error(Code::too_large,
                 "is beyond the " + std::to_string(kMostBytes) + " bytes that all files may have together");
  File file{.type = type->type, .plain = bytes(std::move(*text)), .gzip = nullptr, .tag = {}};
  file.tag = '"' + hash_of(*file.plain) + '"';
  if (type->compressible) {
    auto small = http::gzip(*file.plain);
    if (!small) return small.error();
    if (small->size() < file.plain->size()) file.gzip = bytes(std::move(*small));
  }
  files_.emplace(name, std::move(file));
  return {};
}

Response Assets::answer(const Request& request, std::string_view path) const {
  const bool versioned = path.starts_with(version_) && path.substr(version_.size()).starts_with('/');
  const auto name = versioned ? path.substr(version_.size() + 1) : path;
  const auto found = files_.find(name);
  if (found == files_.end()) return problem(Code::not_found, "there is no file of this name");
  const auto& file = found->second;
  const bool small = file.gzip && takes_gzip(request.header("accept-encoding").value_or(""));
  // The two forms are different bytes, so they have different tags.
  const auto tag = small ? file.tag.substr(0, file.tag.size() - 1) + "-gzip\"" : file.tag;
  Response response{.status = 200,
                    .type = std::string(file.type),
                    .headers = {{"ETag", tag},
                                {"Vary", "Accept-Encoding"},
                                {"Cache-Control", versioned ? "public, max-age=31536000, immutable" : "no-cache"}}};
  if (matches(request.header("if-none-match").value_or(""), tag)) {
    response.status = 304;
    response.type.clear();
    return response;
  }
  if (small) response.headers.push_back({"Content-Encoding", "gzip"});
  response.shared = small ? file.gzip : file.plain;
  return response;
}

Bytes Assets::file(std::string_view name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : found->second.plain;
}

}  // namespace hive::http
