#include "secrets.hpp"

#include <hive/os/files.hpp>

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace hive::dashboard {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kPrefix = "scrypt$15$8$1$";  // log2 of N, r, p: 32 MiB
constexpr std::uint64_t kN = 1 << 15, kR = 8, kP = 1;
constexpr std::size_t kSaltBytes = 16, kHashBytes = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// Before what is random or slow: the library looks once at what this machine has.
void get_ready() {
  if (::sodium_init() < 0) std::abort();  // no random numbers
}

std::string random_bytes(std::size_t count) {
  get_ready();
  std::string out(count, '\0');
  ::randombytes_buf(out.data(), out.size());
  return out;
}

std::string base64url(std::string_view bytes) {
  constexpr int kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string out(::sodium_base64_encoded_len(bytes.size(), kForm), '\0');
  ::sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), kForm);
  out.pop_back();  // the null character
  return out;
}

std::string scrypt(std::string_view password, std::string_view salt) {
  get_ready();
  std::string out(kHashBytes, '\0');
  if (::crypto_pwhash_scryptsalsa208sha256_ll(bytes_of(password), password.size(), bytes_of(salt), salt.size(), kN, kR,
                                              kP, bytes_of(out), out.size()) != 0)
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
  std::string hash(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_state state;
  ::crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  ::crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  ::crypto_auth_hmacsha256_final(&state, bytes_of(hash));
  return base64url(hash);
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::sodium_memcmp(a.data(), b.data(), a.size()) == 0;
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
    return error(Code::invalid_params, name + ": is not a key; remove it, and a new one is made");
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
      error(Code::invalid_params, "is not a password line; make one with `hive-c0re call http.password_line -`");
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
