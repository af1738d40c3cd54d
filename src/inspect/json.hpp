// SPDX-License-Identifier: MIT
// Writes JSON (RFC 8259), in UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace weir::detail {

/// `text` as a string of JSON, quotes included; a byte that is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

/// What lies between two brackets, separated by commas.
class json_list {
 public:
  /// `element` is JSON.
  void add(std::string_view element);
  [[nodiscard]] std::string text() const { return "[" + elements_ + "]"; }

 private:
  std::string elements_;
};

class json_object {
 public:
  /// `value` is JSON.
  void add(std::string_view name, std::string_view value);
  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace weir::detail
