// SPDX-License-Identifier: MIT
// Capturing where a task stands, as addresses; symbols.hpp says what they mean.
//
// Captured are return addresses, the innermost first: one past the call that each frame is in. The
// first of an interrupted task is one past where the instruction begins that it stands at, so that
// for all of them the address before is that of the code meant.
//
// All of it reads nothing outside of the stack in question, ends on any stack however damaged, and
// allocates nothing, takes no lock and touches no errno: it is for signal handlers, too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <weir/detail/record.hpp>

namespace weir::detail {

enum class trace_end : std::uint8_t {
  complete,
  full,  ///< there are more frames than room
  lost   ///< the next frame cannot be found: no unwind information, or a damaged stack
};

struct captured_trace {
  std::size_t size = 0;  ///< addresses written
  trace_end end = trace_end::complete;
};

/// So many frames of a task are looked at; the outermost of more are left out.
inline constexpr std::size_t most_frames = 128;
using trace_buffer = std::array<const void*, most_frames>;

/// The trace of the calling code: the first address is in the caller.
[[gnu::noinline]] captured_trace capture_here(std::span<const void*> into) noexcept;

/// The trace of the code that a signal interrupted, from the handler's third argument, on this
/// thread: from within a handler `capture_here` would stand on the handler's stack.
captured_trace capture_interrupted(const void* ucontext, std::span<const void*> into) noexcept;

/// The trace of a task that has started and does not run. On its hub's thread only.
captured_trace capture_parked(const task_record& parked, std::span<const void*> into) noexcept;

/// Where this thread's own stack lies, as far as that has been asked for: to be called once on each
/// thread that is not to be traced from signal handlers only, since it allocates. Without it, the
/// traces of code on a thread's own stack have one address.
void remember_thread_stack() noexcept;

}  // namespace weir::detail
