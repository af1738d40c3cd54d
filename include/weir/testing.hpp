// SPDX-License-Identifier: MIT
// For testing programs that use weir: time that costs none, chosen orders, and faults on demand.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <weir/hub.hpp>
#include <weir/stream.hpp>

namespace weir::testing {

/// A system call that a fault can be planned for.
enum class io_call : std::uint8_t { receive, send, accept, connect };

/// The `at`-th call (from 1) of its kind fails with `error`, or moves `at_most` bytes at most.
struct fault {
  io_call call = io_call::receive;
  std::size_t at = 1;
  int error = 0;            ///< an errno value, such as ECONNRESET; 0: the call is only cut short
  std::size_t at_most = 1;  ///< bytes, for receive and send without `error`
};

struct virtual_hub_options {
  /// Runs the tasks of each pass in an order drawn from this seed, to flush out assumptions.
  std::optional<std::uint64_t> shuffle_seed;
  std::vector<fault> faults;
  /// `spin` and `timer_grain` have no meaning here.
  hub_options hub;
};

/// A hub, as `weir::hub`, whose clock stands still, and leaps to the next deadline when nothing can
/// run until then; a wait of hours takes no time. It leaps only while no task waits for a real fd.
class virtual_hub {
 public:
  explicit virtual_hub(const virtual_hub_options& options = {});
  virtual_hub(const virtual_hub&) = delete;
  virtual_hub& operator=(const virtual_hub&) = delete;
  ~virtual_hub();

 private:
  std::unique_ptr<detail::hub_core> core_;
};

/// Runs all other tasks until none can go on without time passing. Parks; not a cancel point.
/// Throws `logic_error` on a thread without a hub.
void settle();

/// Moves the virtual clock on by `duration`, stopping at each deadline on the way to let everything
/// run that can. A negative duration is none; one too long ends a year before the clock's last
/// moment. Parks; not a cancel point. Throws `logic_error` without a virtual hub.
void advance(std::chrono::nanoseconds duration);

struct stream_pair_options {
  /// So many bytes fit each way (at least one); then a send waits until some are received.
  std::size_t capacity = std::size_t{64} * 1024;
  bool gather = false;  ///< small sends go together, see `stream`
};

/// Two streams joined in memory: what is sent into one is received from the other.
///
/// They do what streams over a network do, and have no addresses. Sending to an end that is closed,
/// or after `shutdown`, is `std::errc::broken_pipe`; what was sent before can still be received.
[[nodiscard]] std::pair<stream, stream> stream_pair(const stream_pair_options& options = {});

}  // namespace weir::testing
