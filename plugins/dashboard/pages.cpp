#include "pages.hpp"

#include <algorithm>

namespace hive::dashboard {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::array<std::string_view, 3> kThemes{"auto", "light", "dark"};
constexpr std::string_view kThemeMark = R"(data-theme="auto")", kFilesMark = R"("/assets/)";
constexpr std::string_view kMissing =
    "the page's files are not installed; build the target `web`, or use hive-c0re on the command line\n";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

Result<Pages> Pages::load(const std::filesystem::path& folder, const std::string& label, Password password) {
  Pages out(label, password);
  auto assets = http::Assets::load(folder);
  if (!assets && assets.error().code == Code::not_found) return out;
  if (!assets) return assets.error();
  out.assets_ = std::move(*assets);
  for (const auto* file : {"dashboard.html", "agent.html"})
    if (!out.has_file(file))
      return error(Code::invalid_params, (folder / file).string() + ": is missing; build the target `web` again");
  out.dashboard_ = out.make_shell("dashboard.html");
  out.agent_ = out.make_shell("agent.html");
  return out;
}

/// The files that a page names are those of its own version, which browsers keep.
Pages::Shell Pages::make_shell(const std::string& file) const {
  Shell shell;
  for (std::size_t i = 0; i < kThemes.size(); ++i) {
    auto text = *assets_->file(file);
    replace_all(text, kFilesMark, R"("/assets/)" + assets_->version() + "/");
    replace_all(text, kThemeMark, R"(data-theme=")" + std::string(kThemes[i]) + R"(")");
    shell[i] = http::bytes(std::move(text));
  }
  return shell;
}

http::Response Pages::shell(const Shell& shell, const http::Request& request) {
  if (!shell[0]) return http::plain_text(std::string(kMissing), 503);
  const auto* theme = std::find(kThemes.begin(), kThemes.end(), request.cookie("theme").value_or(kThemes[0]));
  http::Response response{.type = std::string(kHtml)};
  response.shared = shell[theme == kThemes.end() ? 0 : std::size_t(theme - kThemes.begin())];
  return response;
}

http::Response Pages::asset(const http::Request& request) const {
  if (!assets_) return http::plain_text(std::string(kMissing), 503);
  return assets_->answer(request, request.parameter("path"));
}

std::string Pages::document(std::string_view title, const std::string& body) const {
  std::string out = R"(<!doctype html><html lang="en" data-theme="auto"><head><meta charset="utf-8">)"
                    R"(<meta name="viewport" content="width=device-width, initial-scale=1"><title>)";
  out += escaped(title) + " · " + escaped(label_) + "</title>";
  for (const auto& [relation, file] : {std::pair{"icon", "icon.svg"}, std::pair{"stylesheet", "style.css"}})
    if (has_file(file))
      out += R"(<link rel=")" + std::string(relation) + R"(" href="/assets/)" + assets_->path(file) + R"(">)";
  return out + "</head><body><main class=\"gate\"><h1>" + escaped(label_) + "</h1>" + body + "</main></body></html>\n";
}

http::Response Pages::sign_in(int status, std::string_view words) const {
  std::string body;
  if (!words.empty()) body += R"(<p role="alert">)" + escaped(words) + "</p>";
  body +=
      "<p>You are not signed in. On the machine of this hive, run <code>hive-c0re open</code> and follow the address "
      "that it prints; it works once, for two minutes.</p>";
  if (password_ == Password::wanted)
    body += R"(<form method="post" action="/sign-in"><label>Password <input class="input" type="password" )"
            R"(name="password" autocomplete="current-password" required></label> <button class="btn btn-primary">)"
            "sign in</button></form>";
  return {.status = status, .type = std::string(kHtml), .body = document("Sign in", body)};
}

http::Response Pages::not_found(std::string_view words) const {
  const auto body =
      R"(<p role="alert">)" + escaped(words) + R"(</p><p><a class="btn btn-primary" href="/">to the swarm</a></p>)";
  return {.status = 404, .type = std::string(kHtml), .body = document("Not found", body)};
}

// A link and no redirect: the phrase is there to be read, and a request that another site began would come without
// the strict cookie.
http::Response Pages::welcome(std::string_view phrase) const {
  const auto body = "<p>This page is your host's if your terminal says the same: <strong>" + escaped(phrase) +
                    R"(</strong></p><p><a class="btn btn-primary" href="/">go on</a></p>)";
  return {.type = std::string(kHtml), .body = document("Welcome", body)};
}

}  // namespace hive::dashboard
