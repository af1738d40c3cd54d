// SPDX-License-Identifier: MIT
// Handling a signal for a while, sigaction(2).
#pragma once

#include <signal.h>

namespace weir::os {

/// Has a function handle a signal for as long as it lives. The former action comes back with the
/// last that lives for that signal, unless another handler was put in place meanwhile: that stays.
///
/// All that live for one signal at a time name the same function. It is called with SA_RESTART (as
/// few calls as possible end with EINTR because of it) and SA_ONSTACK (it needs no room on a task's
/// stack where the thread has an alternate one). May be made and destroyed on any thread.
class signal_action {
 public:
  using function = void (*)(int number, siginfo_t* info, void* context) noexcept;

  /// Throws `system_error`: there is no such signal, or it cannot be handled.
  signal_action(int number, function handler);
  signal_action(const signal_action&) = delete;
  signal_action& operator=(const signal_action&) = delete;
  ~signal_action();

  /// For a handler that was given a signal meant for others: calls the former handler. The default
  /// action is not taken: for signals that are ignored by default.
  static void pass_on(int number, siginfo_t* info, void* context) noexcept;

 private:
  int number_;
};

}  // namespace weir::os
