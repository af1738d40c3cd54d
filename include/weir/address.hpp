// SPDX-License-Identifier: MIT
// An IP address with a port.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <weir/error.hpp>

namespace weir {

/// An IPv4 or IPv6 address and a port; default-constructed, no address at all. A value.
class address {
 public:
  address() noexcept = default;

  /// From numeric text: "192.0.2.1", "::1", "[::1]", "fe80::1%eth0" (RFC 4007 zone, by name or
  /// number). Does not park and asks no server. Errors: `std::errc::invalid_argument` (not such
  /// text), `std::errc::no_such_device` (no such zone).
  [[nodiscard]] static result<address> parse(std::string_view host, std::uint16_t port);

  /// From text as `to_string` writes it: "192.0.2.1:80", "[::1]:80". Errors: as `parse`.
  [[nodiscard]] static result<address> parse_with_port(std::string_view text);

  /// From what the system calls give: a `sockaddr_in` or `sockaddr_in6` as bytes. Errors:
  /// `std::errc::address_family_not_supported`.
  [[nodiscard]] static result<address> from_native(std::span<const std::byte> native) noexcept;
  /// The `sockaddr` for system calls, as bytes; empty when it is no address.
  [[nodiscard]] std::span<const std::byte> native() const noexcept {
    return std::span(storage_).first(size_);
  }

  [[nodiscard]] bool is_v4() const noexcept;
  [[nodiscard]] bool is_v6() const noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// The address without its port: "192.0.2.1", "fe80::1%eth0".
  [[nodiscard]] std::string host() const;
  /// "192.0.2.1:80", "[::1]:80" (RFC 5952, RFC 3986); "none" when it is no address.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const address& left, const address& right) noexcept;

 private:
  static constexpr std::size_t largest = 28;  // sizeof(sockaddr_in6)

  alignas(4) std::array<std::byte, largest> storage_{};
  std::uint8_t size_ = 0;
};

}  // namespace weir
