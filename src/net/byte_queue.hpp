// SPDX-License-Identifier: MIT
// Bytes on their way: received and not asked for yet, or to be sent and not taken yet.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace weir::detail {

/// First in, first out; holds memory only while there are bytes in it.
class byte_queue {
 public:
  [[nodiscard]] bool empty() const noexcept { return taken_ == bytes_.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - taken_; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return std::span(bytes_).subspan(taken_);
  }
  [[nodiscard]] std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()) + taken_, size()};
  }

  /// Makes room for `size` bytes at once, for who is going to append them in small parts.
  void reserve(std::size_t size) { bytes_.reserve(taken_ + size); }

  void append(std::span<const std::byte> added) {
    if (added.empty()) return;
    if (taken_ > bytes_.size() / 2) {
      bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken_));
      taken_ = 0;
    }
    bytes_.insert(bytes_.end(), added.begin(), added.end());
  }

  /// Puts bytes that were taken back in front of the others.
  void put_back(std::span<const std::byte> returned) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    bytes_.insert(bytes_.begin(), returned.begin(), returned.end());
  }

  /// Takes as many bytes as there are and fit.
  std::size_t take(std::span<std::byte> into) noexcept {
    const std::size_t count = into.size() < size() ? into.size() : size();
    if (count > 0) std::memcpy(into.data(), bytes_.data() + taken_, count);
    drop(count);
    return count;
  }

  void clear() noexcept {
    std::vector<std::byte>().swap(bytes_);
    taken_ = 0;
  }

  void drop(std::size_t count) noexcept {
    taken_ += count;
    if (empty()) clear();
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t taken_ = 0;  ///< of the front of `bytes_`
};

}  // namespace weir::detail
