// SPDX-License-Identifier: MIT
// The sends of a stream that gathers.
#pragma once

#include <cstddef>
#include <span>
#include <system_error>

#include <weir/detail/timer.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/waiting_place.hpp>

#include "core/gathering.hpp"
#include "core/poller.hpp"
#include "net/byte_queue.hpp"
#include "net/transport.hpp"

namespace weir::detail {

/// Told when a stream that was closed with bytes unsent has nothing more to send.
class gathered_owner {
 public:
  gathered_owner() noexcept = default;
  gathered_owner(const gathered_owner&) = delete;
  gathered_owner& operator=(const gathered_owner&) = delete;
  virtual ~gathered_owner() = default;

  /// May destroy the gathered sends.
  virtual void all_sent() noexcept = 0;
};

/// Keeps small sends until their task stops running, then hands them to the transport with one
/// call that does not park. What the transport does not take stays here, and is sent when it can
/// be.
///
/// Invariant: `kept_` is empty, or this is on the hub's list of gatherers (nothing was tried yet),
/// or on its list of unsent ones and the transport has its listener. While something is kept,
/// only `send_kept` sends through the transport.
class gathered_sends final : public gatherer, public writable_listener, private timer {
 public:
  gathered_sends(transport& through, gathered_owner& owner) noexcept
      : transport_(through), owner_(owner) {}
  gathered_sends(const gathered_sends&) = delete;
  gathered_sends& operator=(const gathered_sends&) = delete;
  ~gathered_sends();

  /// The most bytes that one `send` can keep.
  static constexpr std::size_t most = std::size_t{16} * 1024;

  /// Keeps `bytes`. Parks while there is no room; on an error none is kept.
  [[nodiscard]] result<void> send(std::span<const std::byte> bytes, until until);
  /// Keeps as many as there is room for, at least one. Parks while there is none.
  [[nodiscard]] result<std::size_t> send_some(std::span<const std::byte> bytes, until until);
  /// Parks until the transport has everything. `until` is then what is left for more of the call.
  [[nodiscard]] result<void> flush(until& until);
  /// Nothing more will be sent: the peer is told behind what is kept.
  [[nodiscard]] result<void> finish() noexcept;
  /// No task will send any more; whether something is on its way yet, and the owner will be told.
  [[nodiscard]] bool close() noexcept;

  /// Why kept bytes were lost, once, if no call has said so yet.
  [[nodiscard]] std::error_code take_late_error() noexcept;

  void hand_over() noexcept override;
  void writable() noexcept override;
  void limit() noexcept override;

 private:
  [[nodiscard]] std::size_t room() const noexcept { return most - kept_.size(); }
  [[nodiscard]] bool on_its_way() const noexcept { return list_hook<unsent_tag>::linked(); }
  [[nodiscard]] result<void> make_room(std::size_t size, until until);
  void keep(std::span<const std::byte> bytes);
  void send_kept() noexcept;
  void give_up(std::error_code why) noexcept;
  void settle() noexcept;

  transport& transport_;
  gathered_owner& owner_;
  byte_queue kept_;
  waiting_place emptied_;   ///< one at most, until `kept_` is empty
  std::error_code broken_;  ///< why kept bytes were lost; nothing may be sent behind the gap
  bool told_ = false;       ///< someone was told of `broken_`
  bool finished_ = false;
  bool closed_ = false;
};

}  // namespace weir::detail
