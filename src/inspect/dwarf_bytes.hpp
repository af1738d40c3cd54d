// SPDX-License-Identifier: MIT
// Reads the numbers that unwind information is written in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::detail {

/// A place in bytes that are known to be well-formed: the program's own unwind information.
class dwarf_bytes {
 public:
  explicit dwarf_bytes(const void* begin) noexcept : at_(static_cast<const std::byte*>(begin)) {}

  [[nodiscard]] const std::byte* at() const noexcept { return at_; }
  void skip(std::size_t bytes) noexcept { at_ += bytes; }

  /// A number of fixed size, in the processor's order.
  template <class Number>
  [[nodiscard]] Number read() noexcept {
    Number number;
    std::memcpy(&number, at_, sizeof number);
    at_ += sizeof number;
    return number;
  }

  [[nodiscard]] std::uint64_t uleb() noexcept { return leb().value; }

  [[nodiscard]] std::int64_t sleb() noexcept {
    const leb_number read = leb();
    const bool negative = (read.last & 0x40U) != 0 && read.bits < 64;
    return static_cast<std::int64_t>(negative ? read.value | ~std::uint64_t{} << read.bits
                                              : read.value);
  }

 private:
  struct leb_number {
    std::uint64_t value;
    unsigned bits;
    unsigned last;
  };

  leb_number leb() noexcept {
    leb_number read{};
    do {
      read.last = this->read<std::uint8_t>();
      if (read.bits < 64) read.value |= std::uint64_t{read.last & 0x7FU} << read.bits;
      read.bits += 7;
    } while ((read.last & 0x80U) != 0);
    return read;
  }

  const std::byte* at_;
};

}  // namespace weir::detail
