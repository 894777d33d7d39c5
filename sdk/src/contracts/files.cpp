#include <hive/sdk/contracts/files.hpp>

namespace hive::files {

Fields fields(Of<Read>) {
  static constexpr auto kShape = shape(
      field<&Read::path>(
          "path",
          "path of the file: like /agents/alice/state/notes.md or /shared/alice/plan.md, or where the host has it")
          .max_bytes(4'096),
      field<&Read::offset>("offset", "byte to begin at, as the answer before gave it in `next`")
          .between(0, kMostBytes)
          .defaulted()
          .as_hidden());
  return kShape;
}

Fields fields(Of<File>) {
  static constexpr auto kShape =
      shape(field<&File::path>("path", "path of the file, which is the same in every container"),
            field<&File::text>("text", "text of the file from `offset` on"),
            field<&File::bytes>("bytes", "size of the whole file"),
            field<&File::modified>("modified", "when the file was last written"),
            field<&File::next>("next",
                               "byte at which the rest begins, where there is more; when `bytes` or `modified` differ "
                               "in the next answer, the file has changed and has to be read from its beginning"));
  return kShape;
}

Fields fields(Of<ReadState>) {
  static constexpr auto kShape =
      shape(field<&ReadState::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&ReadState::path>("path", "path of the file in the agent's state, like notes.md or /state/notes.md")
                .max_bytes(4'096),
            field<&ReadState::offset>("offset", "byte to begin at, as the answer before gave it in `next`")
                .between(0, kMostBytes)
                .defaulted());
  return kShape;
}

}  // namespace hive::files
