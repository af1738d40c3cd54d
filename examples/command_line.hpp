// SPDX-License-Identifier: MIT
// What the examples' command lines have in common.
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include <weir/weir.hpp>

namespace examples {

/// An option whose value is an address with a port, such as 127.0.0.1:80 or [::1]:80.
inline CLI::Option* add_address(CLI::App& app, const std::string& flag, weir::address& into,
                                const std::string& help) {
  const auto parse = [flag, &into](const std::string& text) {
    const auto parsed = weir::address::parse_with_port(text);
    if (!parsed) {
      throw CLI::ValidationError(flag, "\"" + text +
                                           "\" is not an address with a port, such as "
                                           "127.0.0.1:8080 or [::1]:8080 (host names are not "
                                           "looked up)");
    }
    into = *parsed;
  };
  return app.add_option_function<std::string>(flag, parse, help)
      ->type_name("ADDRESS:PORT")
      ->default_str(into == weir::address{} ? "" : into.to_string());
}

/// An option whose value is a number of seconds, fractions allowed; infinity means never.
inline CLI::Option* add_seconds(CLI::App& app, const std::string& flag,
                                std::chrono::duration<double>& into, const std::string& help) {
  const auto parse = [flag, &into](const std::string& text) {
    char* end = nullptr;
    const double seconds = std::strtod(text.c_str(), &end);
    if (*end != '\0' || !(seconds > 0)) {  // not a number: neither greater nor less
      throw CLI::ValidationError(
          flag, "\"" + text + "\" is not a number of seconds above 0, such as 2.5 or inf");
    }
    into = std::chrono::duration<double>(seconds);
  };
  return app.add_option_function<std::string>(flag, parse, help)
      ->type_name("SECONDS")
      ->default_str(CLI::detail::to_string(into.count()));
}

/// An option whose value is a whole number above 0.
inline CLI::Option* add_count(CLI::App& app, const std::string& flag, std::size_t& into,
                              const std::string& help) {
  const auto parse = [flag, &into](const std::string& text) {
    const char* const end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, into);
    if (problem != std::errc{} || rest != end || into == 0) {
      throw CLI::ValidationError(flag, "\"" + text + "\" is not a whole number above 0");
    }
  };
  return app.add_option_function<std::string>(flag, parse, help)
      ->type_name("COUNT")
      ->default_str(std::to_string(into));
}

}  // namespace examples
