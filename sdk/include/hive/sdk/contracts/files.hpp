#pragma once
#include <hive/sdk/method.hpp>

/// Role `files`: the files that agents write, for people to read.
namespace hive::files {

inline constexpr std::int64_t kMostBytes = 1 << 20;

struct Read {
  std::string path;
  std::int64_t offset = 0;
};
constexpr auto fields(Of<Read>) {
  return shape(
      field<&Read::path>(
          "path", "like /agents/alice/state/notes.md or /shared/alice/plan.md, or the host's own path of such a file")
          .max_bytes(4'096),
      field<&Read::offset>("offset", "byte to begin at, as an answer gave it in `next`")
          .between(0, kMostBytes)
          .defaulted()
          .as_hidden());
}
/// A text, or as much of it as one answer holds.
struct File {
  std::string path, text;
  std::int64_t bytes = 0;
  Time modified;
  std::optional<std::int64_t> next;
};
constexpr auto fields(Of<File>) {
  return shape(
      field<&File::path>("path", "path of the file in every container"),
      field<&File::text>("text", "the text from `offset` on"), field<&File::bytes>("bytes", "size of the whole file"),
      field<&File::modified>("modified", "when the file was last written"),
      field<&File::next>(
          "next",
          "offset of the rest, when there is more; ask for it, and begin anew if bytes or modified differ then"));
}
/// Puts what `next` named behind the text. Errors: conflict (it is of another version of the file).
inline Status append(File& whole, File piece) {
  if (piece.bytes != whole.bytes || piece.modified != whole.modified || piece.text.empty())
    return error(Code::conflict, whole.path + ": was written while it was read; read it again");
  whole.text += piece.text;
  whole.next = piece.next;
  return {};
}

inline constexpr Method<Read, File> kRead{
    .name = "files.read",
    .callers = Who::operators,
    .doc = "A text file of an agent's state, a destroyed one's too, or of what is shared; at most 1 MiB.",
    .cli = {.positional = "path", .text = "text"}};

struct ReadState {
  std::string name, path;
  std::int64_t offset = 0;
};
constexpr auto fields(Of<ReadState>) {
  return shape(
      field<&ReadState::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&ReadState::path>("path", "path in the agent's state, like notes.md or /state/notes.md").max_bytes(4'096),
      field<&ReadState::offset>("offset", "byte to begin at, as an answer gave it in `next`")
          .between(0, kMostBytes)
          .defaulted());
}
inline constexpr Method<ReadState, File> kReadState{
    .name = "files.read_state", .callers = Who::manager, .doc = "A text file of an agent's state; at most 1 MiB."};

}  // namespace hive::files
