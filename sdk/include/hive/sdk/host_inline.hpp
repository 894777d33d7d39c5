#pragma once
// The bodies of hive::Host's templates. Included by host.hpp only.

namespace hive {

namespace detail {

template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...)> {
  using Return = R;
  static constexpr bool kByValue = (!std::is_reference_v<A> && ... && true);
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (C::*)(A...)> {};

/// What a call hears that comes when its plugin is about to end.
inline constexpr std::string_view kStopping = "the plugin that answers this is stopping; ask again when it runs";

template <class T>
constexpr bool kIsTask = false;
template <class T>
constexpr bool kIsTask<Task<T>> = true;

/// A handler that the host knows by address. Shared by the registration (`self`, until the host says
/// `ended`) and by each of its running frames, because a frame uses the lambda's captures.
struct Registered {
  explicit Registered(Host& owner) : host(owner) {}
  virtual ~Registered() = default;
  Host& host;
  std::shared_ptr<Registered> self;
};

}  // namespace detail

template <class F>
struct Host::Answer final : detail::Registered {
  Answer(Host& owner, F handler) : Registered(owner), fn(std::move(handler)) {}
  F fn;

  template <class P, class R>
  static void call(void* context, abi::CallId id, std::string_view caller, std::string_view params) noexcept {
    auto& answer = *static_cast<Answer*>(context);
    detail::Reply reply(answer.host.raw_, id);
    if (answer.host.is_stopping()) return reply.send(Code::unavailable, detail::kStopping);
    try {
      Caller who{std::string(caller)};
      auto decoded = decode_params<P>(params, who.who());
      if (!decoded) return reply.send(decoded.error().code, decoded.error().message);
      if constexpr (detail::kIsTask<typename detail::Signature<F>::Return>) {
        serve<R>(answer.host, std::move(reply), id, answer.self, answer.fn(std::move(who), std::move(*decoded)));
      } else {
        reply.send(answer.fn(std::move(who), std::move(*decoded)));
      }
    } catch (const std::exception& thrown) {
      reply.send(Code::internal, thrown.what());
    }
  }
  static void cancel(void* context, abi::CallId id) noexcept {
    auto& running = static_cast<Answer*>(context)->host.running_;
    if (auto found = running.find(id); found != running.end()) found->second->cancel();
  }
  static void ended(void* context, Code why, std::string_view message) noexcept {
    auto* answer = static_cast<Answer*>(context);
    Host& host = answer->host;
    if (why != Code::ok) host.raw_.log(abi::Level::error, message);
    host.answers_.erase(answer);
    answer->self.reset();  // `answer` may be gone now
    host.finish_when_idle();
  }
};

template <class P, class R, class F>
void Host::answer(const Method<P, R>& method, F handler, std::initializer_list<MostBytes> narrower) {
  static_assert(detail::Signature<F>::kByValue, "a handler takes everything by value: it outlives the call");
  if (is_stopping()) return;
  auto answer = std::make_shared<Answer<F>>(*this, std::move(handler));
  answer->self = answer;
  answers_.emplace(answer.get(), method.name);
  const auto described = about(method, narrower);
  raw_.answer({method.name, std::uint32_t(method.callers), std::uint32_t(method.deadline.count()), described},
              {&Answer<F>::template call<P, R>, &Answer<F>::cancel, &Answer<F>::ended, answer.get()});
}

template <class F, class G>
struct Host::Listener final : detail::Registered {
  Listener(Host& owner, F handler, G last) : Registered(owner), fn(std::move(handler)), on_end(std::move(last)) {}
  F fn;
  G on_end;

