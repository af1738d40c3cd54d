// SPDX-License-Identifier: MIT
// Which hub the calling thread has.
#pragma once

namespace weir::detail {

struct hub_face;

/// The hub of this thread; null where there is none.
extern constinit thread_local hub_face* this_hub;

}  // namespace weir::detail
