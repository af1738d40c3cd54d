// SPDX-License-Identifier: MIT
// Reading and writing addresses, inet_pton(3), inet_ntop(3).
#include <weir/address.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace weir {
namespace {

static_assert(sizeof(sockaddr_in6) == 28);

template <class Native>
Native read(std::span<const std::byte> bytes) noexcept {
  Native native{};
  std::memcpy(&native, bytes.data(), std::min(sizeof native, bytes.size()));
  return native;
}

sa_family_t family_of(std::span<const std::byte> native) noexcept {
  return native.size() < sizeof(sockaddr_in) ? sa_family_t{AF_UNSPEC}
                                             : read<sockaddr_in>(native).sin_family;
}

/// The interface a zone names, by number or by name.
std::optional<std::uint32_t> zone_number(const std::string& zone) {
  std::uint32_t number = 0;
  const auto read = std::from_chars(zone.data(), zone.data() + zone.size(), number);
  if (read.ec == std::errc{} && read.ptr == zone.data() + zone.size()) return number;
  number = ::if_nametoindex(zone.c_str());
  return number == 0 ? std::nullopt : std::optional(number);
}

std::string zone_name(std::uint32_t number) {
  std::array<char, IF_NAMESIZE> name{};
  return ::if_indextoname(number, name.data()) != nullptr ? std::string(name.data())
                                                          : std::to_string(number);
}

template <class Native>
result<address> made(const Native& native) noexcept {
  return address::from_native(std::as_bytes(std::span(&native, 1)));
}

}  // namespace

result<address> address::parse(std::string_view host, std::uint16_t port) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) return failure(std::errc::invalid_argument);
  }
  if (host.find('\0') != std::string_view::npos) return failure(std::errc::invalid_argument);

  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (::inet_pton(AF_INET, std::string(host).c_str(), &v4.sin_addr) == 1) return made(v4);

  const std::size_t percent = host.find('%');
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (::inet_pton(AF_INET6, std::string(host.substr(0, percent)).c_str(), &v6.sin6_addr) != 1) {
    return failure(std::errc::invalid_argument);
  }
  if (percent != std::string_view::npos) {
    const std::string zone(host.substr(percent + 1));
    if (zone.empty()) return failure(std::errc::invalid_argument);
    const auto number = zone_number(zone);
    if (!number) return failure(std::errc::no_such_device);
    v6.sin6_scope_id = *number;
  }
  return made(v6);
}

result<address> address::parse_with_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return failure(std::errc::invalid_argument);
  const std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
    return failure(std::errc::invalid_argument);
  }
  // Without brackets it could not be told where an IPv6 address ends.
  if (host.find(':') != std::string_view::npos && !host.starts_with('[')) {
    return failure(std::errc::invalid_argument);
  }
  return parse(host, port);
}

result<address> address::from_native(std::span<const std::byte> native) noexcept {
  const sa_family_t family = family_of(native);
  const bool whole = (family == AF_INET && native.size() >= sizeof(sockaddr_in)) ||
                     (family == AF_INET6 && native.size() >= sizeof(sockaddr_in6));
  if (!whole) return failure(std::errc::address_family_not_supported);
  address made;
  made.size_ = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  std::memcpy(made.storage_.data(), native.data(), made.size_);
  return made;
}

bool address::is_v4() const noexcept { return family_of(native()) == AF_INET; }

bool address::is_v6() const noexcept { return family_of(native()) == AF_INET6; }

std::uint16_t address::port() const noexcept {
  // The port stands at the same place in both.
  return size_ == 0 ? std::uint16_t{0} : ntohs(read<sockaddr_in>(native()).sin_port);
}

std::string address::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) {
    const auto v4 = read<sockaddr_in>(native());
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return text.data();
  }
  if (!is_v6()) return "none";
  const auto v6 = read<sockaddr_in6>(native());
  ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  return v6.sin6_scope_id == 0 ? std::string(text.data())
                               : std::string(text.data()) + "%" + zone_name(v6.sin6_scope_id);
}

std::string address::to_string() const {
  if (size_ == 0) return "none";
  const std::string port_text = ":" + std::to_string(port());
  return is_v6() ? "[" + host() + "]" + port_text : host() + port_text;
}

bool operator==(const address& left, const address& right) noexcept {
  if (left.size_ != right.size_) return false;
  if (left.is_v4()) {  // the rest of the sockaddr is padding
    const auto a = read<sockaddr_in>(left.native());
    const auto b = read<sockaddr_in>(right.native());
    return a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
  }
  if (!left.is_v6()) return true;
  const auto a = read<sockaddr_in6>(left.native());
  const auto b = read<sockaddr_in6>(right.native());
  return a.sin6_port == b.sin6_port && a.sin6_scope_id == b.sin6_scope_id &&
         std::memcmp(&a.sin6_addr, &b.sin6_addr, sizeof a.sin6_addr) == 0;
}

}  // namespace weir
