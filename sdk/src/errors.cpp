#include <hive/sdk/errors.hpp>

#include <algorithm>
#include <iterator>

namespace hive {
namespace {

// In the order of Code. Exit codes follow sysexits.h: usage 64, no input 66, unavailable 69,
// software 70, temporary failure 75, no permission 77.
constexpr ErrorForm kForms[] = {
    {Code::ok, "ok", 0, 200, 0},
    {Code::invalid_params, "invalid_params", -32602, 400, 64},
    {Code::method_not_found, "method_not_found", -32601, 404, 64},
    {Code::not_found, "not_found", -32003, 404, 66},
    {Code::forbidden, "forbidden", -32004, 403, 77},
    {Code::unavailable, "unavailable", -32005, 503, 69},
    {Code::timeout, "timeout", -32006, 504, 75},
    {Code::conflict, "conflict", -32007, 409, 73},
    {Code::too_large, "too_large", -32008, 413, 65},
    {Code::busy, "busy", -32009, 429, 75},
    {Code::cancelled, "cancelled", -32010, 499, 75},
    {Code::internal, "internal", -32603, 500, 70},
};

}  // namespace

const ErrorForm& form_of(Code code) {
  const auto at = std::size_t(code);
  return kForms[at < std::size(kForms) ? at : std::size_t(Code::internal)];
}

Code code_named(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kForms), std::end(kForms), [&](const ErrorForm& f) { return f.name == name; });
  return found == std::end(kForms) ? Code::internal : found->code;
}

std::string_view name_of(Code code) {
  return form_of(code).name;
}

}  // namespace hive
