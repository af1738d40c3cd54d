// SPDX-License-Identifier: MIT
// The watching thread, and the handler of SIGURG on the hub's.
//
// Why SIGURG: it is ignored by default, so one that comes late does no harm; debuggers let it pass;
// and programs that handle it (few do) have to expect it at any time.
#include "inspect/watchdog.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include <fmt/core.h>
#include <sched.h>

#include <weir/task_info.hpp>

#include "base/log.hpp"
#include "core/description.hpp"
#include "inspect/symbols.hpp"
#include "os/signals_blocked.hpp"

namespace weir::detail {
namespace {

using std::chrono::steady_clock;

/// Between two interruptions, so that they leave time for something else.
constexpr std::chrono::nanoseconds shortest_pause = std::chrono::microseconds(100);

/// Sent along with the signal: tells ours from others'.
constexpr char ours = 0;

/// This thread's hub's; null where it has none.
constinit thread_local watchdog* own = nullptr;

std::string in_milliseconds(std::chrono::nanoseconds length) {
  return fmt::format("{:.4g} ms", std::chrono::duration<double, std::milli>(length).count());
}

}  // namespace

std::unique_ptr<watcher> make_watchdog(const hub_core& watched, std::chrono::nanoseconds limit) {
  return std::make_unique<watchdog>(watched, limit);
}

// ---- on the hub's thread
// -------------------------------------------------------------------------

watchdog::watchdog(const hub_core& watched, std::chrono::nanoseconds limit,
                   std::chrono::nanoseconds silence)
    : watched_(watched),
      limit_(limit),
      stretch_(limit),
      unanswered_(silence),
      action_(SIGURG, handle) {
  remember_thread_stack();
  const os::signals_blocked meanwhile;
  thread_ = std::thread([this] { watch(); });
  own = this;
}

watchdog::~watchdog() {
  own = nullptr;  // so that nothing more is found
  ended_ = true;
  wake_up_.ring();
  thread_.join();
  // A signal that was sent last is handled when a system call returns, at the latest.
  ::sched_yield();
}

void watchdog::asleep() noexcept { hub_ = hub_state::asleep; }

void watchdog::awake() noexcept {
  if (hub_.exchange(hub_state::awake) == hub_state::asleep_for_us) wake_up_.ring();
}

void watchdog::handle(int number, siginfo_t* info, void* context) noexcept {
  const bool is_ours = info->si_code == SI_QUEUE && info->si_value.sival_ptr == &ours;
  if (!is_ours) return os::signal_action::pass_on(number, info, context);
  const int saved = errno;
  if (own != nullptr) own->look(context);
  errno = saved;
}

void watchdog::look(const void* context) noexcept {
  interruptions_.fetch_add(1);
  const auto length = stretch_.look(steady_clock::now(), watched_.switches());
  const task_record& task = *watched_.current;
  if (!length || task.service || watched_.name_changes || found_.load()) return;
  stretch_.told();
  finding_.length = *length;
  describe(task);
  // ThreadSanitizer calls handlers where it suits it, when the context given is not the present
  // one.
  finding_.trace = thread_sanitized ? capture_here(finding_.frames)
                                    : capture_interrupted(context, finding_.frames);
  found_ = true;
  wake_up_.ring();
}

void watchdog::describe(const task_record& task) noexcept {
  finding_.task = task.id;
  finding_.spawned_at = task.spawned_at;
  finding_.spawned_from = address_of_spawn(task);
  finding_.name_size = std::min(task.name.size(), longest_name);
  std::memcpy(finding_.name.data(), task.name.data(), finding_.name_size);
}

// ---- on the watching thread
// ----------------------------------------------------------------------

void watchdog::watch() noexcept {
  ::pthread_setname_np(::pthread_self(), "weir-watchdog");
  const std::chrono::nanoseconds pause = std::max(limit_ / 4, shortest_pause);
  std::optional<time_point> next_look = steady_clock::now() + pause;  // none: until it wakes up
  while (!ended_.load()) {
    wake_up_.wait(next_look);
    if (found_.load()) {
      report();
      found_ = false;
    }
    const time_point now = steady_clock::now();
    if (next_look && now < *next_look) continue;
    auto expected = hub_state::asleep;
    if (at_rest() || hub_.compare_exchange_strong(expected, hub_state::asleep_for_us)) {
      unanswered_.pause();
      next_look.reset();
      continue;
    }
    if (next_look) interrupt();
    next_look = now + pause;
  }
  if (found_.load()) report();
}

void watchdog::interrupt() noexcept {
  // Fails where too many signals are pending; then there is no answer.
  ::pthread_sigqueue(hub_thread_, SIGURG, {.sival_ptr = const_cast<char*>(&ours)});
  const auto length = unanswered_.ask(steady_clock::now(), interruptions());
  if (!length) return;
  try {
    log(log_level::warning,
        fmt::format("a task cannot be looked at, and has run for {} at least: its thread stands "
                    "still in the system, or SIGURG does not reach it",
                    in_milliseconds(*length)));
  } catch (...) {
    log(log_level::warning, "a task cannot be looked at, and there is no memory to say more");
  }
}

void watchdog::report() const noexcept {
  try {
    const std::string_view name(finding_.name.data(), finding_.name_size);
    const std::string place = describe_place(finding_.spawned_at, finding_.spawned_from);
    std::string text =
        fmt::format("{} has run for {} without yielding, and still does:\n",
                    describe_task(finding_.task, name, place), in_milliseconds(finding_.length));
    const auto trace = std::span(finding_.frames).first(finding_.trace.size);
    look_up(trace);
    text += describe_trace(trace, finding_.trace.end);
    log(log_level::warning, text);
  } catch (...) {
    log(log_level::warning, "a task runs without yielding, and there is no memory to say which");
  }
}

}  // namespace weir::detail
