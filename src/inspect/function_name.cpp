// SPDX-License-Identifier: MIT
#include "inspect/function_name.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <system_error>

#include <cxxabi.h>

namespace weir::detail {
namespace {

constexpr std::size_t longest_name = 4096;  // for people; the linker's may be longer still
constexpr std::string_view operator_word = "operator";
constexpr std::string_view unnamed_scope = "(anonymous namespace)";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

int depth_change(char character) noexcept {
  switch (character) {
    case '<':
    case '(':
    case '{': return 1;
    case '>':
    case ')':
    case '}': return -1;
    default: return 0;
  }
}

/// Where the parameters begin, or the text ends.
std::size_t end_of_name(std::string_view name) noexcept {
  int depth = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (depth > 0) {
      depth += depth_change(name[at]);
      continue;
    }
    const std::string_view rest = name.substr(at);
    if (rest.starts_with(operator_word)) {  // whatever brackets it may consist of
      const std::size_t symbol = at + operator_word.size();
      return std::min(name.find('(', name.substr(symbol).starts_with("()") ? symbol + 2 : symbol),
                      name.size());
    }
    if (rest.starts_with(unnamed_scope)) {
      at += unnamed_scope.size() - 1;
    } else if (rest.front() == '(' || rest.front() == ' ') {
      return at;
    } else {
      depth += depth_change(rest.front());
    }
  }
  return name.size();
}

std::string_view without_own_arguments(std::string_view name) noexcept {
  if (!name.ends_with('>')) return name;
  int depth = 0;
  for (std::size_t at = name.size(); at > 0; --at) {
    depth += depth_change(name[at - 1]);
    if (depth != 0) continue;
    const std::string_view rest = name.substr(0, at - 1);
    return rest.ends_with(operator_word) ? name : rest;  // operator<=> has none
  }
  return name;
}

/// The scopes and the name of a function that the demangler does not know all of: newer compilers
/// write constraints, too. `_ZN4weir3allITpTk...` becomes "weir::all".
std::string plain_scopes(const std::string& linkage) {
  std::string_view rest = linkage;
  if (!rest.starts_with("_ZN")) return linkage;
  rest.remove_prefix(3);
  rest.remove_prefix(std::min(rest.find_first_not_of("KVrRO"), rest.size()));
  std::string text;
  for (std::size_t length = 0; !rest.empty(); rest.remove_prefix(length)) {
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    if (read.ec != std::errc{}) break;
    rest.remove_prefix(static_cast<std::size_t>(read.ptr - rest.data()));
    length = std::min(length, rest.size());
    if (!text.empty()) text += "::";
    text += rest.substr(0, length);
  }
  return text.empty() ? linkage : text;
}

}  // namespace

std::string readable(const std::string& linkage) {
  if (!linkage.starts_with("_Z") || linkage.size() > longest_name) return linkage;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> demangled(
      abi::__cxa_demangle(linkage.c_str(), nullptr, nullptr, &status), &std::free);
  if (status != 0) return plain_scopes(linkage);
  std::string text = demangled.get();
  replace_all(text, "std::__cxx11::", "std::");
  replace_all(text, "[abi:cxx11]", "");
  replace_all(text, "std::basic_string<char, std::char_traits<char>, std::allocator<char> >",
              "std::string");
  replace_all(text, "std::basic_string_view<char, std::char_traits<char> >", "std::string_view");
  return text;
}

std::string short_name(std::string_view readable) {
  std::string_view name = readable;
  std::size_t end = end_of_name(name);
  while (end < name.size() && name[end] == ' ') {  // after a part of what it returns
    name.remove_prefix(end + 1);
    end = end_of_name(name);
  }
  return std::string(without_own_arguments(name.substr(0, end)));
}

}  // namespace weir::detail
