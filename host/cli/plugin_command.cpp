// `plugin new NAME DIR` and `plugin validate FILE.so`: what plugin authors use.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <installation.hpp>
#include <plugin_loader.hpp>
#include <words.hpp>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

#include "command.hpp"
#include "start_alone.hpp"
#include "text.hpp"

namespace hive::host::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTitleWidth = 13;  // columns, of what is said of a plugin

/// The template's own name, which `new` replaces in names and text.
constexpr std::string_view kModel = "hello", kModelClass = "Hello";

bool is_plugin_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 31 && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), fits);
}

/// `word_count` → `WordCount`
std::string class_name(std::string_view name) {
  std::string out;
  bool begins = true;
  for (const char c : name) {
    if (c != '_') out += begins ? char(std::toupper(static_cast<unsigned char>(c))) : c;
    begins = c == '_';
  }
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string renamed(std::string text, const std::string& name) {
  return replaced(replaced(std::move(text), kModelClass, class_name(name)), kModel, name);
}

Status copy_file(const fs::path& from, const fs::path& target, const std::string& name) {
  std::ifstream in(from, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::ofstream out(target, std::ios::binary);
  out << renamed(std::move(text), name);
  out.close();
  if (!in || !out) return error(Code::unavailable, target.string() + ": cannot be written");
  return {};
}

Status copy_template(const fs::path& from, const fs::path& folder, const std::string& name) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return error(Code::unavailable, folder.string() + ": cannot be made: " + failure.message());
  if (!fs::is_empty(folder, failure) || failure)
    return error(Code::conflict, folder.string() + ": is not empty; name a new folder");
  fs::directory_iterator files(from, failure);
  if (failure) return error(Code::unavailable, from.string() + ": the template is not installed; install the SDK");
  for (const auto& file : files) {
    const auto target = folder / renamed(file.path().filename(), name);
    const auto copied =
        file.is_directory() ? copy_template(file.path(), target, name) : copy_file(file.path(), target, name);
    if (!copied) return copied.error();
  }
  return {};
}

Result<int> make_plugin(const std::string& name, const fs::path& folder) {
  if (!is_plugin_name(name))
    return error(
        Code::invalid_params,
        "plugin new: wanted a name like word_count (a letter, then at most 30 of a-z 0-9 _), found \"" + name + "\"");
  const auto share = default_options().share;
  if (const auto copied = copy_template(share / "template", folder, name); !copied) return copied.error();
  const auto prefix = share.parent_path().parent_path().string(), where = folder.string();
  print(where + " holds the plugin " + name + ". Build and test it:\n\n  cmake -S " + where + " -B " + where +
        "/build -DCMAKE_PREFIX_PATH=" + prefix + "\n  cmake --build " + where + "/build && ctest --test-dir " + where +
        "/build\n  hive-c0re plugin validate " + where + "/build/" + name + ".so\n");
  if (const auto guide = share.parent_path() / "doc/hyperhive/writing-a-plugin.md"; fs::exists(guide))
    print("\nThe guide is " + guide.string() + ".\n");
  return 0;
}

Result<int> validate(const fs::path& file, const Invocation& invocation) {
  const auto accepted = accept_plugin(fs::absolute(file), Load::code);
  if (!accepted) return error(Code::conflict, accepted.error().message);
  const auto& manifest = accepted->manifest;
  const auto alone = start_alone(fs::absolute(file), manifest.id);
  if (!alone && alone.error().code == Code::timeout) return alone.error();
  if (alone && !alone->plugin.left_out.empty())
    return error(Code::conflict, file.string() + ": " + joined(alone->plugin.left_out, "; "));
  if (invocation.json()) {
    print_line(json::object{{"id", manifest.id}, {"version", manifest.version}, {"abi", manifest.abi}});
    return 0;
  }
  std::vector<std::string> topics;
  for (const auto& [topic, audience] : manifest.publishes)
    topics.push_back(topic + " (" + joined(names_of_callers(Who(audience))) + ")");
  std::string out = file.string() + " is a plugin that this host takes.\n";
  const auto line = [&](std::string_view title, const std::string& text) {
    if (!text.empty()) out += "  " + std::string(title) + std::string(kTitleWidth - title.size(), ' ') + text + "\n";
  };
  line("plugin", manifest.id + " " + manifest.version + ", ABI " + manifest.abi);
  line("provides", joined(manifest.provides));
  line("needs", joined(manifest.needs));
  line("calls", joined(manifest.calls));
  line("listens", joined(manifest.listens));
  line("publishes", joined(topics));
  if (!alone || alone->plugin.state != host_api::PluginState::running)
    line("not checked", "its methods, because it does not start alone: " +
                            (alone ? alone->plugin.reason.value_or("it gives no reason") : alone.error().message));
  print(out);
  return 0;
}

}  // namespace

Result<int> run_plugin(const Invocation& invocation) {
  std::string name, folder, file;
  const CommandHelp help{"plugin", "Starts a plugin of your own, or checks a built one as the host does.",
                         "Examples:\n  hive-c0re plugin new word_count ./word_count\n  hive-c0re plugin validate "
                         "./word_count/build/word_count.so\n"};
  bool makes = false;
  const auto parsed = parse_words(help, invocation.words, [&](CLI::App& app) {
    app.require_subcommand(1);
    auto* making = app.add_subcommand("new", "write a small working plugin with its test into a new folder");
    making->add_option("name", name, "name of the plugin, its role and its files")->required();
    making->add_option("folder", folder, "the folder to create")->required();
    making->callback([&makes] { makes = true; });
    auto* checking = app.add_subcommand("validate", "say whether the host would take this file, and what it declares");
    checking->add_option("file", file, "a shared object with its manifest beside it")->required();
  });
  if (!parsed) return parsed.error();
  if (*parsed == Parsed::helped) return 0;
  return makes ? make_plugin(name, folder) : validate(file, invocation);
}

}  // namespace hive::host::cli
