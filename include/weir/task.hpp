// SPDX-License-Identifier: MIT
// A handle to a task, through which its result is awaited.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <weir/detail/spawning.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir {

/// A task that results in an `R`. Made by `spawn`; a default-constructed one names no task.
///
/// Destroying the handle lets the task run on; an error or exception it then ends with is logged.
/// Moving an `R` must not park; what it throws becomes what the task ends with. Belongs to the hub
/// that made it.
template <class R = void>
class task {
 public:
  task() noexcept = default;
  task(task&& other) noexcept : state_(std::move(other.state_)) {}
  task& operator=(task&& other) noexcept {
    if (this != &other) {
      report_if_unread();
      // This may park, and the task that `other` names end meanwhile: its link is still there.
      state_.held.clear();
      state_ = std::move(other.state_);
    }
    return *this;
  }
  ~task() { report_if_unread(); }

  /// Waits until the task has ended and takes its result; rethrows what its function threw.
  ///
  /// Parks until the task has ended, `until` passes or this task is cancelled. Errors: the task's
  /// own; `errc::timed_out` and `errc::cancelled`, after which it may be awaited again;
  /// `errc::busy` when another task awaits it; `errc::deadlock` when it is this very task, and in
  /// the main task when nothing could wake any. Throws `logic_error` when there is no task, when
  /// its result was taken, and on a thread without a hub. LEV: `await`.
  [[nodiscard, gnu::always_inline]] result<R> await(until until = {}) {
    detail::hub_face& hub = detail::need_hub();
    detail::task_record& self = *hub.current;
    if (state_.state == phase::ended && !detail::is_refused(self, until)) return take_ended(hub);
    detail::await_wait<R> here("task.await", state_.record);
    detail::finish_switch(self, begin_await(here, until));
    return here.take();
  }

  /// Has every call of the task that can park answer `errc::cancelled`, from now until it ends; a
  /// task that has not run yet never does. Does not park; nothing to do when it has ended.
  void cancel() noexcept { detail::cancel_linked(state_); }

  /// Whether it has ended. False where there is no task.
  [[nodiscard]] bool done() const noexcept { return state_.state > phase::running; }
  /// Counts from 1 in each hub; 0: no task.
  [[nodiscard]] std::uint64_t id() const noexcept { return state_.id; }
  [[nodiscard]] std::string_view name() const noexcept {
    if (state_.record != nullptr) return state_.record->name;
    return state_.identity != nullptr ? std::string_view(state_.identity->name)
                                      : std::string_view();
  }

  /// Gives the task up: the handle names none any more, and an error it ends with is logged.
  void detach() noexcept {
    report_if_unread();
    if (state_.record != nullptr) state_.record->detached = true;
    state_ = {};
  }

  /// For `spawn`: what the new task is linked to.
  [[nodiscard]] detail::task_state<R>& state(detail::spawning /*only*/) noexcept { return state_; }

 private:
  using phase = detail::task_link::phase;

  [[nodiscard, gnu::noinline]] detail::task_record* begin_await(detail::await_wait<R>& here,
                                                                until until) {
    if (state_.state == phase::empty || state_.state == phase::taken) {
      detail::throw_not_awaitable(state_.state);
    }
    detail::hub_face& hub = *detail::this_hub;
    if (detail::is_refused(*hub.current, until)) return here.begin_refused();
    if (state_.record == hub.current) return here.begin_failed(errc::deadlock);
    if (!state_.record->joiners.empty()) return here.begin_failed(errc::busy);
    return here.begin_park(&state_.record->joiners, until);
  }

  /// Inline for the most frequent case only: a success that this task need not yield for.
  [[nodiscard, gnu::always_inline]] result<R> take_ended(detail::hub_face& hub) {
    if (hub.calls_left <= 1 || state_.held.failed()) [[unlikely]]
      return take_any_ended();
    --hub.calls_left;
    state_.state = phase::taken;
    return state_.held.take_value();
  }
  [[nodiscard, gnu::noinline]] result<R> take_any_ended() {
    state_.state = phase::taken;
    detail::outcome<R> taken;
    taken.receive(std::move(state_.held));
    if (--detail::this_hub->calls_left <= 0) detail::let_others_run();
    return taken.take();
  }

  void report_if_unread() noexcept {
    if (state_.state != phase::ended || state_.reported || !state_.held.failed()) return;
    detail::report_unread(state_, state_.held.error(), state_.held.exception());
  }

  detail::task_state<R> state_;
};

}  // namespace weir
