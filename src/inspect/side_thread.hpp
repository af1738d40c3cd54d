// SPDX-License-Identifier: MIT
// Work that wants a thread's stack, and time, done beside a hub.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace weir::detail {

/// Runs one function on a thread of its own, which handles no signals. The destructor waits for it.
class side_thread {
 public:
  /// Throws `system_error` where no thread can be had.
  explicit side_thread(std::function<void()> work);
  side_thread(const side_thread&) = delete;
  side_thread& operator=(const side_thread&) = delete;
  ~side_thread() = default;

  /// Blocks until the function has returned. Rethrows what it threw.
  void finish();
  /// The same, for `limit` at most; whether it has returned.
  bool finished_within(std::chrono::nanoseconds limit);

 private:
  void rethrow();

  std::mutex mutex_;
  std::condition_variable ended_;
  bool has_ended_ = false;
  std::exception_ptr thrown_;
  std::jthread thread_;  // the last: it uses the others
};

}  // namespace weir::detail
