#pragma once
#include <string>
#include <string_view>

namespace hive::harness {

/// `json` as a payload of the page's events: as it stands where it fits, else with its longest texts cut. What
/// cannot be made to fit, or is nested too deep, or is no JSON value, becomes {type: "clipped", bytes, head}.
/// The result is one JSON value without a byte below 0x20. [any-thread]
std::string page_payload(std::string_view json);

}  // namespace hive::harness
