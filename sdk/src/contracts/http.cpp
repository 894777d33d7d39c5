#include <hive/sdk/contracts/http.hpp>

namespace hive::http_api {

Fields fields(Of<OneTimeAddress>) {
  static constexpr auto kShape = shape(
      field<&OneTimeAddress::url>("url", "signs one browser in, once, within two minutes"),
      field<&OneTimeAddress::phrase>("phrase", "phrase that the page shows too, which proves that it is this host's"));
  return kShape;
}

Fields fields(Of<NewPassword>) {
  static constexpr auto kShape =
      shape(field<&NewPassword::password>("password", "12 to 1,024 bytes").max_bytes(1'024).as_secret());
  return kShape;
}

Fields fields(Of<PasswordLine>) {
  static constexpr auto kShape =
      shape(field<&PasswordLine::line>("line", "the whole content of the file that password_file names"));
  return kShape;
}

Fields fields(Of<Serving>) {
  static constexpr auto kShape =
      shape(field<&Serving::served>("served", "browsers reach the page"),
            field<&Serving::address>("address", "address that the page is served at"),
            field<&Serving::port>("port", "port that the page is served at, or would be"),
            field<&Serving::reason>("reason", "why it is not served, and whether that is tried again"));
  return kShape;
}

}  // namespace hive::http_api
