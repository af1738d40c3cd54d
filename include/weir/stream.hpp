// SPDX-License-Identifier: MIT
// Bytes both ways: what TCP and its like have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <weir/address.hpp>
#include <weir/buffer.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir {

namespace detail {

class stream_core;
struct stream_release {
  void operator()(stream_core* core) const noexcept;
};

}  // namespace detail

/// A connection. Move-only; destroying it closes it. One task may read and one write at a time.
///
/// A stream that gathers (`gather` in the options it was opened with) keeps small sends until its
/// task next stops running, has sent 16 KiB or calls `flush`, and sends them with one system call.
/// What the system does not take then, the hub sends when it can. An error that this meets is
/// returned by the stream's next call, whichever it is, and nothing is sent any more.
///
/// Every call that can park also ends with `errc::timed_out` when its `until` passes,
/// `errc::cancelled` when the task is cancelled, `errc::busy` when another task is at the same
/// side, `errc::closed` when it was closed here, and with the system's errors (`ECONNRESET`,
/// `EPIPE` and so on, as `std::errc` names them).
class stream {
 public:
  stream() noexcept = default;
  /// For weir.
  explicit stream(std::unique_ptr<detail::stream_core, detail::stream_release> core) noexcept;
  stream(stream&&) noexcept = default;
  stream& operator=(stream&&) noexcept = default;
  ~stream() = default;

  /// Sends all of `bytes`; the system has them when it returns, or the stream if it gathers. Parks.
  /// On an error part of them may have gone: `sent_count` tells. LEV: `send`.
  [[nodiscard]] result<void> send(const_buffer bytes, until until = {});
  /// Sends as much as goes at once, at least a byte (unless there is none). Parks until some does.
  [[nodiscard]] result<std::size_t> send_some(const_buffer bytes, until until = {});

  /// Receives what there is, at least a byte (unless there is no room). Parks until there is some.
  /// Errors: `errc::closed` too when the peer has sent all it will. LEV: `recv`.
  [[nodiscard]] result<std::size_t> recv(mutable_buffer into, until until = {});
  /// Fills `into`. Parks. On any error nothing was taken: what had come stays to be received.
  /// LEV: `recv_exactly`.
  [[nodiscard]] result<void> recv_exactly(mutable_buffer into, until until = {});
  /// Receives up to and including `delimiter`. Parks. Errors: `std::errc::message_size` too when
  /// more than `most` bytes would be needed, `std::errc::invalid_argument` for an empty delimiter.
  /// On any error nothing was taken: what had come stays to be received. LEV: `recv_until`.
  [[nodiscard]] result<std::string> recv_until(std::string_view delimiter, std::size_t most,
                                               until until = {});

  /// Waits until the system has all that was gathered. Parks.
  [[nodiscard]] result<void> flush(until until = {});
  /// Tells the peer that nothing more will be sent; receiving goes on. Does not park.
  /// Errors: `errc::closed`, the system's (shutdown(2)).
  [[nodiscard]] result<void> shutdown();
  /// Closes it, and wakes who reads or writes with `errc::closed`. Parks only for gathered bytes
  /// that the system has not taken; at an error they are left to the hub, as by the destructor,
  /// which tries for `hub_options::linger`, drops the rest, and logs it. It is closed in any case.
  /// Errors: `errc::closed` if it was closed already.
  result<void> close(until until = {});
  [[nodiscard]] bool open() const noexcept;

  /// The addresses of the two sides; none when it is closed or the system does not know.
  [[nodiscard]] address local() const;
  [[nodiscard]] address remote() const;

  /// Bytes the system, or the gathering stream, has taken so far, and bytes handed to callers.
  [[nodiscard]] std::uint64_t sent_count() const noexcept;
  [[nodiscard]] std::uint64_t received_count() const noexcept;

 private:
  std::unique_ptr<detail::stream_core, detail::stream_release> core_;
};

}  // namespace weir
