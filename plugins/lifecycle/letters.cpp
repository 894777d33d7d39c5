#include "letters.hpp"

#include "names.hpp"

namespace hive::lifecycle {

namespace {

std::string_view event_of(Transient action) {
  switch (action) {
    case Transient::spawning: return "spawned";
    case Transient::starting: return "started";
    case Transient::stopping: return "killed";
    case Transient::restarting: return "restarted";
    case Transient::rebuilding: return "rebuilt";
    case Transient::destroying: return "destroyed";
  }
  return "changed";
}

std::string news(const std::string& name, const Action& action, const Status& done) {
  json::object body{
      {"event", event_of(action.what)}, {"name", name}, {"ok", done.has_value()}, {"cause", action.cause}};
  if (!done) body["error"] = done.error().message;
  return write_json(body);
}

std::string kick(const Action& action) {
  std::string text = "you were just (re)started (" + action.cause + "); check /state/ for notes";
  if (action.what != Transient::spawning) text += "; your session is intact";
  return write_json(json::object{{"event", "kicked"}, {"reason", action.cause}, {"text", text}});
}

}  // namespace

std::vector<sqlite::Letter> letters_for(const std::string& name, const Action& action, const Status& done, Runs runs) {
  std::vector<sqlite::Letter> letters;
  const auto key = name + "/" + std::to_string(action.id);
  if (name != kManager)
    letters.push_back(
        {std::string(event_of(action.what)) + "/" + key, std::string(kManager), news(name, action, done)});
  if (done && runs == Runs::yes) letters.push_back({"kicked/" + key, name, kick(action)});
  return letters;
}

}  // namespace hive::lifecycle
