// SPDX-License-Identifier: MIT
#include "inspect/json.hpp"

#include <cstddef>

#include <fmt/core.h>

#include "base/utf8.hpp"

namespace weir::detail {
namespace {

void append_byte(std::string& json, char byte) {
  const auto number = static_cast<unsigned char>(byte);
  if (byte == '"' || byte == '\\') {
    json += '\\';
    json += byte;
  } else if (number < 0x20 || number == 0x7f) {
    json += fmt::format("\\u{:04x}", number);
  } else {
    json += byte;
  }
}

void separate(std::string& list) {
  if (!list.empty()) list += ',';
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string json = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    switch (length) {
      case 0: json += "\\ufffd"; break;
      case 1: append_byte(json, text.front()); break;
      default: json += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return json += '"';
}

void json_list::add(std::string_view element) {
  separate(elements_);
  elements_ += element;
}

void json_object::add(std::string_view name, std::string_view value) {
  separate(members_);
  members_ += json_string(name);
  members_ += ':';
  members_ += value;
}

}  // namespace weir::detail
