#pragma once
#include <hive/http/assets.hpp>
#include <hive/http/request.hpp>

#include <array>
#include <optional>

#include "panels.hpp"

namespace hive::dashboard {

/// What browsers get as HTML, and the files that it names: the same for everybody. Read once. All [any-thread].
class Pages {
 public:
  enum class Password { none, wanted };
  struct Options {
    std::string label;
    std::string hive;  // a stable name of the root: what a browser keeps is kept under it
    Password password = Password::none;
  };

  /// `folder`: the installation's web files. If it is missing, the pages say so and everything else works.
  /// Errors: invalid_params, too_large (a file that cannot be served). [blocking]
  static Result<Pages> load(const std::filesystem::path& folder, Options options);

  http::Response dashboard(const http::Request& request) const { return shell(dashboard_, request); }
  http::Response agent(const http::Request& request) const { return shell(agent_, request); }
  /// Where a one-time address leads.
  http::Response open(const http::Request& request) const;
  /// A file of the pages, or the panel of a plugin beside them.
  http::Response asset(const http::Request& request) const;
  /// [blocking]
  Status offer_panel(const host_api::Plugin& plugin) { return panels_->offer(plugin); }
  /// For an address that does not exist or is not meant for people; `words` says so.
  http::Response not_found(std::string_view words) const { return notice(404, "Not found", words); }
  http::Response closed(std::string_view words) const { return notice(401, "Not for you", words); }
  bool has_file(const std::string& name) const { return assets_ && assets_->file(name) != nullptr; }
  bool is_built() const { return assets_.has_value(); }

 private:
  using Shell = std::array<http::Bytes, 3>;  // by theme
  explicit Pages(Options options) : options_(std::move(options)) {}
  Shell make_shell(const std::string& file) const;
  http::Response shell(const Shell& shell, const http::Request& request) const;
  http::Response notice(int status, std::string_view title, std::string_view words) const;

  Options options_;
  std::optional<http::Assets> assets_;
  std::unique_ptr<Panels> panels_ = std::make_unique<Panels>();  // has a lock, and the pages are moved
  Shell dashboard_, agent_, open_;
};

}  // namespace hive::dashboard
