#include "render.hpp"

#include <hive/sdk/contracts/unreadable.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

#include "text.hpp"

namespace hive::host::cli {
namespace {

bool is_moment(std::string_view member) {
  return member.ends_with("_at") || member == "since";
}

const json::value* at_path(const json::value& value, std::string_view path) {
  const auto dot = path.find('.');
  const auto* object = value.if_object();
  const auto* found = object != nullptr ? object->if_contains(path.substr(0, dot)) : nullptr;
  if (found == nullptr || dot == path.npos) return found;
  return at_path(*found, path.substr(dot + 1));
}

std::string shown(const json::value& row, std::string_view path, Time now) {
  const auto* value = at_path(row, path);
  if (value == nullptr || value->is_null()) return "";
  if (path == "needs_login") return value->is_bool() && value->get_bool() ? "needed" : "";
  const auto last = path.substr(path.rfind('.') + 1);
  if (is_moment(last) && value->is_string())
    if (const auto moment = time_from(value->get_string())) return moment->ms == 0 ? "" : ago(*moment, now);
  return cell(*value);
}

std::string upper(std::string_view name) {
  std::string out(name);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return c == '_' ? ' ' : char(std::toupper(c)); });
  return out;
}

/// The members in order, where the contract does not say which.
std::vector<Column> columns_for(const MethodEntry& method, const json::array& rows) {
  std::vector<Column> out = method.columns;
  if (!out.empty()) return out;
  const auto* first = rows.empty() ? nullptr : rows[0].if_object();
  if (first == nullptr) return out;
  for (const auto& member : *first)
    if (!member.value().is_object()) out.push_back({upper(member.key()), std::string(member.key())});
  return out;
}

std::string listed(const MethodEntry& method, const json::array& rows) {
  if (rows.empty()) return "nothing to show\n";
  const auto columns = columns_for(method, rows);
  std::string out;
  if (columns.empty()) {
    for (const auto& row : rows) out += cell(row) + "\n";
    return out;
  }
  std::vector<std::string> titles;
  titles.reserve(columns.size());
  for (const auto& column : columns) titles.emplace_back(column.title);
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    for (const auto& column : columns) line.push_back(shown(row, column.path, wall_time()));
  }
  return table(titles, cells, terminal_width());
}

/// The first member that the schema calls a list of records.
const json::array* main_list(const json::object& schema, const json::object& result) {
  const auto* properties = schema.if_contains("properties");
  if (properties == nullptr || !properties->is_object()) return nullptr;
  for (const auto& member : properties->get_object()) {
    const auto* type = member.value().as_object().if_contains("type");
    const auto* items = member.value().as_object().if_contains("items");
    if (type == nullptr || *type != "array" || items == nullptr || !items->as_object().contains("properties")) continue;
    const auto* found = result.if_contains(member.key());
    if (found != nullptr && found->is_array()) return &found->get_array();
  }
  return nullptr;
}

std::string record(const json::object& result) {
  std::size_t widest = 0;
  for (const auto& member : result) widest = std::max(widest, member.key().size());
  std::string out;
  for (const auto& member : result) {
    const auto text = cell(member.value());
    if (text.empty()) continue;
    out += std::string(member.key()) + ":" + std::string(widest - member.key().size() + 1, ' ') + cell(member.value()) +
           "\n";
  }
  return out;
}

/// With a line end.
std::string lines_of(std::string text) {
  return text.empty() || text.ends_with('\n') ? text : std::move(text) + "\n";
}

/// `Sent as message {id}.` with the result's members; nothing when one is missing.
std::optional<std::string> sentence(std::string_view form, const json::object& result) {
  std::string out;
  while (!form.empty()) {
    const auto open = form.find('{');
    out += form.substr(0, open);
    if (open == form.npos) return out;
    const auto close = form.find('}', open);
    if (close == form.npos) return {};
    const auto* value = result.if_contains(form.substr(open + 1, close - open - 1));
    if (value == nullptr) return {};
    out += cell(*value);
    form.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace

std::string cell(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return visible(value.get_string(), Lines::join);
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (!value.is_array()) return visible(write_json(value), Lines::join);
  std::vector<std::string> out;
  for (const auto& item : value.get_array()) out.push_back(cell(item));
  return joined(out);
}

std::string rendered(const MethodEntry& method, const json::value& result) {
  const auto* object = result.if_object();
  if (object == nullptr) return result.is_null() ? "done\n" : cell(result) + "\n";
  if (object->empty()) return "done\n";
  if (!method.answer.empty())
    if (const auto said = sentence(method.answer, *object)) return *said + "\n";
  if (const auto* text = object->if_contains(method.text); !method.text.empty() && text != nullptr)
    return lines_of(text->is_string() ? visible(text->get_string(), Lines::keep) : cell(*text));
  const auto* rows = main_list(method.result, *object);
  if (rows == nullptr) return record(*object);
  std::string out = listed(method, *rows);
  json::object rest;
  const bool is_told = left_out_of(*object).has_value();  // on standard error
  for (const auto& member : *object)
    if (member.value().if_array() != rows && !(is_told && member.key() == "unreadable"))
      rest[member.key()] = member.value();
  if (!rest.empty()) out += "\n" + record(rest);
  return out;
}

std::string rendered_message(const json::object& message, Time now) {
  const auto text = [&](std::string_view member) {
    const auto* value = message.if_contains(member);
    return value == nullptr ? std::string() : cell(*value);
  };
  const auto sent = time_from(text("sent_at"));
  std::string out = "#" + text("id") + "  " + text("from") + " → " + text("to");
  if (sent) out += "  " + clock_text(*sent, now) + " (" + ago(*sent, now) + ")";
  if (const auto answered = text("in_reply_to"); !answered.empty()) out += "  answers #" + answered;
  out += "\n";
  const auto* body = message.if_contains("body");
  std::string lines = body != nullptr && body->is_string() ? visible(body->get_string(), Lines::keep) : "";
  while (lines.ends_with('\n')) lines.pop_back();
  for (std::size_t at = 0; at <= lines.size();) {
    const auto end = std::min(lines.find('\n', at), lines.size());
    out += "    " + lines.substr(at, end - at) + "\n";
    at = end + 1;
  }
  if (const auto file = text("file"); !file.empty()) out += "    file: " + file + "\n";
  return out;
}

std::string indented(const json::value& value) {
  struct Writer {
    std::string out;
    void line(std::size_t depth) { out += "\n" + std::string(2 * depth, ' '); }
    void write(const json::value& v, std::size_t depth) {
      const bool empty = (v.is_array() && v.get_array().empty()) || (v.is_object() && v.get_object().empty());
      if (empty || !v.is_structured()) return void(out += write_json(v));
      const char* separator = "";
      out += v.is_array() ? "[" : "{";
      if (v.is_array())
        for (const auto& item : v.get_array()) {
          out += std::exchange(separator, ",");
          line(depth + 1);
          write(item, depth + 1);
        }
      else
        for (const auto& member : v.get_object()) {
          out += std::exchange(separator, ",");
          line(depth + 1);
          out += write_json(json::string(member.key())) + ": ";
          write(member.value(), depth + 1);
        }
      line(depth);
      out += v.is_array() ? "]" : "}";
    }
  };
  Writer writer;
  writer.write(value, 0);
  return writer.out + "\n";
}

}  // namespace hive::host::cli
