// SPDX-License-Identifier: MIT
// The event loop of one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>

#include <sys/types.h>

#include <weir/detail/face.hpp>
#include <weir/hub.hpp>
#include <weir/stats.hpp>
#include <weir/wait.hpp>

#include "base/clock.hpp"
#include "core/gathering.hpp"
#include "core/hub_list.hpp"
#include "core/look_ahead.hpp"
#include "core/poller.hpp"
#include "core/service.hpp"
#include "core/stack_pool.hpp"
#include "core/tick_meter.hpp"
#include "core/timers.hpp"
#include "core/watcher.hpp"
#include "os/sigpipe_block.hpp"

namespace weir::detail {

class family;

/// What a hub is given when it is made, beside its options.
struct hub_parts {
  std::unique_ptr<detail::clock> clock;
  std::unique_ptr<detail::poller> poller;
  std::optional<std::uint64_t> shuffle_seed;  ///< runs each pass in a random order
  bool look_every_pass = false;               ///< for tests: no pass without clock and poller
  os::guard_kind guard = address_sanitized ? os::guard_kind::protection : os::guard_kind::marker;

  [[nodiscard]] static hub_parts real();
};

/// Whether the thread that makes the hub is a task of its own, or only waits for them.
enum class thread_role : std::uint8_t { first_task, bystander };

/// Invariants:
/// 1. Only the thread that made it touches it, and `this_hub` is it there.
/// 2. The loop runs on a stack of its own, between two passes, when there is something to look for.
/// 3. A pass ends with the task that was last in the queue when it began (`pass_last_`); what is
///    queued during it stands behind that task, and the queue is empty only when a pass is over.
class hub_core final : public hub_face, public list_hook<hub_tag> {
 public:
  hub_core(const hub_options& chosen, hub_parts parts, thread_role role);
  hub_core(const hub_core&) = delete;
  hub_core& operator=(const hub_core&) = delete;
  ~hub_core();

  /// This thread's. Precondition: there is one.
  [[nodiscard]] static hub_core& here() noexcept { return static_cast<hub_core&>(*this_hub); }

  // -- switching: see weir/detail/face.hpp; `switching.cpp`
  [[nodiscard]] task_record* queue_current_and_pick() noexcept;
  [[nodiscard]] task_record* queue_current_and_pick(task_record& chosen) noexcept;
  [[nodiscard]] task_record* pick() noexcept;  ///< `pick_next`, inlined: core/picking.hpp
  [[nodiscard]] task_record* pick_next() noexcept;
  [[nodiscard]] task_record* refuse_current() noexcept;
  /// Has the processor fetch what the next task goes on with, which is long out of its caches where
  /// there are many: for who is about to call the system, which takes longer.
  void fetch_next() const noexcept;

  // -- tasks: `task_life.cpp`
  /// Whether a task can be added; if not (the teardown, no memory for one more deadline),
  /// `spawn_error` says why.
  [[nodiscard]] bool has_room_for_task() noexcept {
    return has_room_for_task_already() || make_room_for_tasks();
  }
  [[nodiscard]] bool has_room_for_task_already() const noexcept {
    return alive_count < room_for_tasks_;
  }
  /// Registers a task spawned at `where`.
  void adopt(task_record& task, std::source_location where) noexcept;
  /// Has the task begin on `stack`, below `top`, when it is first switched to.
  void start_on(task_record& task, detail::stack& stack, const void* top) noexcept;
  bool start_later(later_task& task) noexcept;
  /// Runs a task from its beginning to its end, on its stack.
  [[noreturn]] static void run(task_record& task) noexcept;
  void cancel(task_record& task) noexcept;
  /// The same, but for what the family needs that it waits for, which is put before `others`.
  void cancel_alone(task_record& task, family*& others) noexcept;
  /// For a task in a region that has run out.
  void interrupt(task_record& task) noexcept;
  void interrupt(task_record& task, family*& others) noexcept;
  /// Queues a task that was put on `stack`; the current one goes on.
  void queue_new(task_record& task, detail::stack& stack, std::source_location where) noexcept;
  /// The same, inlined.
  void place_new(task_record& task, detail::stack& stack, std::source_location where) noexcept;
  void begin_teardown() noexcept;
  /// Parks until every other task has ended, or was abandoned. A cancellation does not end it.
  void wait_until_all_ended() noexcept;
  [[nodiscard]] bool in_teardown() const noexcept { return teardown_; }

