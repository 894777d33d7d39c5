#pragma once
#include <hive/http/response.hpp>

#include <filesystem>
#include <map>

namespace hive::http {

/// A folder of static files, read once and served from memory.
///
/// All files share one version: a hash over their names and contents, which is the first segment of
/// their path. So files refer to each other relatively, and whatever a page loads belongs together:
///   <version>/app.js   may be cached for ever
///   app.js             must be revalidated (ETag); for what has no page to name it
/// Compressed once, when it is read, where that saves something.
class Assets {
 public:
  static constexpr std::size_t kMostFiles = 1'000, kMostFileBytes = 8u << 20, kMostBytes = 32u << 20;

  /// Reads regular files only, not beneath links. Names that begin with a dot are left out.
  /// Errors: not_found, too_large (names the file), invalid_params (a type of file that is not in the
  /// table), unavailable. [blocking]
  static Result<Assets> load(const std::filesystem::path& folder);
  /// The same with these files of the folder alone. Errors beside those above: forbidden (a link, no regular file).
  static Result<Assets> load(const std::filesystem::path& folder, const std::vector<std::string>& names);

  const std::string& version() const { return version_; }
  /// "app.js" -> "<version>/app.js"; to be put after the prefix of the route.
  std::string path(std::string_view name) const { return version_ + "/" + std::string(name); }
  /// Answers for what {path*} matched: the file, 304 or 404. [any-thread]
  Response answer(const Request& request, std::string_view path) const;
  /// The bytes of a file; null when there is none. [any-thread]
  Bytes file(std::string_view name) const;

 private:
  struct File {
    std::string_view type;
    Bytes plain, gzip;  // gzip: null where it saves nothing
    std::string tag;
  };
  Status add(int folder, const std::string& name, std::size_t& total);

  std::string version_;
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace hive::http
