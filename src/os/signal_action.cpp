// SPDX-License-Identifier: MIT
// The actions of all signals, and what they were before.
#include "os/signal_action.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <utility>

namespace weir::os {
namespace {

// Set in a former handler's address: it takes three arguments. No address of a program has this
// bit.
constexpr std::uintptr_t informed = std::uintptr_t{1} << 63U;

struct signal_entry {
  int users = 0;
  signal_action::function handler = nullptr;
  struct sigaction former{};
  /// What `former` calls, for the handler; 0: nothing. One word, since a handler of the last time
  /// may still be running when it is set anew. Relaxed: sigaction(2) comes between set and use.
  std::atomic<std::uintptr_t> calls{0};
};

// Of the process, as are the actions themselves.
constinit std::mutex entries_mutex;
constinit std::array<signal_entry, NSIG> entries{};

/// This thread is in a former handler of the signal, which may lead back here: a program may have
/// put a handler over ours that calls ours, before ours came on top of it again.
constinit thread_local int passing_on = 0;

std::uintptr_t what_it_calls(const struct sigaction& action) noexcept {
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    return reinterpret_cast<std::uintptr_t>(action.sa_sigaction) | informed;
  }
  if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) return 0;
  return reinterpret_cast<std::uintptr_t>(action.sa_handler);
}

bool in_place(int number, signal_action::function handler) noexcept {
  struct sigaction present{};
  ::sigaction(number, nullptr, &present);
  return (present.sa_flags & SA_SIGINFO) != 0 && present.sa_sigaction == handler;
}

}  // namespace

signal_action::signal_action(int number, function handler) : number_(number) {
  if (number <= 0 || number >= NSIG) {
    throw std::system_error(EINVAL, std::system_category(), "weir: no such signal");
  }
  const std::scoped_lock lock(entries_mutex);
  signal_entry& entry = entries.at(static_cast<std::size_t>(number));
  if (entry.users == 0 && !in_place(number, handler)) {
    struct sigaction former{};
    ::sigaction(number, nullptr, &former);
    entry.calls.store(what_it_calls(former), std::memory_order_relaxed);
    struct sigaction action{};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    if (::sigaction(number, &action, nullptr) != 0) {
      throw std::system_error(errno, std::system_category(), "weir: cannot handle the signal");
    }
    entry.former = former;
    entry.handler = handler;
  }
  ++entry.users;
}

signal_action::~signal_action() {
  const std::scoped_lock lock(entries_mutex);
  signal_entry& entry = entries.at(static_cast<std::size_t>(number_));
  if (--entry.users > 0 || !in_place(number_, entry.handler)) return;
  ::sigaction(number_, &entry.former, nullptr);
}

void signal_action::pass_on(int number, siginfo_t* info, void* context) noexcept {
  const std::uintptr_t former =
      entries[static_cast<std::size_t>(number)].calls.load(std::memory_order_relaxed);
  if (former == 0 || passing_on == number) return;
  const int outer = std::exchange(passing_on, number);
  if ((former & informed) != 0) {
    reinterpret_cast<void (*)(int, siginfo_t*, void*)>(former & ~informed)(number, info, context);
  } else {
    reinterpret_cast<void (*)(int)>(former)(number);
  }
  passing_on = outer;
}

}  // namespace weir::os