  // -- weir's own tasks: `services.cpp`
  /// Begins one; it first runs when the current task stops running. An error where there is no
  /// stack for it, or in a teardown: it is destroyed unrun then.
  [[nodiscard]] std::error_code start_service(std::unique_ptr<service> begun) noexcept;
  /// The first that `wanted` says yes to; null: none.
  [[nodiscard]] service* find_service(bool (*wanted)(const service&)) const noexcept;

  /// Has `chosen` told when the hub's thread sleeps.
  void watch(std::unique_ptr<watcher> chosen) noexcept { watcher_ = std::move(chosen); }
  /// Switches so far: two readings that are equal say that one task ran all the time between them.
  [[nodiscard]] std::uint64_t switches() const noexcept { return switches_; }

  /// Has the loop look as soon as this pass is over, for a wait that is to time out then.
  void look_after_pass() noexcept { ask_meter_at_ = 0; }

  // -- gathered sends
  /// `keeping` has something to hand over when the current task stops running.
  void keep_back(gatherer& keeping) noexcept;
  /// The current task stops running: has everyone hand over what was kept back.
  void hand_over_gathered() noexcept;
  /// The system has taken all of it, or it was given up.
  void nothing_unsent(gatherer& sent) noexcept;
  /// Arms a timer that is not a task's; false where there is no memory for it.
  [[nodiscard]] bool arm_limit(timer& limit, until until, void (*on_expire)(timer&) noexcept);
  void disarm_limit(timer& limit) noexcept;

  // -- reports: `reports.cpp`
  void report_abandoned(const task_record& task, bool stuck) const noexcept;
  void report_deadlock() noexcept;
  void report_deadlock_ignored(const task_record& task) const noexcept;
  [[nodiscard]] weir::stats_snapshot stats() const noexcept;

  /// Room for bytes on their way from the kernel; what is there is anyone's after the next park.
  [[nodiscard]] std::span<std::byte> scratch() noexcept { return {scratch_.get(), scratch_size}; }

  [[nodiscard]] bool is_loop(const task_record& task) const noexcept { return &task == &loop_; }
  [[nodiscard]] task_record& thread_task() noexcept { return thread_; }

  const std::uint64_t serial;  ///< of all hubs of the process
  const pid_t process;         ///< that made it
  const pid_t thread;          ///< the one that made it, gettid(2)
  hub_options options;
  std::unique_ptr<detail::clock> clock;
  std::unique_ptr<detail::poller> poller;
  detail::timers timers;
  stack_pool stacks;
  std::map<int, io_handle> watched_fds;  ///< by number: those of `register_fd`
  list<task_record, alive_tag> alive;
  list<gatherer, gathering_tag> gathering;
  list<gatherer, unsent_tag> unsent;
  bool keeps_back = false;      ///< there is something in `gathering`
  waiting_place idle_waiters;   ///< woken when nothing can run without time passing
  std::error_code spawn_error;  ///< why there was no stack the last time there was none
  std::size_t alive_count = 0;  ///< tasks not ended, and services
  /// The current task's name is being changed: not to be read by a signal handler.
  volatile bool name_changes = false;

 private:
  static constexpr std::uint32_t refusals_before_abandoning = 1000;
  static constexpr int calls_without_parking = 128;  // in a row in one task, before others run

