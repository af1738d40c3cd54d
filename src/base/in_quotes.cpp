// SPDX-License-Identifier: MIT
#include "base/in_quotes.hpp"

#include <cstddef>

#include <fmt/core.h>

#include "base/utf8.hpp"

namespace weir::detail {
namespace {

void append_byte(std::string& line, char byte) {
  switch (byte) {
    case '"': line += "\\\""; return;
    case '\\': line += "\\\\"; return;
    case '\n': line += "\\n"; return;
    case '\r': line += "\\r"; return;
    case '\t': line += "\\t"; return;
    default: break;
  }
  const auto number = static_cast<unsigned char>(byte);
  const bool printable = number >= 0x20 && number < 0x7f;
  printable ? line += byte : line += fmt::format("\\x{:02x}", number);
}

}  // namespace

std::string in_quotes(std::string_view text) {
  std::string line = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length < 2) {
      append_byte(line, text.front());
      text.remove_prefix(1);
    } else {
      line += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return line += '"';
}

}  // namespace weir::detail
