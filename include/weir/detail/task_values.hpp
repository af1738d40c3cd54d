// SPDX-License-Identifier: MIT
// What `task_local`s hold in a task: a set of values, `task_record::values`, which a task and those
// it spawns have in common until one of them sets another.
//
// Invariant: nothing is ever changed in a set that is shared.
#pragma once

#include <cstdint>
#include <memory>

namespace weir::detail {

struct task_record;

/// A number that no other `task_local` of the process has.
[[nodiscard]] std::uint64_t new_value_key() noexcept;

/// The current task's; null: none has been set, or there is no task. Valid until `put_value` for
/// the same key, or the task's end.
[[nodiscard]] const void* find_value(std::uint64_t key) noexcept;
/// Sets the current task's. Throws `logic_error` where there is none, and `bad_alloc`; nothing has
/// changed then.
void put_value(std::uint64_t key, std::shared_ptr<const void> value);

/// Gives a new task those of `parent`, which has extras.
void inherit_values(task_record& child, const task_record& parent) noexcept;

}  // namespace weir::detail
