// SPDX-License-Identifier: MIT
// Bytes to be sent and room for bytes to be received, in whatever the caller keeps them.
#pragma once

#include <cstddef>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>

namespace weir {

namespace detail {

template <class T>
concept byte_like =
    std::is_same_v<std::remove_cv_t<T>, std::byte> || std::is_same_v<std::remove_cv_t<T>, char> ||
    std::is_same_v<std::remove_cv_t<T>, unsigned char> ||
    std::is_same_v<std::remove_cv_t<T>, char8_t>;

template <class Range>
concept byte_range = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
                     byte_like<std::remove_reference_t<std::ranges::range_reference_t<Range>>>;

}  // namespace detail

/// Bytes to be read: converts from any contiguous range of bytes or characters. Owns nothing. A
/// string literal, or any other constant array of char, counts without a NUL at its end.
class const_buffer {
 public:
  template <detail::byte_range Range>
    requires(!std::is_convertible_v<const Range&, std::string_view>)
  const_buffer(const Range& range) noexcept
      : bytes_(std::as_bytes(std::span(std::ranges::data(range), std::ranges::size(range)))) {}
  template <class Text>
    requires(std::is_convertible_v<const Text&, std::string_view> && !std::is_array_v<Text>)
  const_buffer(const Text& text) noexcept : bytes_(bytes_of(text)) {}
  template <std::size_t Size>
  const_buffer(const char (&literal)[Size]) noexcept
      : bytes_(bytes_of({literal, literal[Size - 1] == '\0' ? Size - 1 : Size})) {}
  template <std::size_t Size>
  const_buffer(char (&characters)[Size]) noexcept : bytes_(bytes_of({characters, Size})) {}

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  static std::span<const std::byte> bytes_of(std::string_view text) noexcept {
    return std::as_bytes(std::span(text));
  }

  std::span<const std::byte> bytes_;
};

/// Room to be written: converts from any contiguous range of writable bytes or characters.
class mutable_buffer {
 public:
  template <detail::byte_range Range>
    requires(!std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<Range>>>)
  mutable_buffer(Range&& range) noexcept  // NOLINT(cppcoreguidelines-missing-std-forward): a view
      : bytes_(
            std::as_writable_bytes(std::span(std::ranges::data(range), std::ranges::size(range)))) {
  }

  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

}  // namespace weir
