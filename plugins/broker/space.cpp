#include "space.hpp"

#include <utility>

namespace hive::broker {
namespace {

constexpr std::uintmax_t kMiB = 1u << 20;

std::string low(const std::filesystem::space_info& space, const DiskSpace::Need& need) {
  return "the disk has " + std::to_string(space.available / kMiB) + " MiB free of " +
         std::to_string(space.capacity / kMiB) + ", and agents may send while " + std::to_string(need.percent) +
         " % and " + std::to_string(need.mib) + " MiB are free";
}

std::optional<std::string> look_at(const std::filesystem::path& folder, const DiskSpace::Need& need) {
  std::error_code failed;
  const auto space = std::filesystem::space(folder, failed);
  if (failed) return {};
  const bool few_percent = space.available / 100 < space.capacity / 10'000 * std::uintmax_t(need.percent);
  if (!few_percent && space.available / kMiB >= std::uintmax_t(need.mib)) return {};
  return low(space, need);
}

}  // namespace

Status DiskSpace::look() {
  if (!is_fresh_ && !folder_.empty()) {
    is_fresh_ = true;
    trouble_ = look_at(folder_, need_);
  }
  if (!trouble_) return {};
  return error(Code::busy, "broker: " + *trouble_ + "; nothing was sent, try again when there is more space");
}

std::optional<Space> DiskSpace::take_news() {
  if (trouble_.has_value() == std::exchange(was_low_, trouble_.has_value())) return {};
  return Space{trouble_};
}

}  // namespace hive::broker
