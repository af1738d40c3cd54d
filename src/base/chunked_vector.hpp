// SPDX-License-Identifier: MIT
// Objects by number that stay where they are.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace weir::detail {

/// A vector that grows by `Chunk` elements at a time and never moves one. A power of two, so that
/// finding one takes no division, as it does in a deque.
template <class T, std::size_t Chunk>
class chunked_vector {
  static_assert(Chunk > 0 && (Chunk & (Chunk - 1)) == 0, "Chunk is a power of two");

 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Precondition: `number` is less than `size()`.
  [[nodiscard]] T& operator[](std::size_t number) noexcept {
    return (*chunks_[number / Chunk])[number % Chunk];
  }

  void emplace_back() {
    if (size_ == chunks_.size() * Chunk) {
      chunks_.push_back(std::make_unique<std::array<T, Chunk>>());
    }
    ++size_;
  }

 private:
  std::vector<std::unique_ptr<std::array<T, Chunk>>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace weir::detail
