#include "files.hpp"

#include "text_file.hpp"

namespace hive::files {

Status Files::start() {
  host_.answer(kRead,
               [this](Caller, Read what) { return read(agent_paths::parse(host_.root(), what.path), what.offset); });
  host_.answer(kReadState, [this](Caller, ReadState what) { return read(place_in_state(what), what.offset); });
  return {};
}

Result<agent_paths::AgentPath> Files::place_in_state(const ReadState& what) const {
  constexpr std::string_view kState = "/state/";
  std::string_view path = what.path;
  if (path.starts_with(kState))
    path.remove_prefix(kState.size());
  else if (path.starts_with('/'))
    return error(Code::invalid_params, "path: is not in the state of " + what.name + "; name one like /state/notes.md");
  return agent_paths::parse(host_.root(), "/agents/" + what.name + std::string(kState) + std::string(path));
}

Task<Result<File>> Files::read(Result<Place> place, std::int64_t offset) {
  if (!place) co_return error(place.error().code, "files: " + place.error().message);
  auto work = [this, &place, offset] { return read_text(host_.root(), *place, offset); };
  auto done = co_await host_.blocking(work);
  co_return flat(std::move(done));
}

}  // namespace hive::files
