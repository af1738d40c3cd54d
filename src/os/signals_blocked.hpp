// SPDX-License-Identifier: MIT
// Keeps all signals from a thread for a while, and from the threads it starts meanwhile:
// pthread_sigmask(3).
#pragma once

#include <csignal>

namespace weir::os {

class signals_blocked {
 public:
  signals_blocked() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &former_);
  }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;
  ~signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &former_, nullptr); }

 private:
  sigset_t former_{};
};

}  // namespace weir::os
