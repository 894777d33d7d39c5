#include <hive/sdk/pieces.hpp>

namespace hive {
namespace {

/// Takes a member out of an answer; null when it is not there.
json::value taken(json::object& object, std::string_view member) {
  auto* value = object.if_contains(member);
  if (value == nullptr) return nullptr;
  auto out = std::move(*value);
  object.erase(member);
  return out;
}

}  // namespace

Result<json::value> Pieces::add(json::value answer) {
  auto* const piece = answer.if_object();
  const auto text = piece != nullptr ? taken(*piece, member_) : json::value();
  if (!text.is_string()) return error(Code::internal, "the answer has no text `" + member_ + "`");
  auto next = taken(*piece, "next");
  if (rest_ && (*rest_ != *piece || text.get_string().empty()))
    return error(Code::conflict, "what is read was changed meanwhile; ask again");
  text_ += text.get_string();
  if (text_.size() > kMostBytes)
    return error(Code::too_large, "the text has over " + std::to_string(kMostBytes >> 20) + " MiB; ask for its pieces");
  rest_ = std::move(*piece);
  return next;
}

json::object Pieces::whole() && {
  auto out = std::move(rest_).value_or(json::object());
  out[member_] = text_;
  return out;
}

}  // namespace hive