  static void text(void* context, const abi::EventView& event) noexcept {
    auto& listener = *static_cast<Listener*>(context);
    if (listener.host.is_stopping()) return;
    try {
      Stamp stamp{std::string(event.epoch), event.seq};
      listener.fn(std::move(stamp), EventText{std::string(event.topic), std::string(event.payload)});
    } catch (const std::exception& thrown) {
      listener.host.raw_.log(abi::Level::error, thrown.what());
    }
  }
  template <class T>
  static void event(void* context, const abi::EventView& event) noexcept {
    auto& listener = *static_cast<Listener*>(context);
    if (listener.host.is_stopping()) return;
    try {
      auto decoded = decode_text<T>(event.payload, Unknown::ignore);
      if (!decoded) return listener.host.raw_.log(abi::Level::warning, decoded.error().message);
      Stamp stamp{std::string(event.epoch), event.seq};
      if constexpr (detail::kIsTask<typename detail::Signature<F>::Return>) {
        run(listener.host, listener.fn(std::move(stamp), std::move(*decoded)), listener.self);
      } else {
        listener.fn(std::move(stamp), std::move(*decoded));
      }
    } catch (const std::exception& thrown) {
      listener.host.raw_.log(abi::Level::error, thrown.what());
    }
  }
  static void ended(void* context, Code why, std::string_view message) noexcept {
    auto* listener = static_cast<Listener*>(context);
    Host& host = listener->host;
    if (!host.is_stopping()) listener->on_end(Error{why, std::string(message)});
    host.listeners_.erase(listener);
    listener->self.reset();
    host.finish_when_idle();
  }
};

template <class T, class F, class G>
void Host::subscribe(const Event<T>& event, F handler, G ended, std::string_view since) {
  static_assert(detail::Signature<F>::kByValue, "a handler takes everything by value: it outlives the event");
  if (is_stopping()) return;
  auto listener = std::make_shared<Listener<F, G>>(*this, std::move(handler), std::move(ended));
  listener->self = listener;
  listeners_.emplace(listener.get(), event.topic);
  raw_.subscribe(event.topic, since, {&Listener<F, G>::template event<T>, &Listener<F, G>::ended, listener.get()});
}

template <class F, class G>
void Host::subscribe_all(F handler, G ended) {
  static_assert(detail::Signature<F>::kByValue, "a handler takes everything by value: it outlives the event");
  if (is_stopping()) return;
  auto listener = std::make_shared<Listener<F, G>>(*this, std::move(handler), std::move(ended));
  listener->self = listener;
  listeners_.emplace(listener.get(), kAllTopics);
  raw_.subscribe(kAllTopics, {}, {&Listener<F, G>::text, &Listener<F, G>::ended, listener.get()});
}

template <class F>
void Host::post(F job) {
  struct Posted {
    F job;
    std::weak_ptr<const char> alive;
  };
  raw_.post({[](void* context, Code code, std::string_view) noexcept {
               const std::unique_ptr<Posted> posted(static_cast<Posted*>(context));
               if (code == Code::ok && !posted->alive.expired()) posted->job();
             },
             new Posted{std::move(job), alive_}});
}

template <class R>
detail::Detached Host::serve(Host& host, detail::Reply owed, abi::CallId id, std::shared_ptr<detail::Registered> keep,
                             Task<Result<R>> task) {
  auto handler = std::move(keep);  // declared before the frame that uses it, so destroyed after it
  Running running(host, id, co_await detail::ThisScope{});
  detail::Reply reply = std::move(owed);
  auto frame = std::move(task);
  try {
    auto result = co_await std::move(frame);
    reply.send(result);
  } catch (const std::exception& thrown) {
    reply.send(Code::internal, thrown.what());
  }
}

template <class F>
Task<> Host::run_after(milliseconds time, F handler) {
  auto slept = co_await sleep(time);
  if (!slept || is_stopping()) co_return;
  if constexpr (detail::kIsTask<typename detail::Signature<F>::Return>) {
    auto task = handler();
    co_await std::move(task);
  } else {
    handler();
  }
}

template <class F>
Task<> Host::run_every(milliseconds period, F handler) {
  for (;;) {
    auto slept = co_await sleep(period);
    if (!slept || is_stopping()) co_return;
    if constexpr (detail::kIsTask<typename detail::Signature<F>::Return>) {
      auto task = handler();
      co_await std::move(task);
    } else {
      handler();
    }
  }
}

}  // namespace hive
