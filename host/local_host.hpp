#pragma once
#include "spare_threads.hpp"
#include "strand_meter.hpp"
#include "work_queue.hpp"

#include <hive/sdk/abi.hpp>

#include <boost/asio/defer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <memory>
#include <string>
#include <unordered_map>

namespace hive::host {

using abi::Code;

/// The part of a plugin's Host that its own process serves wherever the plugin runs: its strand,
/// timers, posts and blocking work.
class LocalHost : public abi::Host, public std::enable_shared_from_this<LocalHost> {
 public:
  /// For each plugin, so that none waits for the work of another.
  static constexpr unsigned kParallelThreads = 8;
  using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;

  LocalHost(boost::asio::io_context& io, SpareThreads& spare, std::string id)
      : strand_(boost::asio::make_strand(io)), spare_(spare), id_(std::move(id)) {}
  virtual ~LocalHost() = default;

  void cancel(void* context) noexcept override;
  void after(std::uint64_t milliseconds, const abi::Completion& completion) noexcept override;
  void post(const abi::Completion& completion) noexcept override;
  void blocking(void (*work)(void*) noexcept, const abi::Completion& completion) noexcept override;
  void parallel(void (*work)(void*) noexcept, const abi::Completion& completion) noexcept override;

  /// Runs `job` on the strand, never inside the caller, and measures it. `what` names it for the
  /// watchdog and outlives the job. [any-thread]
  template <class Job>
  void enter(std::string_view what, Job job) {
    boost::asio::post(strand_, metered(what, std::move(job)));
  }
  /// The same for a caller that returns to the io_context at once: no other thread is woken for it.
  template <class Job>
  void enter_soon(std::string_view what, Job job) {
    if (SpareThreads::is_held()) return enter(what, std::move(job));
    boost::asio::defer(strand_, metered(what, std::move(job)));
  }

  const std::string& id() const { return id_; }
  const Strand& strand() const { return strand_; }
  StrandMeter& meter() { return meter_; }

 protected:
  Strand strand_;

 private:
  template <class Job>
  auto metered(std::string_view what, Job job) {
    return [self = shared_from_this(), what, job = std::move(job)]() mutable {
      StrandMeter::Hold measured(self->meter_, self->id_, what);
      job();
    };
  }
  void hold(void (*work)(void*) noexcept, const abi::Completion& completion) const;
  void work_on(WorkQueue& queue, void (*work)(void*) noexcept, const abi::Completion& completion);

  SpareThreads& spare_;
  WorkQueue own_{1}, parallel_{kParallelThreads};
  const std::string id_;
  StrandMeter meter_;
  std::unordered_map<void*, boost::asio::steady_timer> timers_;
};

}  // namespace hive::host
