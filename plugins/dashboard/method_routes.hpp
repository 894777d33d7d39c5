#pragma once
#include <hive/sdk/contracts/host.hpp>

#include <atomic>

#include "intake.hpp"

namespace hive::dashboard {

/// The addresses that call methods as the operator: those that the methods name themselves, and `/api/call/{method}`.
/// `methods.list` is read again at each `refresh`; an address that was there once stays while its method is away, so
/// that what it answers is `unavailable`. [strand]
class MethodRoutes {
 public:
  /// `changed` is called after each reading, when the addresses are to be mounted anew.
  MethodRoutes(Host& host, std::function<void()> changed) : host_(host), changed_(std::move(changed)) {}
  MethodRoutes(const MethodRoutes&) = delete;

  /// Reads the list, soon; what changes while it is read makes it read once more.
  void refresh();
  /// Whether it was read. [any-thread]
  bool are_known() const { return are_known_; }
  using Add = std::function<void(http::Verb verb, std::string_view path, std::function<Answer(http::Request)> answer)>;
  /// Calls `add` for each address, those of methods that are there first: the place of one whose method is away may be
  /// another's by now.
  void mount(const Add& add);
  /// `/api/call/{method}`: any method that a page may call.
  Answer call(http::Request request);

 private:
  struct Address {
    std::string method, path, joins;
    http::Verb verb = http::Verb::post;
    json::object fixed{};    // members that every request has
    json::object members{};  // properties of the method's schema
  };
  // shared_ptr: a request goes on with the address that it came by while others take its place.
  using AddressPtr = std::shared_ptr<const Address>;
  struct Known {
    std::vector<AddressPtr> addresses{};
    json::object members{};
    bool is_for_pages = true, is_here = true;
  };

  static Known known_of(const host_api::MethodAbout& method);
  static Result<json::object> params_of(const http::Request& request, const Address& address);
  Task<> read();
  void take(const host_api::Methods& list);
  Answer answer(AddressPtr address, http::Request request);
  Answer pass_on(std::string method, json::object params);
  Answer join(AddressPtr address, json::object params);

  Host& host_;
  const std::function<void()> changed_;
  std::map<std::string, Known> known_;  // by method
  bool is_stale_ = false, is_reading_ = false;
  std::atomic<bool> are_known_{false};
};

}  // namespace hive::dashboard
