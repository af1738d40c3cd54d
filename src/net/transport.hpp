// SPDX-License-Identifier: MIT
// What a stream sends and receives through: a socket, or memory in tests.
#pragma once

#include <cstddef>
#include <span>

#include <weir/address.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

#include "core/poller.hpp"

namespace weir::detail {

/// One task at a time reads, one writes. `receive` and `send` park and are cancel points on every
/// call; whatever they return, they have not parked since the bytes were moved. `until` is as the
/// poller's.
class transport {
 public:
  virtual ~transport() = default;

  /// Bytes received; 0 at the end of the stream. Precondition: `into` is not empty.
  [[nodiscard]] virtual result<std::size_t> receive(std::span<std::byte> into, until& until) = 0;
  /// Bytes sent, at least one. Precondition: `bytes` is not empty.
  [[nodiscard]] virtual result<std::size_t> send(std::span<const std::byte> bytes,
                                                 until& until) = 0;
  /// Bytes sent at once; 0 where none can be now. Does not park, and is no cancel point.
  [[nodiscard]] virtual result<std::size_t> try_send(std::span<const std::byte> bytes) noexcept = 0;
  /// Tells `listener`, once, when sending is worth another try; closing drops it untold.
  /// Precondition: `try_send` has just returned 0.
  virtual void when_writable(writable_listener& listener) noexcept = 0;
  /// Ends all receiving, which returns `errc::closed` from now on; the transport stays open.
  virtual void close_reading() noexcept = 0;
  [[nodiscard]] virtual result<void> finish_sending() = 0;
  /// Closes, and ends both sides' waiting with `errc::closed`.
  virtual void close() noexcept = 0;

  [[nodiscard]] virtual address local() const = 0;
  [[nodiscard]] virtual address remote() const = 0;
};

}  // namespace weir::detail
