// SPDX-License-Identifier: MIT
// Blocking SIGPIPE and giving the signal mask back.
#include "os/sigpipe_block.hpp"

#include <ctime>

namespace weir::os {
namespace {

sigset_t only_sigpipe() noexcept {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGPIPE);
  return set;
}

bool sigpipe_pending() noexcept {
  sigset_t pending;
  ::sigpending(&pending);
  return ::sigismember(&pending, SIGPIPE) == 1;
}

}  // namespace

sigpipe_block::sigpipe_block() noexcept : pending_before_(sigpipe_pending()) {
  const sigset_t set = only_sigpipe();
  ::pthread_sigmask(SIG_BLOCK, &set, &former_);
}

sigpipe_block::~sigpipe_block() {
  const sigset_t set = only_sigpipe();
  if (!pending_before_ && ::sigismember(&former_, SIGPIPE) == 0) {
    const timespec at_once{};
    while (::sigtimedwait(&set, nullptr, &at_once) == SIGPIPE) {
    }
  }
  if (::sigismember(&former_, SIGPIPE) == 0) ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace weir::os
