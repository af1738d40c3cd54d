// SPDX-License-Identifier: MIT
// What the examples' command lines have in common.
#pragma once

#include <chrono>
#include <string>

#include <CLI/CLI.hpp>

#include <weir/weir.hpp>

namespace examples {

/// An option whose value is an address with a port, such as 127.0.0.1:80 or [::1]:80.
inline CLI::Option* add_address(CLI::App& app, const std::string& flags, weir::address& into,
                                const std::string& help) {
  const auto parse = [&into](const std::string& text) {
    const auto parsed = weir::address::parse_with_port(text);
    if (!parsed) {
      throw CLI::ValidationError("\"" + text +
                                 "\" is not an address with a port, such as 127.0.0.1:8080 "
                                 "or [::1]:8080 (host names are not looked up)");
    }
    into = *parsed;
  };
  return app.add_option_function<std::string>(flags, parse, help)
      ->type_name("ADDRESS:PORT")
      ->default_str(into == weir::address{} ? "" : into.to_string());
}

/// An option whose value is a number of seconds, fractions allowed.
inline CLI::Option* add_seconds(CLI::App& app, const std::string& flags,
                                std::chrono::duration<double>& into, const std::string& help) {
  const auto set = [&into](double seconds) { into = std::chrono::duration<double>(seconds); };
  return app.add_option_function<double>(flags, set, help)
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber)
      ->default_str(CLI::detail::to_string(into.count()));
}

}  // namespace examples
