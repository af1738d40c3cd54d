// SPDX-License-Identifier: MIT
// Gives a signal's action back when a test is over, whatever was done to it.
#pragma once

#include <signal.h>

namespace weir::testing {

/// Begins and ends with the default action.
class kept_action {
 public:
  explicit kept_action(int number) noexcept : number_(number) { put(SIG_DFL); }
  kept_action(const kept_action&) = delete;
  kept_action& operator=(const kept_action&) = delete;
  ~kept_action() { ::sigaction(number_, &former_, nullptr); }

  /// Puts a handler in place, as a program does.
  void put(void (*plain)(int)) noexcept {
    struct sigaction action{};
    action.sa_handler = plain;
    replace(action);
  }
  void put(void (*informed)(int, siginfo_t*, void*)) noexcept {
    struct sigaction action{};
    action.sa_sigaction = informed;
    action.sa_flags = SA_SIGINFO;
    replace(action);
  }
  void put(const struct sigaction& action) noexcept { ::sigaction(number_, &action, nullptr); }

  [[nodiscard]] struct sigaction present() const noexcept {
    struct sigaction found{};
    ::sigaction(number_, nullptr, &found);
    return found;
  }
  [[nodiscard]] bool is(void (*plain)(int)) const noexcept { return present().sa_handler == plain; }

 private:
  void replace(const struct sigaction& action) noexcept {
    ::sigaction(number_, &action, kept_ ? nullptr : &former_);
    kept_ = true;
  }

  int number_;
  bool kept_ = false;
  struct sigaction former_{};
};

}  // namespace weir::testing
