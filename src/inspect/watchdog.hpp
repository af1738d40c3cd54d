// SPDX-License-Identifier: MIT
// Reports tasks that run for long without yielding.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <thread>

#include <pthread.h>
#include <signal.h>

#include "core/hub_core.hpp"
#include "core/watcher.hpp"
#include "inspect/backtrace.hpp"
#include "inspect/stretch.hpp"
#include "inspect/unanswered.hpp"
#include "os/signal_action.hpp"
#include "os/wake_up.hpp"

namespace weir::detail {

/// A thread that interrupts the hub's thread again and again while that is awake. The handler,
/// which runs on the hub's thread and so may read what only that touches, looks whether there was a
/// switch since the last time; what it finds it leaves in `finding_` for the watching thread, which
/// turns it into text and logs it.
///
/// It does no harm in the midst of a switch: what is being switched to has been counted then, so
/// it is a new stretch, of which nothing is said yet.
class watchdog final : public watcher {
 public:
  /// On the hub's thread. `silence`: for how long that may not answer before this is reported, too.
  /// Throws `system_error`.
  watchdog(const hub_core& watched, std::chrono::nanoseconds limit,
           std::chrono::nanoseconds silence);
  watchdog(const hub_core& watched, std::chrono::nanoseconds limit)
      : watchdog(watched, limit, std::max(4 * limit, shortest_silence)) {}
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog() override;

  void asleep() noexcept override;
  void awake() noexcept override;

  /// How often the hub's thread was interrupted. From any thread.
  [[nodiscard]] std::uint64_t interruptions() const noexcept { return interruptions_.load(); }
  /// Whether the watching thread sleeps until the hub wakes up. From any thread.
  [[nodiscard]] bool at_rest() const noexcept { return hub_.load() == hub_state::asleep_for_us; }

 private:
  enum class hub_state : std::uint8_t { awake, asleep, asleep_for_us };

  static constexpr std::chrono::nanoseconds shortest_silence = std::chrono::seconds(1);
  static constexpr std::size_t longest_name = 128;  // bytes; a longer one is cut

  /// What a handler found, told in places that are there already.
  struct finding {
    std::chrono::nanoseconds length;
    std::uint64_t task;
    std::source_location spawned_at;
    const void* spawned_from;
    std::size_t name_size;
    std::array<char, longest_name> name;
    captured_trace trace;
    trace_buffer frames;
  };

  static void handle(int number, siginfo_t* info, void* context) noexcept;
  void look(const void* context) noexcept;
  void describe(const task_record& task) noexcept;

  void watch() noexcept;
  void interrupt() noexcept;
  void report() const noexcept;

  const hub_core& watched_;
  const std::chrono::nanoseconds limit_;
  const pthread_t hub_thread_ = ::pthread_self();

  stretch stretch_;  ///< the hub's thread's
  /// The hub's thread's while `found_` is false, the watching thread's while it is true.
  finding finding_{};
  std::atomic<bool> found_ = false;

  unanswered unanswered_;  ///< the watching thread's
  std::atomic<std::uint64_t> interruptions_ = 0;
  std::atomic<hub_state> hub_ = hub_state::awake;
  std::atomic<bool> ended_ = false;
  os::wake_up wake_up_;  ///< of the watching thread
  os::signal_action action_;
  std::thread thread_;
};

}  // namespace weir::detail
