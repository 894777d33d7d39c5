#pragma once
#include "lifecycle.hpp"

#include <hive/testing/test_host.hpp>

#include <functional>

namespace hive::lifecycle {

/// Containers that are there in memory alone. They outlive the host that the test throws away.
struct FakeRuntime {
  struct Box {
    runtime::State state = runtime::State::stopped;
    std::optional<std::string> generation, revision, reason;
  };
  std::map<std::string, Box> boxes;
  std::vector<std::string> calls;  // like "start alice"
  std::optional<Error> prepare_fails, start_fails, stop_fails, destroy_fails;
  std::optional<std::string> refuses;    // the reason
  std::string main = "new";              // what prepare without a revision gives
  std::function<void()> around = [] {};  // before and after each call

  runtime::Container container(const std::string& name) {
    const auto& box = boxes[name];
    return {.name = name, .state = box.state, .revision = box.revision, .reason = box.reason};
  }
  int count(const std::string& call) const { return int(std::count(calls.begin(), calls.end(), call)); }

  /// One call: seen, done by `work`, seen again.
  template <class R, class F>
  Result<R> step(std::string call, F work) {
    calls.push_back(std::move(call));
    around();
    Result<R> result = work();
    around();
    return result;
  }
  void serve(testing::TestHost& host);

 private:
  Result<runtime::Container> start(const std::string& name);
  void serve_generations(testing::TestHost& host);
};

inline Result<runtime::Container> FakeRuntime::start(const std::string& name) {
  if (start_fails) return *start_fails;
  auto& box = boxes[name];
  box.state = refuses ? runtime::State::refused : runtime::State::running;
  box.reason = refuses;
  return container(name);
}

inline void FakeRuntime::serve_generations(testing::TestHost& host) {
  host.fake(runtime::kPrepare, [this](runtime::Prepare what) {
    return step<runtime::Prepared>("prepare " + what.name, [&]() -> Result<runtime::Prepared> {
      if (prepare_fails) return *prepare_fails;
      boxes[what.name];
      return runtime::Prepared{what.revision.value_or(main), what.revision.value_or(main)};
    });
  });
  host.fake(runtime::kActivate, [this](runtime::Activate what) {
    return step<None>("activate " + what.name, [&]() -> Result<None> {
      boxes[what.name].generation = boxes[what.name].revision = what.generation;
      return None{};
    });
  });
  host.fake(runtime::kActive, [this](runtime::Name what) -> Result<runtime::Active> {
    return runtime::Active{boxes[what.name].generation, boxes[what.name].revision, {}};
  });
}

inline void FakeRuntime::serve(testing::TestHost& host) {
  serve_generations(host);
  host.fake(runtime::kStart, [this](runtime::Name what) {
    return step<runtime::Container>("start " + what.name, [&] { return start(what.name); });
  });
  host.fake(runtime::kStop, [this](runtime::Stop what) {
    return step<runtime::Container>("stop " + what.name, [&]() -> Result<runtime::Container> {
      if (stop_fails) return *stop_fails;
      if (!boxes.contains(what.name)) return error(Code::not_found, "no container " + what.name);
      boxes[what.name].state = runtime::State::stopped;
      return container(what.name);
    });
  });
  host.fake(runtime::kDestroy, [this](runtime::Destroy what) {
    const std::string call = (what.purge ? "purge " : "destroy ") + what.name;
    return step<None>(call, [&]() -> Result<None> {
      if (destroy_fails) return *destroy_fails;
      boxes.erase(what.name);
      return None{};
    });
  });
  host.fake(runtime::kList, [this](None) -> Result<runtime::Containers> {
    runtime::Containers all;
    for (const auto& [name, box] : boxes) all.containers.push_back(container(name));
    return all;
  });
  host.fake(runtime::kStatus, [this](runtime::Name what) -> Result<runtime::Container> {
    if (!boxes.contains(what.name)) return error(Code::not_found, "no container " + what.name);
    return container(what.name);
  });
  host.fake(runtime::kLoginState,
            [](runtime::Name) -> Result<runtime::LoginState> { return runtime::LoginState{true}; });
  host.fake(runtime::kLimits, [](None) -> Result<runtime::Limits> { return runtime::Limits{11}; });
}

}  // namespace hive::lifecycle
