// SPDX-License-Identifier: MIT
// A value for each task.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <weir/detail/task_values.hpp>

namespace weir {

/// A value that each task has its own of, and that the tasks it spawns begin with: a request's
/// number for the log, say. To be made once, mostly as a global; any hub may use it. A value is
/// destroyed when the last task that has it ends, before anyone who waits for that task goes on;
/// that may park. A task that never set or inherited any pays nothing.
template <class T>
class task_local {
 public:
  /// Tasks that have set and inherited nothing have `initial`.
  explicit task_local(T initial = T()) : initial_(std::move(initial)) {}
  task_local(const task_local&) = delete;
  task_local& operator=(const task_local&) = delete;
  ~task_local() = default;

  /// Sets it for this task and those that it spawns from now on. Does not park. Throws
  /// `logic_error` where there is no task, `bad_alloc`, and what moving `value` throws.
  void set(T value) { detail::put_value(key_, std::make_shared<const T>(std::move(value))); }

  /// This task's value; where there is no task, the initial one. Lives until this task sets another
  /// or ends, or as long as the `task_local`.
  [[nodiscard]] const T& operator*() const noexcept {
    const void* const found = detail::find_value(key_);
    return found == nullptr ? initial_ : *static_cast<const T*>(found);
  }
  [[nodiscard]] const T* operator->() const noexcept { return &**this; }

 private:
  T initial_;
  const std::uint64_t key_ = detail::new_value_key();
};

}  // namespace weir
