#include "pages.hpp"

#include <algorithm>

namespace hive::dashboard {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::array<std::string_view, 3> kThemes{"auto", "light", "dark"};
constexpr std::string_view kThemeMark = R"(data-theme="auto")", kFilesMark = R"("/assets/)",
                           kHiveMark = R"(data-hive="")", kPasswordMark = R"(data-password="none")";
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

Result<Pages> Pages::load(const std::filesystem::path& folder, Options options) {
  Pages out(std::move(options));
  auto assets = http::Assets::load(folder);
  if (!assets && assets.error().code == Code::not_found) return out;
  if (!assets) return assets.error();
  out.assets_ = std::move(*assets);
  for (const auto* file : {"dashboard.html", "agent.html", "open.html"})
    if (!out.has_file(file))
      return error(Code::invalid_params, (folder / file).string() + ": is missing; build the target `web` again");
  out.dashboard_ = out.make_shell("dashboard.html");
  out.agent_ = out.make_shell("agent.html");
  out.open_ = out.make_shell("open.html");
  return out;
}

/// The files that a page names are those of its own version, which browsers keep.
Pages::Shell Pages::make_shell(const std::string& file) const {
  Shell shell;
  for (std::size_t i = 0; i < kThemes.size(); ++i) {
    auto text = *assets_->file(file);
    replace_all(text, kFilesMark, R"("/assets/)" + assets_->version() + "/");
    replace_all(text, kHiveMark, R"(data-hive=")" + escaped(options_.hive) + R"(")");
    if (options_.password == Password::wanted) replace_all(text, kPasswordMark, R"(data-password="wanted")");
    replace_all(text, kThemeMark, R"(data-theme=")" + std::string(kThemes[i]) + R"(")");
    shell[i] = http::bytes(std::move(text));
  }
  return shell;
}

/// The cookie of the theme is all that a browser sends by itself; it lets nobody in.
http::Response Pages::shell(const Shell& shell, const http::Request& request) const {
  if (!shell[0]) return http::plain_text(std::string(kMissing), 503);
  const auto* theme =
      std::find(kThemes.begin(), kThemes.end(), request.cookie("theme-" + options_.hive).value_or(kThemes[0]));
  http::Response response{.type = std::string(kHtml)};
  response.shared = shell[theme == kThemes.end() ? 0 : std::size_t(theme - kThemes.begin())];
  return response;
}

/// Whatever another program made the browser keep while it had the port is not what signs it in.
http::Response Pages::open(const http::Request& request) const {
  auto response = shell(open_, request);
  response.headers.push_back({"Clear-Site-Data", R"("cache")"});
  return response;
}

http::Response Pages::asset(const http::Request& request) const {
  if (!assets_) return http::plain_text(std::string(kMissing), 503);
  const std::string_view path = request.parameter("path"), version = assets_->version();
  const auto slash = path.rfind('/');
  if (slash == path.npos || path.substr(0, slash) == version)
    if (auto panel = panels_->answer(request, path.substr(slash + 1))) return std::move(*panel);
  return assets_->answer(request, path);
}

http::Response Pages::notice(int status, std::string_view title, std::string_view words) const {
  const auto label = escaped(options_.label);
  std::string out = R"(<!doctype html><html lang="en" data-theme="auto"><head><meta charset="utf-8">)"
                    R"(<meta name="viewport" content="width=device-width, initial-scale=1"><title>)";
  out += escaped(title) + " · " + label + "</title>";
  for (const auto& [relation, file] : {std::pair{"icon", "icon.svg"}, std::pair{"stylesheet", "style.css"}})
    if (has_file(file))
      out += R"(<link rel=")" + std::string(relation) + R"(" href="/assets/)" + assets_->path(file) + R"(">)";
  out += "</head><body><main class=\"gate\"><h1>" + label + R"(</h1><p role="alert">)" + escaped(words) +
         R"(</p><p><a class="btn btn-primary" href="/">to the swarm</a></p></main></body></html>)" + "\n";
  return {.status = status, .type = std::string(kHtml), .body = std::move(out)};
}

}  // namespace hive::dashboard
