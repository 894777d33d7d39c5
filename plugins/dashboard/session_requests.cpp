#include "session_requests.hpp"

#include <hive/http/form.hpp>
#include <hive/os/files.hpp>

namespace hive::dashboard {
namespace {

struct Enrolment {
  std::string nonce, proof;
};
constexpr auto fields(Of<Enrolment>) {
  return shape(field<&Enrolment::nonce>("nonce", "16 to 64 characters of base64url, fresh").max_bytes(64),
               field<&Enrolment::proof>("proof", "made of the nonce with the code of the address").max_bytes(64));
}
struct SignIn {
  std::string password, nonce, secret;
};
constexpr auto fields(Of<SignIn>) {
  return shape(field<&SignIn::password>("password", "password of this hive").max_bytes(1'024).as_secret(),
               field<&SignIn::nonce>("nonce", "16 to 64 characters of base64url, fresh").max_bytes(64),
               field<&SignIn::secret>("secret", "16 to 64 characters of base64url that the session's key is made of")
                   .max_bytes(64)
                   .as_secret());
}
struct Hello {
  std::string session, nonce;
};
constexpr auto fields(Of<Hello>) {
  return shape(field<&Hello::session>("session", "id that the host gave").max_bytes(64),
               field<&Hello::nonce>("nonce", "16 to 64 characters of base64url, fresh").max_bytes(64));
}

}  // namespace

Result<std::unique_ptr<SessionRequests>> SessionRequests::open(Host& host, const Settings& settings, Feed& feed) {
  std::unique_ptr<SessionRequests> out(new SessionRequests(host, feed));
  if (settings.password_file) {
    const auto line = os::read_file(*settings.password_file, 4'096);
    if (!line) return line.error();
    auto hash = PasswordHash::parse(*line);
    if (!hash) return error(hash.error().code, *settings.password_file + ": " + hash.error().message);
    out->password_.emplace(std::move(*hash));
  }
  const auto run = host.root() / "run";
  auto folder = os::open_folder(run);
  if (!folder) return folder.error();
  auto key = read_or_make_key(folder->get(), "operator.key");
  if (!key) return error(key.error().code, run.string() + "/" + key.error().message);
  // Another password, or another origin for the browsers, ends the sessions that were begun under the last one.
  const auto port = settings.port == 0 ? random_text(16) : std::to_string(settings.port);
  const auto fits = "sessions " + settings.address + " " + port + " " + settings.url.value_or("") + " " +
                    (out->password_ ? out->password_->line() : "");
  std::string told;
  auto sessions = Sessions::open({.fits = keyed_hash(*key, fits),
                                  .lifetime = std::chrono::hours(24 * settings.session_days),
                                  .folder = std::move(*folder)},
                                 told);
  if (!sessions) return sessions.error();
  if (!told.empty()) host.warn(told);
  out->sessions_ = std::move(*sessions);
  return out;
}

http_api::OneTimeAddress SessionRequests::open_address(const std::string& url) {
  const auto& code = codes_.issue(OpenCodes::Clock::now());
  // What stands behind the # stays in the browser. Another path each time: no cache can hold a page for it.
  return {.url = url + "/open/" + code.id + "#" + code.code, .phrase = code.phrase};
}

Task<Result<http_api::PasswordLine>> SessionRequests::password_line(http_api::NewPassword wanted) {
  constexpr std::size_t kLeastBytes = 12;
  if (wanted.password.size() < kLeastBytes)
    co_return error(Code::invalid_params, "password: is shorter than 12 bytes; choose a longer one");
  auto work = [&wanted] { return PasswordHash::of(wanted.password).line(); };
  auto line = co_await host_.blocking(work);
  if (!line) co_return line.error();
  co_return http_api::PasswordLine{std::move(*line)};
}

Task<Result<json::object>> SessionRequests::begin_session(std::string secret, std::string name, std::string nonce) {
  auto work = [this, &secret, &name, &nonce] {
    return sessions_->begin({.secret = secret, .name = name, .nonce = nonce});
  };
  auto worked = co_await host_.blocking(work);
  if (!worked) co_return worked.error();
  if (!*worked) co_return worked->error();
  const auto& begun = **worked;
  for (const auto& id : begun.ended) feed_.end(id);
  if (!begun.ended.empty()) host_.warn("the oldest session was ended: there is room for only so many");
  co_return json::object{{"session", begun.id}, {"nonce", begun.nonce}, {"proof", begun.proof}};
}

Answer SessionRequests::enrol(http::Request request) {
  auto wanted = http::json_as<Enrolment>(request);
  if (!wanted) co_return wanted.error();
  auto code = codes_.take({.id = request.parameter("code"), .nonce = wanted->nonce, .proof = wanted->proof},
                          OpenCodes::Clock::now());
  if (!code)
    co_return http::problem(
        401, "this address was used already, or is older than two minutes; run `hive-c0re open` for another one");
  auto beginning = begin_session(std::move(code->code), std::move(code->id), std::move(wanted->nonce));
  auto begun = co_await std::move(beginning);
  if (!begun) co_return begun.error();
  (*begun)["phrase"] = code->phrase;
  host_.info("a browser was signed in by a one-time address");
  co_return http::json_text(write_json(*begun));
}

Answer SessionRequests::sign_in(http::Request request) {
  if (!password_) co_return error(Code::not_found, "no password is set; run `hive-c0re open`");
  if (!request.header("origin").value_or("").starts_with("https://"))
    co_return http::problem(Code::forbidden,
                            "a password is taken over TLS alone; put a proxy with TLS before this address, or run "
                            "`hive-c0re open` on the machine of this hive");
  if (!attempts_.take(Attempts::Clock::now())) {
    if (!std::exchange(told_of_tries_, true))  // whoever tries on must not fill the log
      host_.warn("sign-in: too many passwords are tried; `hive-c0re open` works meanwhile");
    co_return http::problem(429, "too many passwords were tried; wait a little, or run `hive-c0re open`");
  }
  told_of_tries_ = false;
  auto given = http::json_as<SignIn>(request);
  if (!given) co_return given.error();
  if (!is_token_text(given->nonce) || !is_token_text(given->secret))
    co_return error(Code::invalid_params, "nonce: nonce and secret must be 16 to 64 characters of base64url");
  auto work = [this, &given] { return password_->fits(given->password); };
  auto fits = co_await host_.blocking(work);
  if (!fits) co_return fits.error();
  if (!*fits) {
    host_.warn("sign-in: a wrong password was given");
    co_return http::problem(401, "this is not the password");
  }
  auto beginning = begin_session(std::move(given->secret), "password", std::move(given->nonce));
  auto begun = co_await std::move(beginning);
  if (!begun) co_return begun.error();
  host_.info("a browser was signed in by the password");
  co_return http::json_text(write_json(*begun));
}

http::Response SessionRequests::greet(const http::Request& request) const {
  const auto hello = http::json_as<Hello>(request);
  if (!hello) return problem_of(hello.error());
  const auto greeting = sessions_->greet(hello->session, hello->nonce, Sessions::Clock::now());
  if (!greeting) return http::problem(401, "this host has no such session; run `hive-c0re open`");
  return http::json_text(write_json(
      {{"nonce", greeting->nonce}, {"proof", greeting->proof}, {"seconds", Sessions::kTokenLifetime.count()}}));
}

Answer SessionRequests::sign_out(http::Request request) {
  const auto session = session_of(request, *sessions_);  // it may have ended since the gate let it pass
  if (!session) co_return error(Code::not_found, "there is no session");
  auto work = [this, &session] { return sessions_->end(session->id); };
  auto ended = co_await host_.blocking(work);
  feed_.end(session->id);  // also when that could not be stored: this life of the host knows the session no more
  if (!ended) co_return ended.error();
  if (!*ended) co_return ended->error();
  host_.info("a browser was signed out");
  co_return http::json_text("{}");
}

}  // namespace hive::dashboard
