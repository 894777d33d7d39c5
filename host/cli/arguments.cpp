#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <json_members.hpp>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <list>
#include <optional>

namespace hive::host::cli {
namespace {

constexpr std::string_view kEverywhere =
    "\nEverywhere: --root DIR, --json (one line of JSON), --no-wait (do not wait for the end of an action)\n";

/// One member of the params while the line is read.
struct Member {
  std::string name, type, doc;
  bool required = false, repeatable = false, by_place = false;
  std::vector<std::string> choices;
  std::vector<std::string> given;
  std::optional<std::string> single;
  bool flag = false;  // CLI11 sets it
};

bool has_text(const json::array& array, std::string_view text) {
  return std::any_of(array.begin(), array.end(),
                     [&](const json::value& v) { return v.is_string() && v.get_string() == text; });
}

Member member_of(std::string_view name, const json::object& schema, const json::object& params) {
  Member member;
  member.name = name;
  member.doc = text_in(schema, "description");
  const auto* required = params.if_contains("required");
  member.required = required != nullptr && required->is_array() && has_text(required->get_array(), name);
  member.type = text_in(schema, "type");
  const json::object* typed = &schema;
  const auto* items = schema.if_contains("items");
  if (member.type == "array" && items != nullptr && items->is_object()) {
    member.repeatable = true;
    typed = &items->get_object();
    member.type = text_in(*typed, "type");
  }
  if (const auto* choices = typed->if_contains("enum"); choices != nullptr && choices->is_array())
    for (const auto& choice : choices->get_array()) member.choices.emplace_back(choice.as_string());
  return member;
}

/// On the heap and never moved: CLI11 keeps pointers to what it fills.
std::list<Member> members_of(const MethodEntry& method) {
  std::list<Member> out;
  const auto* properties = method.params.if_contains("properties");
  if (properties == nullptr || !properties->is_object()) return out;
  const auto hidden = [&](std::string_view name) {
    return std::find(method.hidden.begin(), method.hidden.end(), name) != method.hidden.end();
  };
  for (const auto& property : properties->get_object())
    if (!hidden(property.key()) && property.value().is_object())
      out.push_back(member_of(property.key(), property.value().get_object(), method.params));
  return out;
}

std::string shown_type(const Member& member) {
  if (member.type == "string") return "TEXT";
  if (member.type == "integer") return "N";
  if (member.type == "number") return "NUMBER";
  return "JSON";
}

void declare_member(CLI::App& app, Member& member) {
  if (member.type == "boolean" && !member.repeatable && !member.by_place) {
    app.add_flag(option_name(member.name), member.flag, member.doc);
    return;
  }
  const auto name = member.by_place ? member.name : option_name(member.name);
  // A scalar is bound as one: a vector would take the words that follow it, `--` too.
  auto* option = member.repeatable ? app.add_option(name, member.given, member.doc)
                                   : app.add_option(name, member.single, member.doc);
  if (member.repeatable) option->expected(1, -1)->allow_extra_args(member.by_place);
  option->type_name(shown_type(member))->required(member.required);
  if (!member.choices.empty()) check_choice(option, member.choices);
}

void declare_members(CLI::App& app, std::list<Member>& members, const std::vector<std::string>& places) {
  for (const auto& place : places)
    for (auto& member : members)
      if (member.name == place) member.by_place = true, declare_member(app, member);
  for (auto& member : members)
    if (!member.by_place) declare_member(app, member);
}

Error wanted(const Member& member, const std::string& given, std::string_view what) {
  return error(Code::invalid_params,
               option_name(member.name) + ": wanted " + std::string(what) + ", found \"" + given + "\"");
}

Result<json::value> value_of(const Member& member, const std::string& given) {
  if (member.type == "string") return json::value(json::string(given));
  auto value = parse_json(given);
  if (member.type == "integer" && (!value || !value->is_int64())) return wanted(member, given, "a whole number");
  if (member.type == "number" && (!value || !value->is_number())) return wanted(member, given, "a number");
  if (member.type == "boolean" && (!value || !value->is_bool())) return wanted(member, given, "true or false");
  if (!value) return wanted(member, given, "JSON");
  return value;
}

std::string standard_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

Result<json::value> values_of(const Member& member) {
  if (!member.repeatable) {
    const bool piped = member.type == "string" && member.by_place && *member.single == "-";
    return value_of(member, piped ? standard_input() : *member.single);
  }
  json::array out;
  for (const auto& given : member.given) {
    auto value = value_of(member, given);
    if (!value) return value.error();
    out.push_back(std::move(*value));
  }
  return json::value(std::move(out));
}

void head(CLI::App& app, const CommandHelp& help) {
  app.name("hive-c0re " + help.name);
  app.description(help.summary);
  app.set_help_flag("-h,--help", "print this");
  app.get_formatter()->column_width(34);
  app.get_formatter()->label("REQUIRED", "(required)");
  app.footer((help.examples.empty() ? "" : "\n" + help.examples) + std::string(kEverywhere));
}

/// What helps where a word was taken for an option and may have been meant as text.
std::string dash_hint(const CLI::App& app, const std::vector<std::string>& words) {
  const auto places = app.get_options([](const CLI::Option* option) { return option->get_positional(); });
  if (places.empty()) return "";
  for (const auto& word : words) {
    if (word == "--") return "";
    if (word.size() < 2 || word[0] != '-') continue;
    if (app.get_option_no_throw(word.substr(0, word.find('='))) == nullptr)
      return "; \"" + word + "\" begins with a dash, so put `--` before it if it is text";
  }
  return "";
}

}  // namespace

std::string option_name(std::string_view member) {
  std::string out = "--" + std::string(member);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

CLI::Option* check_choice(CLI::Option* option, const std::vector<std::string>& choices) {
  std::string shown;
  for (const auto& choice : choices) shown += (shown.empty() ? "" : "|") + choice;
  return option->type_name(shown)->check(CLI::IsMember(choices).description(""));
}

CLI::Option* check_range(CLI::Option* option, const Bounds& bounds) {
  const auto least = std::to_string(bounds.least);
  const auto range = bounds.most == kMaxInteger ? "N is " + least + " or more"
                                                : "N from " + least + " to " + std::to_string(bounds.most);
  return option->type_name("N")
      ->description(option->get_description() + "; " + range)
      ->check(CLI::Range(bounds.least, bounds.most).description(""));
}

Result<Parsed> parse_words(const CommandHelp& help, const std::vector<std::string>& words,
                           const std::function<void(CLI::App&)>& declare) {
  CLI::App app;
  head(app, help);
  declare(app);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    return Parsed::go;
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return Parsed::helped;
  } catch (const CLI::ParseError& thrown) {
    return error(Code::invalid_params, help.name + ": " + thrown.what() + dash_hint(app, words) + "; `hive-c0re " +
                                           help.name + " --help` shows how it is used");
  }
}

std::string help_text(const CommandHelp& help, const std::function<void(CLI::App&)>& declare) {
  CLI::App app;
  head(app, help);
  declare(app);
  return app.help();
}

Result<MethodWords> parse_method(const MethodEntry& method, const CommandHelp& help,
                                 const std::vector<std::string>& words) {
  auto members = members_of(method);
  const auto parsed =
      parse_words(help, words, [&](CLI::App& app) { declare_members(app, members, method.positional); });
  if (!parsed) return parsed.error();
  MethodWords out;
  out.parsed = *parsed;
  for (const auto& member : members) {
    if (member.flag) out.params[member.name] = true;
    if (member.given.empty() && !member.single) continue;
    auto value = values_of(member);
    if (!value) return value.error();
    out.params[member.name] = std::move(*value);
  }
  return out;
}

std::string method_help(const MethodEntry& method, const CommandHelp& help) {
  auto members = members_of(method);
  return help_text(help, [&](CLI::App& app) { declare_members(app, members, method.positional); });
}

}  // namespace hive::host::cli
