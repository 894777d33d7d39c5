#pragma once
#include "exchange.hpp"

#include <hive/sdk/host.hpp>

#include <functional>
#include <mutex>

namespace hive::broker {

/// Writes in groups, one after the other, as blocking work of the host. Everything that is asked for while a commit
/// runs goes into the next one (group commit): a busy disk costs a sender one wait, not one for each sender before it.
class Writer {
 public:
  template <class F>
  class Operation;
  /// Hears of each group after its callers were answered, when something came of it. [strand]
  using Told = std::function<void(News)>;

  /// `host` outlives it; a stop of the plugin waits for all that was asked for.
  Writer(Host& host, std::unique_ptr<Exchange> exchange, Told told)
      : host_(host), exchange_(std::move(exchange)), told_(std::move(told)) {}
  Writer(const Writer&) = delete;

  /// Awaited, runs `work(Exchange&)` in a group and gives its Result once that is durable, or the error
  /// of the disk. `work` needs a name; it may run again when the group it was in failed. A caller that
  /// goes away does not stop it: ask `is_cancelled()` afterwards. [strand]
  template <class F>
  Operation<F> run(F& work) {
    return Operation<F>(*this, work);
  }
  /// The same when nobody waits for the answer. `owed(Exchange&)` is run outside of any group when it could not be
  /// stored, which includes that its group could not begin. [strand]
  template <class F, class G>
  void later(F work, G owed);
  template <class F>
  void later(F work) {
    later(std::move(work), [](Exchange&) {});
  }

 private:
  class Job {
   public:
    virtual ~Job() = default;
    virtual void work(Exchange& exchange) = 0;
    virtual void failed(Exchange& exchange, const Error& why) = 0;
    virtual void done() noexcept = 0;  // [strand]
  };
  struct Queued {
    Job* job = nullptr;
    std::unique_ptr<Job> owned;  // null: it lives in the frame of its caller, which waits
  };
  using Batch = std::vector<Queued>;
  template <class F, class G>
  class Errand;

  /// A group that is durable, or has failed, and whose callers have not heard of it.
  struct Done {
    Batch group;
    News news;
  };

  void push(Queued queued);
  Batch take();
  bool is_idle();
  /// Has the queue worked off until there is nothing left in it.
  Task<> drain();
  /// Answers all but the last group of the queue; what is left to answer. [blocking]
  std::vector<Done> work_off() noexcept;
  /// One group, or each of it alone when it failed. [blocking]
  void handle(Batch group, std::vector<Done>& done);
  /// In the transaction that has begun, which it ends.
  Result<News> attempt(Batch& group);
  Done refuse(Batch group, const Error& why);
  void answer(std::vector<Done> done) noexcept;
  /// The same, not before the strand's next turn. [any-thread]
  void answer_soon(std::vector<Done> done);

  Host& host_;
  const std::unique_ptr<Exchange> exchange_;  // used by what drains alone
  Told told_;
  bool draining_ = false;
  std::mutex mutex_;
  Batch queue_;  // guarded by mutex_
};

template <class F>
class Writer::Operation final : public detail::HostOperation, private Job {
 public:
  using Value = std::invoke_result_t<F&, Exchange&>;  // a Result or Status
  Operation(Writer& writer, F& work) : HostOperation(writer.host_.raw()), writer_(writer), work_(work) {}
  Value await_resume() {
    if (!value_) return failure();
    return std::move(*value_);
  }

 private:
  void begin(const abi::Completion& completion) noexcept override {
    completion_ = completion;
    writer_.push({this, nullptr});
  }
  void work(Exchange& exchange) override { value_.emplace(work_(exchange)); }
  void failed(Exchange&, const Error& why) override { value_.emplace(why); }
  void done() noexcept override { completion_.done(completion_.context, Code::ok, {}); }

  Writer& writer_;
  F& work_;
  abi::Completion completion_{};
  std::optional<Value> value_;
};

template <class F, class G>
class Writer::Errand final : public Job {
 public:
  Errand(Host& host, F work, G owed) : host_(host), work_(std::move(work)), owed_(std::move(owed)) {}

 private:
  void work(Exchange& exchange) override { note(work_(exchange)); }
  void failed(Exchange& exchange, const Error& why) override {
    owed_(exchange);
    note(why);
  }
  void note(const Status& status) {
    if (!status) host_.warn(status.error().message);
  }
  void done() noexcept override {}

  Host& host_;
  F work_;
  G owed_;
};

template <class F, class G>
void Writer::later(F work, G owed) {
  auto errand = std::make_unique<Errand<F, G>>(host_, std::move(work), std::move(owed));
  auto* job = errand.get();
  push({job, std::move(errand)});
}

}  // namespace hive::broker
