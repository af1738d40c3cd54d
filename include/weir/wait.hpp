// SPDX-License-Identifier: MIT
// The one primitive that parks a task: for building synchronization primitives of one's own.
//
//   class latch {
//    public:
//     weir::result<void> wait(weir::until until = {}) {
//       if (open_) return {};
//       weir::wait here("latch.wait", this);
//       return here.park(waiting_, until);
//     }
//     void open() { open_ = true; waiting_.wake_all(); }
//    private:
//     bool open_ = false;
//     weir::waiting_place waiting_;
//   };
//
// Invariants: a parked wait is linked in its place, if it has a deadline in the hub's timers, and
// if it has a token at that. Whoever wakes it first unlinks it from all of them before anything
// else runs, so that a task is woken exactly once, by the one whose outcome `park` returns.
#pragma once

#include <cstdint>

#include <weir/detail/face.hpp>
#include <weir/detail/list.hpp>
#include <weir/detail/record.hpp>
#include <weir/detail/timer.hpp>
#include <weir/detail/token_state.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/waiting_place.hpp>

namespace weir {

namespace detail {
class wait_set;
}

/// One task's waiting for one thing; lives on the stack of the task that waits.
class wait : public detail::list_hook<detail::place_tag>, detail::timer {
 public:
  /// What it is waiting for, shown in the task tree: `what` is a string literal such as
  /// "pipe.recv", `object` tells which one by its address, or `fd` by its number.
  explicit wait(const char* what, const void* object = nullptr) noexcept
      : what_(what), object_(object) {}
  wait(const char* what, int fd) noexcept : what_(what), fd_(fd) {}

  /// Waits in `place` until woken, until `until` passes or this task is cancelled.
  ///
  /// Parks, unless this task or the token given is cancelled. Errors: what the waker said,
  /// `errc::timed_out`, `errc::cancelled`, `errc::deadlock` (when nothing could wake any
  /// task; see `errc`).
  [[nodiscard, gnu::always_inline]] result<void> park(waiting_place& place, until until = {}) {
    return park_at(&place, until);
  }
  /// The same without a place: whoever knows this object wakes it.
  [[nodiscard, gnu::always_inline]] result<void> park(until until = {}) {
    return park_at(nullptr, until);
  }

  /// What `given`, the `until` of the last `park`, is for the next wait of the same call: the time
  /// point at which it ends, if it is a duration that the hub has begun to count. Reads no clock.
  /// Precondition: that `park` was woken.
  [[nodiscard]] until settled(until given) const noexcept;

  /// Makes the parked task ready, with `outcome` (by default success) for `park` to return. False,
  /// and nothing done, if it is not parked any more.
  bool wake(errc outcome = {}) noexcept;

  /// As `wake`, without making the task ready: for who runs it at once, or never again.
  /// Precondition: parked.
  detail::task_record& claim(errc outcome = {}) noexcept;

  /// Whether it is neither in the timers, nor at a token, nor one of several. `claim_untied` then
  /// does what `claim` does without a call.
  [[nodiscard]] bool untied() const noexcept {
    return (static_cast<unsigned>(armed()) | static_cast<unsigned>(ties_)) == 0;
  }
  detail::task_record& claim_untied(errc outcome = {}) noexcept;

  /// By default a cancellation of its task ends a wait; a join that passes it on says no. A token
  /// given to `park` ends it in any case.
  void set_cancellable(bool cancellable) noexcept {
    on_cancel_ = cancellable ? on_cancel::end : on_cancel::stay;
  }
  [[nodiscard]] bool cancellable() const noexcept { return on_cancel_ == on_cancel::end; }
  /// For `detail::family_wait`: a cancellation goes to the tasks it waits for, and it waits on.
  void set_passing_on() noexcept { on_cancel_ = on_cancel::pass_on; }
  [[nodiscard]] bool passes_on() const noexcept { return on_cancel_ == on_cancel::pass_on; }

  /// Says later what the constructor was not told: before it parks.
  void describe(const char* what, const void* object) noexcept {
    what_ = what;
    object_ = object;
  }

  [[nodiscard]] bool parked() const noexcept { return task_ != nullptr; }
  [[nodiscard]] const char* what() const noexcept { return what_; }
  [[nodiscard]] const void* object() const noexcept { return object_; }
  [[nodiscard]] int fd() const noexcept { return fd_; }  ///< -1: none
  [[nodiscard]] time_point since() const noexcept { return since_; }

