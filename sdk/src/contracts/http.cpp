#include <hive/sdk/contracts/http.hpp>

namespace hive::http_api {

Fields fields(Of<OneTimeAddress>) {
  static constexpr auto kShape = shape(
      field<&OneTimeAddress::url>("url", "address that signs one browser in, once, within two minutes"),
      field<&OneTimeAddress::phrase>("phrase", "phrase that the page shows too, which proves that it is this host's"));
  return kShape;
}

Fields fields(Of<NewPassword>) {
  static constexpr auto kShape = shape(
      field<&NewPassword::password>("password", "the new password, 12 to 1,024 bytes").max_bytes(1'024).as_secret());
  return kShape;
}

Fields fields(Of<PasswordLine>) {
  static constexpr auto kShape =
      shape(field<&PasswordLine::line>("line", "content of the file that the setting password_file names"));
  return kShape;
}

Fields fields(Of<Serving>) {
  static constexpr auto kShape =
      shape(field<&Serving::served>("served", "true: browsers reach the page"),
            field<&Serving::address>("address", "address that the page is served at"),
            field<&Serving::port>("port", "port that the page is served at, or would be"),
            field<&Serving::reason>("reason", "why the page is not served, and whether the host tries again"));
  return kShape;
}

}  // namespace hive::http_api
