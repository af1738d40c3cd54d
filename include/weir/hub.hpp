// SPDX-License-Identifier: MIT
// The event loop of one thread: making one, ending one, running a program in one.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

namespace weir {

namespace detail {
class hub_core;
}

/// How a hub is made; every member has a default.
struct hub_options {
  /// Address space reserved for a task's stack, its guard of 64 KiB included, in bytes; rounded up
  /// to a power of two, at least 128 KiB. Only the pages touched are committed.
  std::size_t stack_size = std::size_t{256} * 1024;
  /// How long a hub with nothing to do looks for events before it sleeps in the kernel, when its
  /// last wake-ups make it likely that one is about to come; zero: never. To be longer than the
  /// other side takes to wake up and answer: 25 us on metal, 40 us on many virtual machines.
  std::chrono::nanoseconds spin = std::chrono::microseconds(50);
  /// A sleeping hub wakes for timers at multiples of this.
  std::chrono::nanoseconds timer_grain = std::chrono::milliseconds(1);
  /// How long the hub goes on sending what a gathering stream had kept when it was closed, or when
  /// all tasks have ended; what the peer has not taken by then is dropped, and that is logged.
  std::chrono::nanoseconds linger = std::chrono::seconds(10);
  /// Whether a task that runs into the end of its stack is reported by name before the process
  /// dies of SIGSEGV.
  bool report_stack_overflow = true;
  /// A task that runs for longer than this without yielding, busy or blocked in a system call, is
  /// reported while it still does, once for each such stretch: who it is, where it was spawned, for
  /// how long it has run, and where it stands. Zero: never. Real time is meant, whatever clock the
  /// hub has.
  ///
  /// A thread of weir's looks at the hub four times in this while, except when the hub sleeps; it
  /// is on that thread that the logger is called, and `~hub` waits for it. To look, it interrupts
  /// the hub's thread with SIGURG; a handler of the program's for SIGURG is called for all others.
  /// So the few system calls that a handled signal ends with EINTR even under SA_RESTART (poll,
  /// select, nanosleep, those on sockets with a timeout: signal(7)) may do so when a task calls
  /// them itself. A hub whose thread blocks SIGURG cannot be looked at, and that is reported.
  std::chrono::nanoseconds watchdog{};
};

/// Turns the calling thread into the first task of a new hub, until it is destroyed.
///
/// `~hub` parks: it cancels every other task that is alive and waits until all have ended; it is to
/// be destroyed by the task that made it, and on another thread it ends the process.
///
/// While there is a hub, SIGPIPE is blocked on its thread, and in every process that a task starts
/// by itself (`system`, `popen`, fork and exec): one that counts on dying of a pipe nobody reads
/// has to unblock it first. Throws `logic_error` if this thread has a hub already, `system_error`
/// if the system has no epoll instance, no memory or no thread for it.
class hub {
 public:
  explicit hub(const hub_options& options = {});
  hub(const hub&) = delete;
  hub& operator=(const hub&) = delete;
  ~hub();

 private:
  std::unique_ptr<detail::hub_core> core_;
};

/// Cancels every task of this thread's hub, the calling one too, and has `spawn` refuse from now
/// on; `run` returns when all have ended or were abandoned.
///
/// Does not park. A task that goes on calling after it was told `cancelled` 1,000 times is
/// abandoned: reported, and never run again. LEV: `stop`.
void stop();

}  // namespace weir
