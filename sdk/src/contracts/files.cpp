#include <hive/sdk/contracts/files.hpp>

namespace hive::files {

Fields fields(Of<Read>) {
  static constexpr auto kShape = shape(
      field<&Read::path>(
          "path", "like /agents/alice/state/notes.md or /shared/alice/plan.md, or the host's own path of such a file")
          .max_bytes(4'096),
      field<&Read::offset>("offset", "byte to begin at, as an answer gave it in `next`")
          .between(0, kMostBytes)
          .defaulted()
          .as_hidden());
  return kShape;
}

Fields fields(Of<File>) {
  static constexpr auto kShape = shape(
      field<&File::path>("path", "path of the file in every container"),
      field<&File::text>("text", "the text from `offset` on"), field<&File::bytes>("bytes", "size of the whole file"),
      field<&File::modified>("modified", "when the file was last written"),
      field<&File::next>(
          "next",
          "offset of the rest, when there is more; ask for it, and begin anew if bytes or modified differ then"));
  return kShape;
}

Fields fields(Of<ReadState>) {
  static constexpr auto kShape = shape(
      field<&ReadState::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&ReadState::path>("path", "path in the agent's state, like notes.md or /state/notes.md").max_bytes(4'096),
      field<&ReadState::offset>("offset", "byte to begin at, as an answer gave it in `next`")
          .between(0, kMostBytes)
          .defaulted());
  return kShape;
}

}  // namespace hive::files
