#pragma once
#include <hive/http/server.hpp>
#include <hive/sdk/contracts/http.hpp>
#include <hive/sdk/host.hpp>

#include "settings.hpp"

namespace hive::dashboard {

/// The page's address and port, at which the server listens or for which it waits. [strand]
class Port {
 public:
  /// What the server asks on its own threads, and what it answers by.
  struct Answers {
    std::function<std::optional<http::Response>(const http::Request&)> check;
    std::function<http::Response(const http::Request&)> not_found;
    std::function<http::Routes()> routes;
  };
  /// What `answers` use must outlive this.
  Port(Host& host, const Settings& settings, Answers answers)
      : host_(host), settings_(settings), answers_(std::move(answers)) {}
  Port(const Port&) = delete;
  ~Port();

  /// Errors: conflict (another program has the port), and those of Server::open.
  Status open();
  /// After such a conflict, which costs the page and nothing else: tries on for a while, then says so.
  void try_again(const std::string& why_not);
  /// Answers by the routes as they are now.
  void mount();
  http_api::Serving serving() const;
  /// Where browsers reach the page, without a slash at the end. Errors: unavailable, saying why it is not served.
  Result<std::string> url() const;
  http::Figures figures() const { return server_ ? server_->figures() : http::Figures(); }

 private:
  Task<> await_it();

  Host& host_;
  const Settings& settings_;
  const Answers answers_;
  std::string why_not_served_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace hive::dashboard
