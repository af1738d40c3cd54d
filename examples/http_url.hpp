// SPDX-License-Identifier: MIT
// Where a page is: what is read out of text such as http://127.0.0.1:8080/path.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <weir/weir.hpp>

namespace examples {

struct http_url {
  std::string text;                    ///< as it was given
  std::string authority;               ///< host and port as given, for the `Host` of a request
  std::string target;                  ///< path and query, at least "/"
  std::vector<weir::address> servers;  ///< to be tried in this order
};

/// The servers of a host, which is numeric, or localhost; none where it is neither.
inline std::vector<weir::address> servers_of(std::string_view host, std::uint16_t port) {
  std::vector<weir::address> servers;
  const std::vector<std::string_view> hosts =
      host == "localhost" ? std::vector<std::string_view>{"127.0.0.1", "::1"} : std::vector{host};
  for (const std::string_view each : hosts) {
    if (const auto server = weir::address::parse(each, port)) servers.push_back(*server);
  }
  return servers;
}

/// Errors: what is wrong with the text, for a person.
inline std::expected<http_url, std::string> parse_http_url(const std::string& text) {
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme)) return std::unexpected("it does not begin with http://");
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; })) {
    return std::unexpected("it has a blank in it, or another character that is none of a URL");
  }
  const std::string rest = text.substr(scheme.size(), text.find('#') - scheme.size());
  const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
  http_url url{
      .text = text, .authority = rest.substr(0, path), .target = rest.substr(path), .servers = {}};
  if (!url.target.starts_with('/')) url.target.insert(0, "/");

  std::string_view host = url.authority;
  std::uint16_t port = 80;
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    const std::string_view digits = host.substr(colon + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (problem != std::errc{} || end != digits.data() + digits.size() || port == 0) {
      return std::unexpected("\"" + std::string(digits) + "\" is no port");
    }
    host = host.substr(0, colon);
  }
  url.servers = servers_of(host, port);
  if (url.servers.empty()) {
    return std::unexpected("\"" + std::string(host) +
                           "\" is not a numeric address, such as 127.0.0.1 or [::1], nor "
                           "localhost (host names are not looked up)");
  }
  return url;
}

}  // namespace examples
