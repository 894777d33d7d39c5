#pragma once
#include <hive/sdk/method.hpp>

/// Role `files`: the files that agents write, for people to read.
namespace hive::files {

inline constexpr std::int64_t kMostBytes = 1 << 20;

struct Read {
  std::string path;
  std::int64_t offset = 0;
};
Fields fields(Of<Read>);
/// A text, or as much of it as one answer holds.
struct File {
  std::string path, text;
  std::int64_t bytes = 0;
  Time modified;
  std::optional<std::int64_t> next;
};
Fields fields(Of<File>);

inline constexpr Method<Read, File> kRead{
    .name = "files.read",
    .callers = Who::operators,
    .doc = "A text file of an agent's state, a destroyed one's too, or of what is shared; at most 1 MiB.",
    .cli = {.positional = "path", .text = "text"},
    .http = {Route{.verb = "GET", .path = "/api/state-file", .joins = "text"}}};

struct ReadState {
  std::string name, path;
  std::int64_t offset = 0;
};
Fields fields(Of<ReadState>);
inline constexpr Method<ReadState, File> kReadState{
    .name = "files.read_state", .callers = Who::manager, .doc = "A text file of an agent's state; at most 1 MiB."};

}  // namespace hive::files
