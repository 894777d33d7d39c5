#pragma once
#include <hive/sdk/result.hpp>

namespace hive::http {

/// The smallest gzip form. Errors: internal. [any-thread]
Result<std::string> gzip(std::string_view text);

}  // namespace hive::http
