// SPDX-License-Identifier: MIT
// Seeing all tasks of a program that runs, by sending it a signal.
#pragma once

#include <cstdint>

namespace weir {

enum class dump_format : std::uint8_t {
  text,  ///< for people, see `to_text`
  json   ///< one line, see `to_json`
};

/// Has SIGUSR1 log what `task_dump` shows of this thread's hub, in `format`, until the hub ends;
/// the program runs on. `kill -USR1` then shows where a program stands.
///
/// Does not park. Called again, it changes the format. Where several hubs have called this, each
/// logs a dump of its own. After each signal a dump begins; signals that come before it has begun
/// share it. The dump is made and the logger called in a task of weir's own, which is neither
/// counted nor shown, keeps no hub alive and hides no deadlock. What the program did on SIGUSR1
/// before does not happen meanwhile, and comes back with the end of the last such hub. Where all
/// threads block SIGUSR1, none arrives.
///
/// Throws `logic_error` if this thread has no hub, and `system_error` if there is no fd or no stack
/// for it, or if the hub is being stopped. LEV: `enable_dump_signal`.
void enable_dump_signal(dump_format format = dump_format::text);

}  // namespace weir
