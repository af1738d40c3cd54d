// SPDX-License-Identifier: MIT
// Keeps a forked child from using its parent's hub: it has none, as it shares the parent's epoll
// instance, and whatever it did there would be done to the parent. It may exec or exit.
#pragma once

namespace weir::detail {

struct task_record;

/// In a child: the task of the parent's hub that called fork(2) on this thread, which goes on
/// standing on its stack; else null.
[[nodiscard]] const task_record* task_that_forked() noexcept;

/// Ends such a child, which has returned from that task's function: there is nothing to go on with.
[[noreturn]] void end_stray_child() noexcept;

}  // namespace weir::detail
