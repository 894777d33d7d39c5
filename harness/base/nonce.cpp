#include "base/nonce.hpp"

#include <hive/os/random.hpp>

namespace hive::harness {

std::string make_nonce() {
  return os::random_hex(8);
}

}  // namespace hive::harness
