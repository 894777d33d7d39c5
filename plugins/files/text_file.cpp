#include "text_file.hpp"

#include <hive/os/files.hpp>
#include <hive/os/read.hpp>
#include <hive/utf8/utf8.hpp>

#include <sys/stat.h>

namespace hive::files {
namespace {

/// Of one answer's text as JSON; what stands beside it has room within an answer's 1 MiB.
constexpr std::size_t kPieceBytes = 960 << 10;

Error refused(Code code, const std::string& path, const std::string& why) {
  return error(code, "files: " + path + " " + why);
}

Error too_large(const std::string& path, std::int64_t bytes) {
  return refused(Code::too_large, path,
                 "has " + std::to_string(bytes) + " bytes and 1 MiB is the limit; ask its agent for a shorter one");
}

bool is_text(std::string_view text) {
  return text.find('\0') == text.npos && utf8::is_valid(text);
}

/// Of a character as JSON writes it.
std::size_t json_bytes(const utf8::Character& character) {
  constexpr std::string_view kShort = "\b\f\n\r\t\"\\";
  if (character.bytes > 1) return character.bytes;
  if (kShort.find(char(character.point)) != kShort.npos) return 2;
  return character.point < 0x20 ? 6 : 1;
}

}  // namespace

std::string_view piece_of(std::string_view text, std::size_t most_bytes) {
  std::size_t end = 0;
  for (std::size_t json = 0; end < text.size();) {
    const auto character = utf8::first_of(text.substr(end));
    json += json_bytes(character);
    if (json > most_bytes) break;
    end += character.bytes;
  }
  return text.substr(0, end);
}

Result<File> read_text(const std::filesystem::path& root, const agent_paths::AgentPath& path, std::int64_t offset) {
  const auto name = path.text();
  const auto folder = os::open_folder(root);
  if (!folder) return folder.error();
  const auto file = agent_paths::open(folder->get(), path);
  if (!file) return error(file.error().code, "files: " + file.error().message);
  struct stat status{};
  if (::fstat(file->get(), &status) != 0) return os::last_error(name);
  if (status.st_size > kMostBytes) return too_large(name, status.st_size);
  const auto text = os::read_rest(file->get(), name, kMostBytes);  // it may grow and shrink meanwhile
  if (!text && text.error().code == Code::too_large)
    return refused(Code::too_large, name, "grows beyond 1 MiB while it is read; ask its agent for a shorter one");
  if (!text) return text.error();
  if (!is_text(*text))
    return refused(Code::invalid_params, name,
                   "is not a text (" + std::to_string(text->size()) + " bytes); only text is shown");
  const auto rest = std::string_view(*text).substr(std::min(text->size(), std::size_t(offset)));
  if (std::size_t(offset) > text->size() || !utf8::is_valid(rest))
    return error(Code::invalid_params, "offset: no character of " + name + " begins at " + std::to_string(offset) +
                                           "; it was written meanwhile, begin anew");
  const auto piece = piece_of(rest, kPieceBytes);
  File out{.path = name,
           .text = std::string(piece),
           .bytes = std::int64_t(text->size()),
           .modified = os::changed_at(status)};
  if (piece.size() < rest.size()) out.next = offset + std::int64_t(piece.size());
  return out;
}

}  // namespace hive::files
