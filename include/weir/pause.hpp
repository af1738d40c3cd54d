// SPDX-License-Identifier: MIT
// Handing control from one task to another by name: Levee's coroutine calls, typed.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir {

/// Names a task, also when it has ended. Copyable; belongs to the hub that made it.
class task_ref {
 public:
  task_ref() noexcept = default;
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  friend bool operator==(const task_ref&, const task_ref&) = default;

  /// For weir: a task of the hub numbered `hub`.
  task_ref(const detail::task_record& task, std::uint64_t hub) noexcept
      : stack_(task.stack), id_(task.id), hub_(hub) {}
  /// For weir: the task, if it has not ended and belongs to this thread's hub; else null.
  [[nodiscard]] detail::task_record* find() const noexcept;

 private:
  const detail::stack* stack_ =
      nullptr;  ///< stays valid when the task does not; null: the thread's
  std::uint64_t id_ = 0;
  std::uint64_t hub_ = 0;  ///< of all hubs of the process; tells a ref that has outlived its hub
};

/// The calling task. Throws `logic_error` where there is no hub.
[[nodiscard]] task_ref current();

namespace detail {

inline constexpr char paused[] = "pause";

/// One address for each type, to tell whether pause and resume speak of the same.
template <class T>
inline constexpr char type_mark = 0;

/// The wait of a paused task; resumed with `error`, or with what `pause_of` holds.
struct pause_wait : wait {
  explicit pause_wait(const void* type) noexcept : wait(paused, type) {}
  std::error_code error;
};

template <class T>
struct pause_of : pause_wait {
  pause_of() noexcept : pause_wait(&type_mark<T>) {}
  result<T> value = failure(errc::not_paused);
};

/// The wait a task is paused in, for a value of that type (null: of any); null if it is not.
[[nodiscard]] pause_wait* find_paused(const task_ref& ref, const void* type) noexcept;
/// The same, with `value` put there.
template <class T>
[[nodiscard]] pause_wait* find_and_fill(const task_ref& ref, T&& value) {
  using paused_for = std::decay_t<T>;
  pause_wait* const found = find_paused(ref, &type_mark<paused_for>);
  if (found != nullptr) static_cast<pause_of<paused_for>*>(found)->value = std::forward<T>(value);
  return found;
}

/// `errc::not_paused` for null; else queues the task that is paused there.
[[nodiscard]] result<void> resume_found(pause_wait* found) noexcept;
/// Queues the current task and picks the one paused in `target` to run at once.
[[nodiscard]] task_record* begin_switch_to(wait& target) noexcept;

[[gnu::always_inline]] inline result<void> switch_to_found(pause_wait* found) {
  if (found == nullptr) return failure(errc::not_paused);
  task_record& self = *this_hub->current;
  finish_switch(self, begin_switch_to(*found));
  return {};
}

}  // namespace detail

/// Waits until another task resumes this one with a `T`.
///
/// Parks until resumed, `until` passes or this task is cancelled. Errors: the one it was resumed
/// with, `errc::timed_out`, `errc::cancelled`, `errc::deadlock` (when nothing could wake any
/// task; see `errc`). Levee: `pause`.
template <class T = void>
[[nodiscard]] result<T> pause(until until = {}) {
  detail::pause_of<T> here;
  if (auto parked = here.park(until); !parked) return std::unexpected(parked.error());
  if (here.error) return std::unexpected(here.error);
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(here.value);
  }
}

/// Hands `value` to the task `ref` names, which is queued to run.
///
/// Does not park. Errors: `errc::not_paused` if the task is not paused for a value of exactly this
/// type, was resumed already, or has ended; `value` is then left as it was. Moving or copying a `T`
/// must not park. Levee: `resume`.
template <class T>
[[nodiscard]] result<void> resume(const task_ref& ref, T&& value) {
  return detail::resume_found(detail::find_and_fill(ref, std::forward<T>(value)));
}

/// Resumes a task paused for nothing but the resuming: `pause<void>`.
[[nodiscard]] result<void> resume(const task_ref& ref);

/// Resumes a task with an error, whatever it is paused for.
[[nodiscard]] result<void> resume(const task_ref& ref, std::unexpected<std::error_code> error);

/// Hands `value` to the task `ref` names and runs it at once; this task is queued at the back.
///
/// Yields. Errors: as `resume`; then it does not yield. Levee: `switch_to`.
template <class T>
[[nodiscard]] result<void> switch_to(const task_ref& ref, T&& value) {
  return detail::switch_to_found(detail::find_and_fill(ref, std::forward<T>(value)));
}

[[nodiscard]] result<void> switch_to(const task_ref& ref);
[[nodiscard]] result<void> switch_to(const task_ref& ref, std::unexpected<std::error_code> error);

}  // namespace weir
