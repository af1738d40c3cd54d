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

#include <weir/detail/cache_line.hpp>
#include <weir/error.hpp>
#include <weir/stream.hpp>
#include <weir/until.hpp>
#include <weir/waiting_place.hpp>

#include "net/byte_queue.hpp"
#include "net/gathered_sends.hpp"
#include "net/transport.hpp"

namespace weir::detail {

/// A transport with what was read ahead. Stays until the last task that is in one of its calls has
/// left it, though the stream may have been destroyed by then.
/// Invariant: at most one task is in a reading call, and one in a writing call.
class alignas(cache_line) stream_core final : public gathered_owner {
 public:
  stream_core(std::unique_ptr<transport> through, bool gather);
  stream_core(const stream_core&) = delete;
  stream_core& operator=(const stream_core&) = delete;
  ~stream_core() override = default;

  [[nodiscard]] result<std::size_t> send_some(std::span<const std::byte> bytes, until until);
  [[nodiscard]] result<void> send(std::span<const std::byte> bytes, until until);
  [[nodiscard]] result<std::size_t> recv(std::span<std::byte> into, until until);
  [[nodiscard]] result<void> recv_exactly(std::span<std::byte> into, until until);
  [[nodiscard]] result<std::string> recv_until(std::string_view delimiter, std::size_t most,
                                               until until);
  [[nodiscard]] result<void> flush(until until);
  [[nodiscard]] result<void> shutdown();
  result<void> close(until until);

  [[nodiscard]] bool open() const noexcept { return open_; }
  [[nodiscard]] address local() const { return open_ ? transport_->local() : address{}; }
  [[nodiscard]] address remote() const { return open_ ? transport_->remote() : address{}; }
  [[nodiscard]] std::uint64_t sent_count() const noexcept { return sent_; }
  [[nodiscard]] std::uint64_t received_count() const noexcept { return received_; }

  /// The stream is gone: closes, and destroys itself once no task is in it any more and what it
  /// had gathered is on its way.
  void release() noexcept;
  void all_sent() noexcept override;

 private:
  class visit;

  void begin_close() noexcept;
  void delete_if_left() noexcept;
  [[nodiscard]] std::error_code refusal(const until& given, bool side_in_use);
  [[nodiscard]] std::error_code late_error() noexcept;
  [[nodiscard]] bool gathers(std::size_t size) const noexcept {
    return gathered_ != nullptr && size <= gathered_sends::most;
  }
  [[nodiscard]] result<std::size_t> receive(std::span<std::byte> into, until& until);
  [[nodiscard]] result<void> receive_ahead(until& until);
  [[nodiscard]] std::optional<result<std::string>> take_line(std::string_view delimiter,
                                                             std::size_t most,
                                                             std::size_t searched);
  [[nodiscard]] result<std::size_t> send_once(std::span<const std::byte> bytes, until& until);

  // What every call reads stands first, in one cache line.
  std::unique_ptr<transport> transport_;
  std::unique_ptr<gathered_sends> gathered_;  ///< null unless it gathers
  bool open_ = true;
  bool reading_ = false;
  bool writing_ = false;
  bool closing_ = false;
  bool lingers_ = false;  ///< closed, and what was gathered is on its way
  bool released_ = false;
  byte_queue ahead_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  waiting_place all_sent_;  ///< one at most: who closes
};

[[nodiscard]] stream make_stream(std::unique_ptr<transport> through, bool gather);

}  // namespace weir::detail
