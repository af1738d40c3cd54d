// SPDX-License-Identifier: MIT
// Telling text in UTF-8 from other bytes.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir::detail {

/// How many bytes the character at the front takes; 0 if it is not valid UTF-8 (RFC 3629), as an
/// overlong form, a surrogate or what is cut short is not. Precondition: not empty.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

}  // namespace weir::detail
