#include <hive/sdk/contracts/unreadable.hpp>

#include <boost/json.hpp>

#include <algorithm>

namespace hive {
namespace {

constexpr std::size_t kIdBytes = 64, kWhyBytes = 160;
static_assert(kIdBytes + kWhyBytes + std::string_view(R"({"id":"","why":""},)").size() <= kUnreadableBytes);

/// A damaged row may hold anything: what JSON would refuse or write longer is a question mark.
std::string plain(std::string_view text, std::size_t most) {
  std::string out(text.substr(0, most));
  std::ranges::replace_if(out, [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; }, '?');
  return out;
}

}  // namespace

Fields fields(Of<Unreadable>) {
  static constexpr auto kShape =
      shape(field<&Unreadable::id>("id", "id or name of the row").max_bytes(kIdBytes),
            field<&Unreadable::why>("why", "column that should hold something else").max_bytes(kWhyBytes));
  return kShape;
}

LeftOut named(std::span<const Unreadable> rows) {
  if (rows.empty()) return {};
  LeftOut out(std::in_place);
  for (const auto& [id, why] : rows.first(std::min(rows.size(), kMostUnreadable)))
    out->push_back({plain(id, kIdBytes), plain(why, kWhyBytes)});
  return out;
}

void mend(LeftOut& left_out, std::string_view id) {
  if (!left_out) return;
  std::erase_if(*left_out, [&](const Unreadable& row) { return row.id == id; });
  if (left_out->empty()) left_out.reset();
}

LeftOut left_out_of(const json::value& answer) {
  const auto* object = answer.if_object();
  const auto* member = object != nullptr ? object->if_contains("unreadable") : nullptr;
  if (member == nullptr) return {};
  auto rows = decode_value<std::vector<Unreadable>>(*member, Unknown::ignore);
  return rows ? LeftOut(std::move(*rows)) : LeftOut();
}

std::string left_out_words(const LeftOut& left_out) {
  std::string out;
  if (!left_out) return out;
  for (const auto& [id, why] : *left_out) {
    out += out.empty() ? "rows that cannot be read are left out: " : ", ";
    out.append(id).append(" (").append(why).append(")");
  }
  return out;
}

}  // namespace hive