  [[noreturn]] static void run_loop(task_record& loop) noexcept;
  void look() noexcept;
  void poll_once() noexcept;
  void wait_for_events() noexcept;
  [[nodiscard]] std::optional<std::uint32_t> sleep_in_kernel(
      std::optional<std::chrono::nanoseconds> most) noexcept;
  void resolve_deadlock() noexcept;
  [[nodiscard]] bool break_shields() noexcept;
  [[nodiscard]] std::optional<std::chrono::nanoseconds> time_to_sleep() const noexcept;
  [[nodiscard]] task_record* pick_after_pass() noexcept;
  [[nodiscard]] task_record* go_on_with(task_record& next) noexcept;
  [[nodiscard]] task_record* queue_current_alone() noexcept;
  void begin_pass(task_record& last) noexcept;
  void choose_watched() noexcept;
  [[nodiscard]] task_record* make_current(task_record& next) noexcept;
  [[nodiscard]] task_record* set_current(task_record& next) noexcept;
  [[nodiscard]] task_record* make_current_with_care(task_record& next) noexcept;
  void shuffle_ready() noexcept;
  [[noreturn]] void leave_ended(task_record& ended) noexcept;
  void end_unstarted() noexcept;
  void abandon(task_record& task) noexcept;
  [[nodiscard]] bool abandon_stuck() noexcept;
  void abandon_stuck_of(const list<task_record, alive_tag>& tasks) noexcept;
  void forget(task_record& task) noexcept;
  struct service_function;
  void cancel_services() noexcept;
  [[nodiscard]] std::size_t service_count() const noexcept;
  [[nodiscard]] bool make_room_for_tasks() noexcept;
  [[nodiscard]] bool all_ended() const noexcept { return alive_count <= alive_at_end_; }

  static constexpr std::size_t scratch_size = std::size_t{16} * 1024;

  os::sigpipe_block sigpipe_block_;
  std::unique_ptr<std::byte[]> scratch_ = std::make_unique_for_overwrite<std::byte[]>(scratch_size);
  task_record thread_;  ///< the thread's own stack
  task_record loop_;
  exception_state* exceptions_;  ///< the thread's, in the C++ runtime
  /// All that a switch looks at to know whether there is anything to see to: the thread's, or,
  /// while something is kept back or a task holds exceptions, a state that is always in use.
  const exception_state* watched_ = exceptions_;
  std::size_t holders_ = 0;    ///< tasks that hold exceptions while switched out
  ready_queue unstarted_;      ///< cancelled before their time, and without a stack to end on
  wait* all_ended_ = nullptr;  ///< the thread's, while it waits for all other tasks to end
  std::size_t alive_at_end_;   ///< what `alive_count` is when all others have ended
  list<task_record, alive_tag> services_;  ///< each a `service_record`; none of them is in `alive`
  tick_meter meter_;
  look_ahead look_ahead_;
  std::optional<std::minstd_rand> shuffle_;
  std::uint64_t last_id_ = 0;
  std::uint64_t switches_ = 0;
  std::uint64_t ask_meter_at_ = 0;  ///< the number of switches at which the meter is asked next
  std::uint64_t ticks_ = 0;
  std::uint64_t polls_ = 0;
  int deadlocks_ = 0;  ///< told to the main task since there last was something to wait for
  std::uint64_t reported_deadlock_ = 0;  ///< the fingerprint of the last that was logged
  time_point trim_at_{};
  task_record* pass_last_ = nullptr;
  bool pass_over_ = true;
  bool look_every_pass_;
  std::size_t limits_ = 0;          ///< timers that are not a task's
  std::size_t room_for_tasks_ = 0;  ///< so many may be alive; in a teardown none
  bool teardown_ = false;
  std::unique_ptr<watcher> watcher_;  ///< null: nobody looks
};

/// Makes this thread's hub. Throws `logic_error` if it has one already, `system_error` as `hub`
/// does.
[[nodiscard]] std::unique_ptr<hub_core> make_hub(const hub_options& options, hub_parts parts,
                                                 thread_role role);

/// Cancels all tasks but the current one, waits until they have ended, and destroys the hub.
void end_hub(std::unique_ptr<hub_core> ended) noexcept;

}  // namespace weir::detail
