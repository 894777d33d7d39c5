#pragma once
#include <hive/http/assets.hpp>
#include <hive/http/request.hpp>

#include <array>
#include <optional>

namespace hive::dashboard {

/// What browsers get as HTML, and the files that it names. Read once. All [any-thread].
class Pages {
 public:
  enum class Password { none, wanted };

  /// `folder`: the installation's web files. Where there is none, the pages say so and all else works.
  /// Errors: invalid_params, too_large (a file that cannot be served). [blocking]
  static Result<Pages> load(const std::filesystem::path& folder, const std::string& label, Password password);

  http::Response dashboard(const http::Request& request) const { return shell(dashboard_, request); }
  http::Response agent(const http::Request& request) const { return shell(agent_, request); }
  http::Response asset(const http::Request& request) const;
  /// How to get in; `words` is what went wrong, or empty.
  http::Response sign_in(int status, std::string_view words) const;
  /// For an address at which nothing is; `words` says so.
  http::Response not_found(std::string_view words) const;
  /// What a one-time address shows: who this is, and the way on.
  http::Response welcome(std::string_view phrase) const;
  bool has_file(const std::string& name) const { return assets_ && assets_->file(name) != nullptr; }
  bool is_built() const { return assets_.has_value(); }

 private:
  using Shell = std::array<http::Bytes, 3>;  // by theme
  Pages(std::string label, Password password) : label_(std::move(label)), password_(password) {}
  Shell make_shell(const std::string& file) const;
  static http::Response shell(const Shell& shell, const http::Request& request);
  std::string document(std::string_view title, const std::string& body) const;

  std::string label_;
  Password password_;
  std::optional<http::Assets> assets_;
  Shell dashboard_, agent_;
};

}  // namespace hive::dashboard
