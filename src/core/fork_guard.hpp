// SPDX-License-Identifier: MIT
// Keeps a forked child from using its parent's hub.
#pragma once

namespace weir::detail {

/// From the first call on, a child of fork(2) has no hub: it shares the parent's epoll instance,
/// and whatever it did there would be done to the parent. It may exec or exit.
void refuse_hubs_in_forked_children() noexcept;

/// Whether this process is such a child, and this thread had a hub when it was forked.
[[nodiscard]] bool forked_from_a_hub() noexcept;

}  // namespace weir::detail
