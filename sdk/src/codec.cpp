#include <hive/sdk/codec.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace hive {
namespace detail {

bool mismatch(Decoding& d, std::string_view wanted) {
  d.mismatch.what = wanted;
  return false;
}

namespace {

bool at(Decoding& d, std::string_view member, std::string_view wanted) {
  d.mismatch.path = "." + std::string(member);
  return mismatch(d, wanted);
}

bool refuse_unknown(const json::object& object, Decoding& d, const Fields& fields) {
  for (const auto& member : object) {
    const std::string_view key = member.key();
    const auto& members = fields.members;
    if (std::any_of(members.begin(), members.end(), [&](const FieldInfo& f) { return f.name == key; })) continue;
    std::string known;
    for (const auto& f : members)
      if (!f.hidden) known += (known.empty() ? "" : ", ") + std::string(f.name);
    return at(d, key, "no such member; " + (known.empty() ? "there are none" : "known: " + known));
  }
  return true;
}

bool exactly_one(Decoding& d, const OneOf& names, int given) {
  if (names[0].empty() || given == 1) return true;
  std::string wanted = "exactly one of";
  for (auto name : names)
    if (!name.empty()) wanted += " " + std::string(name);
  d.mismatch.path.clear();
  return mismatch(d, wanted);
}

std::string in_words(Who who) {
  constexpr std::pair<Who, std::string_view> kWords[] = {{Who::operators, "the operator"},
                                                         {Who::manager, "the manager"},
                                                         {Who::agents, "agents"},
                                                         {Who::plugins, "plugins"}};
  std::string words;
  for (const auto& [one, word] : kWords)
    if (who & one) words += (words.empty() ? "" : " and ") + std::string(word);
  return words;
}

}  // namespace

bool decode_object(const json::value& v, void* object, Decoding& d, const Fields& fields) {
  if (!v.is_object()) return mismatch(d, "an object");
  const auto& members = v.get_object();
  std::size_t seen = 0;
  int given = 0;
  for (const auto& f : fields.members) {
    const auto* member = members.if_contains(f.name);
    if (member == nullptr) {
      if (!f.optional) return at(d, f.name, "required");
      continue;
    }
    ++seen;
    if (!member->is_null()) given += int(std::count(fields.one_of.begin(), fields.one_of.end(), f.name));
    if (f.decode(*member, object, d, f)) continue;
    d.mismatch.path = "." + std::string(f.name) + d.mismatch.path;
    return false;
  }
  if (d.unknown == Unknown::refuse && seen != members.size() && !refuse_unknown(members, d, fields)) return false;
  return exactly_one(d, fields.one_of, given);
}

json::value encode_object(const void* object, const Fields& fields) {
  json::object out;
  for (const auto& f : fields.members) {
    auto value = f.encode(object);
    if (!value.is_null()) out.emplace(f.name, std::move(value));
  }
  return out;
}

Status may_give(const json::value& params, const Fields& fields, Who who) {
  if (!params.is_object()) return {};
  for (const auto& f : fields.members) {
    const auto* given = params.get_object().if_contains(f.name);
    if (given == nullptr || given->is_null() || f.givers & who) continue;
    return error(Code::forbidden, std::string(f.name) + ": is for " + in_words(f.givers) + " alone; leave it out");
  }
  return {};
}

bool in_range(const FieldInfo& f, std::int64_t value, Decoding& d) {
  if (value >= f.low && value <= f.high) return true;
  return mismatch(d, std::to_string(f.low) + " to " + std::to_string(f.high) + ", not " + std::to_string(value));
}

bool text_fits(const FieldInfo& f, std::string_view text, Decoding& d) {
  if (text.size() > f.bytes)
    return mismatch(d, "at most " + std::to_string(f.bytes) + " bytes, not " + std::to_string(text.size()));
  if (f.fits != nullptr && !f.fits(text)) return mismatch(d, f.shape_of_text);
  return true;
}

bool count_fits(const FieldInfo& f, std::size_t count, Decoding& d) {
  if (count <= f.bytes) return true;
  return mismatch(d, "at most " + std::to_string(f.bytes) + " elements, not " + std::to_string(count));
}

bool decode_integer(const json::value& v, std::int64_t& out, Decoding& d) {
  bool ok = false;
  if (v.is_number()) {
    boost::system::error_code inexact;
    out = v.to_number<std::int64_t>(inexact);
    ok = !inexact;
  } else if (v.is_string()) {
    const std::string_view text = v.get_string();
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    ok = failure == std::errc{} && end == text.data() + text.size();
  }
  if (!ok) return mismatch(d, "an integer");
  return (out >= -kMaxInteger && out <= kMaxInteger) || mismatch(d, "an integer within 2^53");
}

bool decode_string(const json::value& v, std::string& out, Decoding& d) {
  if (!v.is_string()) return mismatch(d, "a string");
  out = v.get_string();
  return true;
}

bool decode_bool(const json::value& v, bool& out, Decoding& d) {
  if (v.is_bool()) return out = v.get_bool(), true;
  if (v == "true" || v == "false") return out = v == "true", true;
  return mismatch(d, "true or false");
}

bool decode_double(const json::value& v, double& out, Decoding& d) {
  if (!v.is_number()) return mismatch(d, "a number");
  out = v.to_number<double>();
  return std::isfinite(out) || mismatch(d, "a finite number");  // 1e400 is read as infinite
}

bool decode_time(const json::value& v, Time& out, Decoding& d) {
  const auto time = v.is_string() ? time_from(v.get_string()) : std::nullopt;
  if (!time) return mismatch(d, "a time like 2026-05-01T12:00:00Z");
  out = *time;
  return true;
}

bool no_such_name(Decoding& d, const std::string_view* names, std::size_t count) {
  std::string wanted = "one of";
  for (std::size_t i = 0; i < count; ++i) wanted += " " + std::string(names[i]);
  return mismatch(d, wanted);
}

void check_settings_text(std::string_view settings, abi::Sink sink, bool (*decode)(const json::value&, Decoding&)) {
  Decoding decoding;
  const auto value = parse_json(settings);
  if (!value)
    decoding.mismatch.what = value.error().message;
  else if (decode(*value, decoding))
    return;
  sink.take(sink.context, decoding.mismatch.path);
  sink.take(sink.context, decoding.mismatch.what);
}

}  // namespace detail

