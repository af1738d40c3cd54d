// SPDX-License-Identifier: MIT
#include "base/utf8.hpp"

namespace weir::detail {
namespace {

/// What the first byte says of the character: how long it is, and where its second byte may lie.
struct form {
  std::size_t length;
  unsigned char lowest;
  unsigned char highest;
};

form form_of(unsigned char first) noexcept {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xc2) return {0, 0, 0};  // not a first byte, or one of an overlong form
  if (first < 0xe0) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};  // no surrogates
  if (first < 0xf0) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first < 0xf4) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};  // up to U+10FFFF
  return {0, 0, 0};
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  const form expected = form_of(static_cast<unsigned char>(text.front()));
  if (expected.length > text.size()) return 0;
  if (expected.length < 2) return expected.length;
  const auto second = static_cast<unsigned char>(text[1]);
  if (second < expected.lowest || second > expected.highest) return 0;
  for (const char next : text.substr(2, expected.length - 2)) {
    if ((static_cast<unsigned char>(next) & 0xc0U) != 0x80) return 0;
  }
  return expected.length;
}

}  // namespace weir::detail
