// SPDX-License-Identifier: MIT
// Loopback addresses that no other test uses.
#pragma once

#include <cstdint>
#include <string>

#include <unistd.h>

#include <weir/address.hpp>

namespace weir::testing {

/// Another address of 127.0.0.0/8 for each call and each process, so that no test meets a port
/// that another has just used.
[[nodiscard]] inline address own_loopback(std::uint16_t port = 0) {
  static unsigned calls = 0;
  const auto process = static_cast<unsigned>(::getpid());
  const auto part = [](unsigned number) { return "." + std::to_string(1 + number % 254); };
  const std::string host = "127" + part(process / 254) + part(process) + part(calls++);
  return address::parse(host, port).value();
}

}  // namespace weir::testing
