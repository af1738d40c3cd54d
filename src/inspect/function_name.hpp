// SPDX-License-Identifier: MIT
// Names of functions for people.
#pragma once

#include <string>
#include <string_view>

namespace weir::detail {

/// The linker's name as it is written in a program, the standard library's strings by their usual
/// names. A name that is not one of C++ stays as it is.
[[nodiscard]] std::string readable(const std::string& linkage);

/// A readable name of a function of weir without what it returns, its parameters, and its own
/// template arguments, which are mostly functions of users: "weir::receiver<int>::recv".
[[nodiscard]] std::string short_name(std::string_view readable);

}  // namespace weir::detail
