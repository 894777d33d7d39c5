#include "gate_input.hpp"

#include <hive/http/form.hpp>
#include <hive/utf8/utf8.hpp>

#include <algorithm>

#include "request_reader.hpp"
#include "text.hpp"

namespace hive::http {
namespace {

constexpr RequestReader::Limits kLimits{.head_bytes = 600, .head = {.headers = 12, .body_bytes = 300}};

std::string text_of(const Head& head) {
  const auto& request = head.request;
  std::string text =
      std::string(name_of(request.verb)) + '\n' + request.path + '\n' + request.query + '\n' + request.body;
  for (const auto& [name, value] : request.headers) text += '\n' + name + ':' + value;
  for (const bool flag : {request.head_only, head.options, head.keep_alive}) text += flag ? '1' : '0';
  return text;
}

/// A rule that a request which was let pass breaks.
std::string broken_by(const Head& head) {
  const auto& request = head.request;
  if (!request.path.starts_with('/')) return "a path begins with no slash";
  if (!utf8::is_valid(request.path) || !is_field_value(request.path)) return "a path is no clean UTF-8";
  for (const auto segment : split(request.path, '/'))
    if (segment == "." || segment == "..") return "a path has a dot segment";
  if (request.body.size() != head.body_bytes || head.body_bytes > kLimits.head.body_bytes)
    return "a body has another size";
  if (request.headers.size() > kLimits.head.headers) return "there are too many headers";
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || name != lower(name) || !is_field_value(value)) return "a header is not clean";
    if (name == "transfer-encoding") return "a transfer coding passed";
    const auto same = [&wanted = name](const Header& h) { return h.name == wanted; };
    const bool single = name == "host" || name == "content-length" || name == "cookie" || name == "origin";
    if (single && std::count_if(request.headers.begin(), request.headers.end(), same) != 1)
      return name + " passed twice";
  }
  // These only must not fall over.
  if (auto form = parse_form(request.body); form && form->pairs().size() > Form::kMost) return "a form is too long";
  if (auto query = query_of(request); query && !query->pairs().empty()) (void)query->one(query->pairs()[0].name);
  (void)json_of(request);
  (void)request.cookie("session");
  return {};
}

struct Seen {
  std::string all;     // every request and the refusal, in their order
  std::string broken;  // the first broken rule
};

/// Gives the input in pieces, whose sizes come from `seed`; 0: all at once.
Seen read(std::string_view input, std::uint32_t seed) {
  RequestReader reader(kLimits);
  Seen seen;
  while (!input.empty() && seen.broken.empty()) {
    seed = seed * 1'664'525 + 1'013'904'223;
    const auto size = seed == 1'013'904'223 ? input.size() : std::min<std::size_t>(input.size(), 1 + (seed >> 16) % 40);
    reader.add(input.substr(0, size));
    input.remove_prefix(size);
    auto step = reader.step();
    for (; step == RequestReader::Step::complete; step = reader.step()) {
      const auto head = reader.take();
      seen.broken = broken_by(head);
      seen.all += text_of(head) + "\n--\n";
    }
    if (step == RequestReader::Step::refused) {
      seen.all += std::to_string(reader.refusal().status) + reader.refusal().why;
      return seen;
    }
    (void)reader.take_expectation();
    if (reader.buffered() > kLimits.head_bytes + kLimits.head.body_bytes + 4) seen.broken = "too much is held back";
  }
  seen.all += "waits for " + std::to_string(int(reader.waiting())) + " with " + std::to_string(reader.buffered());
  return seen;
}

}  // namespace

std::string broken_rule(std::string_view input) {
  const auto whole = read(input, 0);
  if (!whole.broken.empty()) return whole.broken;
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    const auto cut = read(input, seed);
    if (!cut.broken.empty()) return cut.broken;
    if (cut.all != whole.all) return "it depends on how the bytes are cut: " + whole.all + " or " + cut.all;
  }
  return {};
}

}  // namespace hive::http