namespace {

constexpr auto kNoLimit = std::numeric_limits<std::size_t>::max();

void add_limits(json::object& schema, const FieldInfo& f) {
  if (f.low != std::numeric_limits<std::int64_t>::min()) schema["minimum"] = f.low;
  if (f.high != std::numeric_limits<std::int64_t>::max()) schema["maximum"] = f.high;
  if (f.bytes != kNoLimit) schema[schema.contains("items") ? "maxItems" : "maxLength"] = f.bytes;
  if (f.secret) schema["writeOnly"] = true;
  if (f.fits == &is_agent_name) schema["pattern"] = kAgentPattern;
  if (f.givers != kEveryCaller) schema["callers"] = std::uint32_t(f.givers);
}

/// With the limits that a model must be told in words: a schema counts characters, not bytes.
std::string described(const FieldInfo& f, const json::object& schema, Hidden hidden) {
  std::string doc(f.doc);
  const auto add = [&doc](const std::string& words) { doc += (doc.empty() ? "" : "; ") + words; };
  if (!f.shape_of_text.empty()) add(std::string(f.shape_of_text));
  if (hidden == Hidden::leave_out && f.bytes != kNoLimit && !schema.contains("items"))
    add("at most " + std::to_string(f.bytes) + " bytes");
  return doc;
}

}  // namespace

json::object schema_object(const Fields& fields, Hidden hidden) {
  json::object properties;
  json::array required;
  for (const auto& f : fields.members) {
    if (f.hidden && hidden == Hidden::leave_out) continue;
    auto property = f.schema();
    property["description"] = described(f, property, hidden);
    add_limits(property, f);
    properties[f.name] = std::move(property);
    if (!f.optional) required.emplace_back(f.name);
  }
  json::object out{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) out["required"] = std::move(required);
  if (!fields.one_of[0].empty()) {
    std::string rule = "Exactly one of";
    for (auto name : fields.one_of)
      if (!name.empty()) rule += " " + std::string(name);
    out["description"] = rule;
  }
  return out;
}

Result<json::value> parse_json(std::string_view text) {
  boost::system::error_code failure;
  auto value = json::parse(text, failure);
  if (failure) return error(Code::invalid_params, "the text is not one JSON value: " + failure.message());
  return value;
}

namespace {

void drop_infinite(json::value& value) {
  if (value.is_double() && !std::isfinite(value.get_double())) value = nullptr;
  if (value.is_array())
    for (auto& item : value.get_array()) drop_infinite(item);
  if (value.is_object())
    for (auto& member : value.get_object()) drop_infinite(member.value());
}

}  // namespace

std::string write_json(const json::value& value) {
  auto text = json::serialize(value);
  if (text.find("Infinity") == text.npos) return text;  // as the serializer writes what was read of 1e400
  auto finite = value;
  drop_infinite(finite);
  return json::serialize(finite);
}

Error describe(const Mismatch& bad, std::string_view root) {
  const auto where = bad.path.empty() ? std::string(root) : bad.path.substr(bad.path[0] == '.' ? 1 : 0);
  return error(Code::invalid_params, where + ": " + (bad.what == "required" ? "is required" : "wanted " + bad.what));
}

bool is_agent_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 31 && text[0] >= 'a' && text[0] <= 'z' &&
         std::all_of(text.begin(), text.end(), fits);
}

}  // namespace hive
