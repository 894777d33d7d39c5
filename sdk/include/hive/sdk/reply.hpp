#pragma once
#include <hive/sdk/codec.hpp>

namespace hive::detail {

/// The one reply that a call is owed. Dropped without an answer, it answers `internal`. The host outlives it. [strand]
class Reply {
 public:
  Reply(abi::Host& host, abi::CallId call) : host_(&host), call_(call) {}
  Reply(Reply&& other) noexcept : host_(std::exchange(other.host_, nullptr)), call_(other.call_) {}
  Reply& operator=(Reply&&) = delete;
  ~Reply() { send(Code::internal, "the handler ended without an answer"); }

  /// Answers with JSON, or with a code and a sentence. What comes after the first answer is ignored.
  void send(Code code, std::string_view payload) noexcept {
    if (auto* host = std::exchange(host_, nullptr)) host->reply(call_, code, payload);
  }
  /// Answers with what a handler returned.
  template <class R>
  void send(const Result<R>& result) {
    if (!result) return send(result.error().code, result.error().message);
    if constexpr (std::is_void_v<R>)
      send(Code::ok, "null");
    else
      send(Code::ok, encode_text(*result));
  }

 private:
  abi::Host* host_;
  abi::CallId call_;
};

}  // namespace hive::detail
