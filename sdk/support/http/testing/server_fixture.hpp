#pragma once
#include <hive/http/server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "raw_client.hpp"

namespace hive::http {

/// A server whose handlers do what a plugin's may do, good and bad.
class ServerTest : public testing::Test {
 protected:
  void TearDown() override {
    late_.clear();  // a dropped one is answered, so that stop() need not wait for it
    server_.reset();
    streams_.clear();
    for (auto& thread : threads_) thread.join();
  }

  /// Looks at the times of `options` every 5 ms.
  void open(ServerOptions options = {});
  RawClient client(int receive_buffer = 0) const { return RawClient(server_->port(), receive_buffer); }
  /// The stream that the n-th GET /events opened; waits for it.
  EventStream& stream(std::size_t n);
  Reply& late(std::size_t n);
  std::string logged() const;
  /// Waits until `is_so`; false when it never was.
  template <class Condition>
  bool eventually(Condition is_so) {
    std::unique_lock lock(mutex_);
    for (int i = 0; i < 4'000; ++i) {
      lock.unlock();
      const bool now = is_so();
      lock.lock();
      if (now) return true;
      changed_.wait_for(lock, std::chrono::milliseconds(5));
    }
    return false;
  }

  std::unique_ptr<Server> server_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<EventStream>> streams_;
  std::vector<std::unique_ptr<Reply>> late_;
  std::vector<std::thread> threads_;
  std::string log_;
  int gone_ = 0;

 private:
  Routes routes();
};

}  // namespace hive::http
