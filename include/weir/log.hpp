// SPDX-License-Identifier: MIT
// Where weir writes what it has to say by itself.
#pragma once

#include <functional>
#include <string_view>

namespace weir {

enum class log_level { info, warning, error };

/// Receives one message; `text` lives until it returns.
using logger = std::function<void(log_level, std::string_view text)>;

/// Sends everything weir reports by itself to `chosen`; an empty one goes back to stderr.
///
/// Process-wide, from any thread; survives the hubs. The logger is called on the thread that has
/// something to say, at times by the hub's loop, where it cannot park (calls answer `cancelled`);
/// what it throws is dropped, and the message goes to stderr instead. LEV: `set_logger`.
void set_logger(logger chosen);

}  // namespace weir
