#include <hive/sdk/method.hpp>

namespace hive {

Who who_is(std::string_view principal) {
  if (principal == "operator") return Who::operators;
  if (principal == "manager") return Who::manager;
  if (principal.starts_with("agent:")) return Who::agents;
  if (principal.starts_with("plugin:")) return Who::plugins;
  return Who::none;
}

std::string about_text(std::string_view doc, const Tool& tool, const Cli& cli, json::object params,
                       json::object tool_params, json::object result) {
  json::object about{{"doc", doc}, {"params", std::move(params)}, {"result", std::move(result)}};
  if (!tool.name.empty())
    about["tool"] = {{"name", tool.name},           {"description", tool.description},
                     {"answer", tool.answer},       {"to", std::uint32_t(tool.offered_to)},
                     {"read_only", tool.read_only}, {"params", std::move(tool_params)}};
  about["cli"] = {{"alias", cli.alias},
                  {"positional", cli.positional},
                  {"awaits", cli.awaits},
                  {"columns", cli.columns},
                  {"text", cli.text}};
  return write_json(about);
}

}  // namespace hive
