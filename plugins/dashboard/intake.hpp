#pragma once
#include <hive/http/routes.hpp>
#include <hive/sdk/host.hpp>

namespace hive::dashboard {

/// Who the page's sessions are to the rest of the hive.
inline constexpr std::string_view kOperator = "operator";

using Answer = Task<Result<http::Response>>;

/// An error as a response, with the member that a decoder's sentence is about as `field`. [any-thread]
http::Response problem_of(const Error& why);

/// The way of requests from the server's threads to the strand, where they are answered; at most 256 at the same time
/// wait for their answers. [strand]
class Intake {
 public:
  explicit Intake(Host& host) : host_(host) {}
  Intake(const Intake&) = delete;

  /// A handler that runs `take` on the strand. [any-thread]
  http::Handler on_strand(std::function<void(http::Request, http::Reply)> take);
  /// A handler that answers with what `answer` gives; an error becomes a problem. [any-thread]
  http::Handler answered(std::function<Answer(http::Request)> answer);
  std::size_t open() const { return open_; }

 private:
  Task<> serve(std::function<Answer(http::Request)> answer, http::Request request, http::Reply reply);

  Host& host_;
  std::size_t open_ = 0;
};

}  // namespace hive::dashboard
