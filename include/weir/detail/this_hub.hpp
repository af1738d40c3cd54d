// SPDX-License-Identifier: MIT
// Which hub the calling thread has.
#pragma once

namespace weir::detail {

struct hub_face;

/// The hub of this thread; null where there is none.
extern constinit thread_local hub_face* this_hub;

/// Whether this thread's hub may use what was made where `maker` was `this_hub`: any may use what
/// was made on a thread without a hub, and a forked child may let go of its parent's.
[[nodiscard]] bool belongs_here(const hub_face* maker) noexcept;

}  // namespace weir::detail
