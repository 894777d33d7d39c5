#include "secrets.hpp"

#include <hive/os/files.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace hive::dashboard {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kPrefix = "scrypt$15$8$1$";  // log2 of N, r, p: 32 MiB
constexpr std::uint64_t kN = 1 << 15, kR = 8, kP = 1, kMostMemory = 64u << 20;
constexpr std::size_t kSaltBytes = 16, kHashBytes = 32;

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), int(count)) != 1) std::abort();
  return out;
}

std::string base64url(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | std::uint8_t(c);
    for (held += 8; held >= 6; held -= 6) out += kDigits[bits >> (held - 6) & 63];
  }
  if (held > 0) out += kDigits[bits << (6 - held) & 63];
  return out;
}

std::string scrypt(std::string_view password, std::string_view salt) {
  std::string out(kHashBytes, '\0');
  const auto* salted = reinterpret_cast<const unsigned char*>(salt.data());
  auto* hash = reinterpret_cast<unsigned char*>(out.data());
  if (EVP_PBE_scrypt(password.data(), password.size(), salted, salt.size(), kN, kR, kP, kMostMemory, hash,
                     out.size()) != 1)
    std::abort();  // the parameters are constants: there is no memory
  return base64url(out);
}

}  // namespace

std::string random_text(std::size_t bytes) {
  return base64url(random_bytes(bytes));
}

std::string random_phrase() {
  constexpr std::string_view kConsonants = "bdfghjklmnprstvz", kVowels = "aeiou";
  std::string out;
  for (int word = 0; word < 3; ++word) {
    if (word > 0) out += '-';
    for (const char byte : random_bytes(2)) {
      // 240 of 256 values fill 80 syllables evenly; the rest makes a few of them a little likelier.
      const auto number = std::uint8_t(byte) % (kConsonants.size() * kVowels.size());
      out += kConsonants[number / kVowels.size()];
      out += kVowels[number % kVowels.size()];
    }
  }
  return out;
}

std::string keyed_hash(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), int(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       hash.data(), &size);
  return base64url({reinterpret_cast<const char*>(hash.data()), size});
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<std::string> read_or_make_key(int folder, const std::string& name) {
  auto file = os::open_beneath(folder, name);
  if (!file && file.error().code == Code::not_found) {
    auto key = random_text(kKeyBytes);
    if (auto kept = os::replace_file(folder, name, key); !kept) return kept.error();
    return key;
  }
  if (!file) return file.error();
  struct stat status{};
  if (::fstat(file->get(), &status) != 0) return os::last_error(name);
  if (status.st_uid != ::geteuid() || (status.st_mode & 077) != 0)
    return error(Code::forbidden, name + ": others than the host's user can read it; remove it, and a new one is made");
  std::string key(128, '\0');
  const auto got = ::read(file->get(), key.data(), key.size());
  if (got < 0) return os::last_error(name);
  key.resize(std::size_t(got));
  if (key.size() != random_text(kKeyBytes).size())
    return error(Code::invalid_params, name + ": is no key; remove it, and a new one is made");
  return key;
}

PasswordHash::PasswordHash(std::string salt, std::string hash)
    : salt_(std::move(salt)), hash_(std::move(hash)), line_(std::string(kPrefix) + salt_ + "$" + hash_) {}

PasswordHash PasswordHash::of(std::string_view password) {
  auto salt = random_text(kSaltBytes);
  auto hash = scrypt(password, salt);
  return {std::move(salt), std::move(hash)};
}

Result<PasswordHash> PasswordHash::parse(std::string_view line) {
  while (line.ends_with('\n')) line.remove_suffix(1);
  const auto refused =
      error(Code::invalid_params, "is no password line; make one with `hive-c0re call http.password_line -`");
  if (!line.starts_with(kPrefix)) return refused;
  line.remove_prefix(kPrefix.size());
  const auto dollar = line.find('$');
  constexpr std::size_t kSaltText = (kSaltBytes * 8 + 5) / 6, kHashText = (kHashBytes * 8 + 5) / 6;
  if (dollar != kSaltText || line.size() != kSaltText + 1 + kHashText) return refused;
  return PasswordHash(std::string(line.substr(0, dollar)), std::string(line.substr(dollar + 1)));
}

bool PasswordHash::fits(std::string_view password) const {
  return is_same(scrypt(password, salt_), hash_);
}

}  // namespace hive::dashboard
