#include "rules.hpp"

#include <hive/agent_toml/agent_toml.hpp>
#include <hive/toml_text/toml_text.hpp>

namespace hive::agent {
namespace {

constexpr std::size_t kMostBytes = 256 << 10;

Error at(const toml_text::Toml& parsed, const Mismatch& bad) {
  const auto path = bad.path.starts_with('.') ? bad.path.substr(1) : bad.path;
  return error(Code::invalid_params, parsed.place_of(path) + ": " + describe(bad, "the file").message);
}

}  // namespace

Result<Toml> read_toml(const Source& source) {
  if (source.text.size() > kMostBytes) return error(Code::too_large, source.file + ": has more than 256 KiB");
  const auto parsed = toml_text::parse(source.text, source.file, toml_text::Moments::as_misfit);
  if (!parsed) return parsed.error();
  Toml out;
  Decoding decoding;
  if (!Codec<Toml>::decode(parsed->values, out, decoding)) return at(*parsed, decoding.mismatch);
  if (const auto bad = first_broken_rule(out, source.root)) return at(*parsed, *bad);
  return out;
}

}  // namespace hive::agent
