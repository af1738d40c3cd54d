// SPDX-License-Identifier: MIT
// Any bytes as text for one line of a report.
#pragma once

#include <string>
#include <string_view>

namespace weir::detail {

/// In quotes; what would end the line or the quotes, or is not UTF-8, is written as in a program:
/// `\n`, `\"`, `\xff`.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace weir::detail
