#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "gate_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto broken = hive::http::broken_rule({reinterpret_cast<const char*>(data), size});
  if (broken.empty()) return 0;
  std::fprintf(stderr, "the gate broke a rule: %s\n", broken.c_str());
  std::abort();
}
