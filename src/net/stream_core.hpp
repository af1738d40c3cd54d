// SPDX-License-Identifier: MIT
// What is behind a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <weir/error.hpp>
#include <weir/stream.hpp>
#include <weir/until.hpp>

#include "net/read_ahead.hpp"
#include "net/transport.hpp"

namespace weir::detail {

/// A transport with what was read ahead. Stays until the last task that is in one of its calls has
/// left it, though the stream may have been destroyed by then.
/// Invariant: at most one task is in a reading call, and one in a writing call.
class stream_core {
 public:
  explicit stream_core(std::unique_ptr<transport> through) noexcept
      : transport_(std::move(through)) {}

  [[nodiscard]] result<std::size_t> send_some(std::span<const std::byte> bytes, until until);
  [[nodiscard]] result<void> send(std::span<const std::byte> bytes, until until);
  [[nodiscard]] result<std::size_t> recv(std::span<std::byte> into, until until);
  [[nodiscard]] result<void> recv_exactly(std::span<std::byte> into, until until);
  [[nodiscard]] result<std::string> recv_until(std::string_view delimiter, std::size_t most,
                                               until until);
  [[nodiscard]] result<void> shutdown();
  result<void> close() noexcept;

  [[nodiscard]] bool open() const noexcept { return open_; }
  [[nodiscard]] address local() const { return open_ ? transport_->local() : address{}; }
  [[nodiscard]] address remote() const { return open_ ? transport_->remote() : address{}; }
  [[nodiscard]] std::uint64_t sent_count() const noexcept { return sent_; }
  [[nodiscard]] std::uint64_t received_count() const noexcept { return received_; }

  /// The stream is gone: closes, and destroys itself once no task is in it any more.
  void release() noexcept;

 private:
  class visit;

  void delete_if_left() noexcept;
  [[nodiscard]] std::error_code refusal(bool side_in_use) const;
  [[nodiscard]] result<std::size_t> receive(std::span<std::byte> into, until until);
  [[nodiscard]] result<void> receive_ahead(until until);
  [[nodiscard]] std::optional<result<std::string>> take_line(std::string_view delimiter,
                                                             std::size_t most,
                                                             std::size_t searched);
  [[nodiscard]] result<std::size_t> send_once(std::span<const std::byte> bytes, until until);

  std::unique_ptr<transport> transport_;
  read_ahead ahead_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  bool open_ = true;
  bool reading_ = false;
  bool writing_ = false;
  bool released_ = false;
};

[[nodiscard]] stream make_stream(std::unique_ptr<transport> through);

}  // namespace weir::detail
