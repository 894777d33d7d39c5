#include "intake.hpp"

#include <algorithm>

namespace hive::dashboard {
namespace {

constexpr std::size_t kMostOpen = 256;

}  // namespace

http::Handler Intake::on_strand(std::function<void(http::Request, http::Reply)> take) {
  // shared_ptr: requests that are on their way outlive the routes that they came by.
  auto shared = std::make_shared<const std::function<void(http::Request, http::Reply)>>(std::move(take));
  // Requests come on the server's threads, also while the plugin stops.
  return [this, shared = std::move(shared)](http::Request request, http::Reply reply) {
    host_.post([this, shared, request = std::move(request), reply = std::move(reply)]() mutable {
      if (host_.is_stopping())
        return reply.send(http::problem(Code::unavailable, "the dashboard is stopping; try again later"));
      (*shared)(std::move(request), std::move(reply));
    });
  };
}

http::Handler Intake::answered(std::function<Answer(http::Request)> answer) {
  return on_strand([this, answer = std::move(answer)](http::Request request, http::Reply reply) {
    if (open_ >= kMostOpen)
      return reply.send(http::problem(Code::busy, "too many requests wait for their answers; try again"));
    host_.spawn(serve(answer, std::move(request), std::move(reply)));
  });
}

Task<> Intake::serve(std::function<Answer(http::Request)> answer, http::Request request, http::Reply reply) {
  ++open_;
  try {
    auto answering = answer(std::move(request));
    auto response = co_await std::move(answering);
    reply.send(response ? std::move(*response) : problem_of(response.error()));
  } catch (const std::exception& thrown) {
    host_.fail(std::string("a request failed: ") + thrown.what());
    reply.send(http::problem(Code::internal, "the host failed at this; its log says why"));
  }
  --open_;
}

http::Response problem_of(const Error& why) {
  // A decoder's sentence begins with the path of what it is about.
  const auto end = why.message.find(": ");
  const auto path = std::string_view(why.message).substr(0, end);
  const bool names =
      why.code == Code::invalid_params && end != why.message.npos && !path.empty() &&
      std::all_of(path.begin(), path.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '[' || c == ']';
      });
  return http::problem(why, names ? path : std::string_view());
}

}  // namespace hive::dashboard
