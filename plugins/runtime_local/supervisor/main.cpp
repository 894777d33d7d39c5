#include "life.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace {

constexpr int kChannel = 3, kWrongUse = 64;
constexpr std::size_t kPlanBytes = 1 << 20;

/// The plan is one JSON line on the start channel; the rest of the channel is for the answer.
hive::Result<hive::supervisor::Plan> read_plan(int channel) {
  std::string text;
  while (text.find('\n') == text.npos) {
    char block[16'384];
    const auto got = ::read(channel, block, sizeof block);
    if (got <= 0) return hive::os::last_error("start channel");
    text.append(block, std::size_t(got));
    if (text.size() > kPlanBytes) return hive::error(hive::Code::too_large, "the plan has more than 1 MiB");
  }
  return hive::decode_text<hive::supervisor::Plan>(text, hive::Unknown::ignore);
}

}  // namespace

int main(int count, char**) {
  ::fcntl(kChannel, F_SETFD, FD_CLOEXEC);
  hive::os::Fd channel(kChannel);
  if (count != 3) {
    std::fprintf(stderr, "usage: hive-supervisor ROOT NAME with a plan on descriptor 3; the host starts it\n");
    return kWrongUse;
  }
  auto plan = read_plan(kChannel);
  if (!plan) {
    std::fprintf(stderr, "hive-supervisor: %s\n", plan.error().message.c_str());
    return kWrongUse;
  }
  return hive::supervisor::Life(std::move(*plan), std::move(channel)).run();
}
