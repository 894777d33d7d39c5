#pragma once
#include <hive/http/reply.hpp>

#include <map>

namespace hive::http {

/// Called on a server thread: it must not block, and hands work to where it belongs together with `reply`.
/// One that throws answers an empty 500; what it threw is logged, not sent.
using Handler = std::function<void(Request request, Reply reply)>;

/// Which handler answers what. Filled before it is handed to a server, read by its threads afterwards.
class Routes {
 public:
  /// `pattern`: /agent/{name}/ or /assets/{path*}. A parameter matches one segment that is not empty, the
  /// starred one at the end one or more, joined by slashes. Literal segments go before parameters. A
  /// pattern that makes no sense or that is there already is left out, and Server::open refuses it.
  Routes& on(Verb verb, std::string_view pattern, Handler handler);

  /// What answers a request.
  struct Match {
    const Handler* handler = nullptr;  // nothing answers this verb
    std::vector<Parameter> parameters{};
    std::string allow{};  // verbs of the path as an Allow header; empty: no such path
  };
  /// The most literal route for `path`, which is decoded and begins with a slash. The handler lives as long as this.
  /// [any-thread], once the routes are filled
  Match match(Verb verb, std::string_view path) const;

  /// The first pattern that was refused. Errors: invalid_params.
  Status check() const;

 private:
  struct Segment {
    enum class Kind { literal, one, rest } kind = Kind::literal;
    std::string text;  // of a literal; the name of a parameter
  };
  struct Route {
    Verb verb;
    std::vector<Segment> segments;
    Handler handler;
  };
  static Result<std::vector<Segment>> parse(std::string_view pattern);
  static std::string shape_of(const Route& route);
  static bool fits(const Route& route, const std::vector<std::string_view>& path, std::vector<Parameter>* parameters);

  std::vector<Route> routes_;  // those with literals first
  Status refused_;
};

}  // namespace hive::http
