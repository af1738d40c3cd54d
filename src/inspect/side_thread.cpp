// SPDX-License-Identifier: MIT
#include "inspect/side_thread.hpp"

#include <utility>

#include "os/signals_blocked.hpp"

namespace weir::detail {

side_thread::side_thread(std::function<void()> work) {
  const os::signals_blocked while_starting;
  thread_ = std::jthread([this, work = std::move(work)] {
    std::exception_ptr thrown;
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
    const std::scoped_lock lock(mutex_);
    thrown_ = std::move(thrown);
    has_ended_ = true;
    ended_.notify_one();
  });
}

void side_thread::finish() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return has_ended_; });
  rethrow();
}

bool side_thread::finished_within(std::chrono::nanoseconds limit) {
  std::unique_lock lock(mutex_);
  if (!ended_.wait_for(lock, limit, [this] { return has_ended_; })) return false;
  rethrow();
  return true;
}

void side_thread::rethrow() {
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

}  // namespace weir::detail
