// SPDX-License-Identifier: MIT
// What can be seen of a task: who it is, what it waits for, where it stands.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <vector>

namespace weir {

enum class task_status : std::uint8_t {
  running,  ///< the one that asks
  ready,    ///< queued to run
  waiting,  ///< for what `waiting_for` says; for its start, if `spawn_later` made it
  done
};

/// Where a task's function is.
enum class coroutine_status : std::uint8_t { not_started, suspended, running, dead };

/// One function in a traceback.
struct stack_frame {
  std::string function;           ///< as it is written in a program; empty: unknown
  std::string file;               ///< source file; empty: `object` has no debug information there
  std::uint32_t line = 0;         ///< 0: unknown
  bool inlined = false;           ///< it has no frame of its own, but is part of the next one
  const void* address = nullptr;  ///< where its call returns to
  std::string object;  ///< the program or shared object that the code is in; empty: unknown

  friend bool operator==(const stack_frame&, const stack_frame&) = default;
};

/// A task at one moment. LEV: an entry of `task_tree` or `task_dump`.
struct task_info {
  std::uint64_t id = 0;         ///< counts from 1 in each hub
  std::uint64_t parent_id = 0;  ///< of the task that spawned it, which may have ended; 0: none
  std::string name;             ///< any bytes
  task_status status = task_status::waiting;
  coroutine_status co_status = coroutine_status::suspended;
  bool detached = false;
  std::source_location spawned_at;  ///< line 0: by nobody, or see `spawned_from`
  /// The code that called `all` or `race`, for a task that one of them made; else its address is
  /// null. Only `task_dump` fills in more than the address.
  stack_frame spawned_from;
  std::string waiting_for;  ///< such as "pipe.recv (0x5581e0)" or "fd.read (fd 5)"
  std::optional<std::chrono::nanoseconds> waiting_since;  ///< so long ago; none: not known
  /// Only from `task_dump`: the innermost frame first. Of frames of weir that follow each other,
  /// only the one stays that other code called; a task that has not started has none.
  std::vector<stack_frame> traceback;
  std::string traceback_note;  ///< what is missing in it, and why; empty: nothing
};

/// For people: one line per task, indented below its parent, the traceback under it.
[[nodiscard]] std::string to_text(std::span<const task_info> tasks);
/// The traceback alone, one line per frame, each ended by a newline.
[[nodiscard]] std::string to_text(std::span<const stack_frame> traceback);
/// An array of objects whose members have the names above, in UTF-8 (what is not valid in a name
/// becomes U+FFFD). Addresses are strings in hexadecimal, durations seconds; what is not known is
/// null.
[[nodiscard]] std::string to_json(std::span<const task_info> tasks);

}  // namespace weir