  /// The first half of `park`, for a call that inlines its switch (see `detail::begin_yield`):
  /// links the wait; the current task is parked and `outcome` has meaning when it runs again.
  [[nodiscard]] detail::task_record* begin_park(waiting_place* place, until until) noexcept;
  /// In its place where the call is to be refused, see `detail::is_refused`.
  [[nodiscard]] detail::task_record* begin_refused() noexcept {
    outcome_ = errc::cancelled;
    return detail::begin_refusal();
  }
  /// In its place where what it would wait at is gone.
  [[nodiscard]] detail::task_record* begin_closed(const until& given) noexcept {
    const bool refused = detail::is_refused(*detail::this_hub->current, given);
    return refused ? begin_refused() : begin_failed(errc::closed);
  }
  /// In its place where the call fails for another reason.
  [[nodiscard]] detail::task_record* begin_failed(errc reason) noexcept {
    outcome_ = reason;
    return detail::begin_return(*detail::this_hub);
  }
  [[nodiscard]] errc outcome() const noexcept { return outcome_; }

  /// For `detail::wait_set`: parks `task` in `place` as one of the waits of `set`, or unlinks this
  /// one when another was woken.
  void enter(detail::wait_set& set, detail::task_record& task, waiting_place& place) noexcept;
  void leave() noexcept;
  /// For `detail::wait_set`: makes this the wait that the others go with.
  void lead(detail::wait_set& set) noexcept;

 private:
  [[gnu::always_inline]] result<void> park_at(waiting_place* place, until until) {
    detail::task_record& self = *detail::need_hub().current;
    const bool refused = cancellable() ? detail::is_refused(self, until) : until.cancelled();
    detail::finish_switch(self, refused ? begin_refused() : begin_park(place, until));
    if (outcome_ == errc{}) return {};
    return failure(outcome_);
  }

  enum class on_cancel : std::uint8_t { end, stay, pass_on };
  using on_expire_function = void (*)(detail::timer& expired) noexcept;
  static void time_out(detail::timer& expired) noexcept;
  static void time_out_token(detail::timer& expired) noexcept;
  /// The rest of `begin_park`: links it to the timers and the token of `until`.
  [[nodiscard, gnu::noinline]] detail::task_record* limit_and_pick(until until) noexcept;
  /// Makes `limit` the earlier of its time and its token's deadline, and says what that does.
  [[nodiscard]] on_expire_function link_to_token(until& limit) noexcept;
  /// Unlinks it from timers and token, and the others of its set.
  void leave_ties() noexcept;
  void leave_timers_and_token() noexcept;

  const char* what_;
  const void* object_ = nullptr;
  time_point since_;
  detail::task_record* task_ = nullptr;  ///< parked here; null when not (yet, or any more)
  errc outcome_{};
  int fd_ = -1;
  on_cancel on_cancel_ = on_cancel::end;
  static constexpr std::uint8_t token_tie = 1;  ///< `token_link_` has been made
  static constexpr std::uint8_t set_tie = 2;    ///< `set_` has meaning
  std::uint8_t ties_ = 0;
  union {
    detail::token_link token_link_;  // NOLINT(readability-identifier-naming): private
  };
  union {                    // so that nobody pays for it
    detail::wait_set* set_;  // NOLINT(readability-identifier-naming): private
  };
};

inline wait& waiting_place::front() const noexcept {
  assert_hub();
  return waits_.front();
}

inline wait* waiting_place::first() const noexcept { return empty() ? nullptr : &front(); }

inline wait* waiting_place::after(const wait& waiting) const noexcept {
  return waits_.after(waiting);
}

inline void waiting_place::add(wait& arrived) noexcept {
  assert_hub();
  waits_.push_back(arrived);
}

inline bool waiting_place::wake_one(errc outcome) noexcept {
  return !waits_.empty() && front().wake(outcome);
}

inline std::size_t waiting_place::wake_all(errc outcome) noexcept {
  std::size_t woken = 0;
  for (; wake_one(outcome); ++woken) {
  }
  return woken;
}

inline bool wait::wake(errc outcome) noexcept {
  detail::hub_face* const hub = detail::this_hub;
  if (task_ == nullptr || hub == nullptr)
    return false;  // no hub: a forked child, its tasks not here
  hub->ready.push(claim(outcome));
  return true;
}

inline detail::task_record& wait::claim(errc outcome) noexcept {
  if (!untied()) leave_ties();
  return claim_untied(outcome);
}

inline detail::task_record& wait::claim_untied(errc outcome) noexcept {
  detail::task_record& task = *task_;
  detail::list_hook<detail::place_tag>::unlink();
  outcome_ = outcome;
  task.parked_on = nullptr;
  task_ = nullptr;
  return task;
}

}  // namespace weir
