// SPDX-License-Identifier: MIT
#include "inspect/side_thread.hpp"

#include <utility>

#include <pthread.h>
#include <signal.h>

namespace weir::detail {
namespace {

/// While it lives, and in threads that are started meanwhile.
class signals_blocked {
 public:
  signals_blocked() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &former_);
  }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;
  ~signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &former_, nullptr); }

 private:
  sigset_t former_{};
};

}  // namespace

side_thread::side_thread(std::function<void()> work) {
  const signals_blocked while_starting;
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

bool side_thread::finished_within(std::chrono::nanoseconds limit) {
  std::unique_lock lock(mutex_);
  if (!ended_.wait_for(lock, limit, [this] { return has_ended_; })) return false;
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  return true;
}

}  // namespace weir::detail
