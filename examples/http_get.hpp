// SPDX-License-Identifier: MIT
// Fetching a page over HTTP/1.0 (RFC 1945), as plain blocking code.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <weir/weir.hpp>

#include "http_url.hpp"

namespace examples {

struct http_answer {
  unsigned status = 0;
  std::uint64_t body_size = 0;
};

/// The number that is all of `text`, but for blanks and the line's end.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  Number number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool all = problem == std::errc{} && end == text.data() + text.size();
  return all ? std::optional(number) : std::nullopt;
}

/// The status in the first line of an answer, such as "HTTP/1.0 200 OK".
[[nodiscard]] inline std::optional<unsigned> status_in(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return std::nullopt;
  return number_in<unsigned>(line.substr(9, 3));
}

/// The size in a line "Content-Length: 1234" of an answer's header; none in any other.
[[nodiscard]] inline std::optional<std::uint64_t> size_in(std::string_view line) {
  constexpr std::string_view name = "content-length:";
  const auto same = [](char c, char lower) {
    return std::tolower(static_cast<unsigned char>(c)) == lower;
  };
  if (!std::ranges::equal(line.substr(0, name.size()), name, same)) return std::nullopt;
  return number_in<std::uint64_t>(line.substr(name.size()));
}

/// Connects to the first of the servers that lets it. Errors: that of the first.
inline weir::result<weir::stream> connect_to(const http_url& url) {
  auto connected = weir::tcp::connect(url.servers.front());
  for (std::size_t next = 1; !connected && next < url.servers.size(); ++next) {
    if (auto other = weir::tcp::connect(url.servers[next])) connected = std::move(other);
  }
  return connected;
}

/// Receives `size` bytes, or all that come, and counts them. Errors: `errc::closed` where the
/// stream ends before there are as many.
inline weir::result<std::uint64_t> receive_body(weir::stream& server,
                                                std::optional<std::uint64_t> size) {
  std::array<char, 16'384> buffer;
  std::uint64_t count = 0;
  while (count != size) {
    const auto wanted =
        size ? std::min<std::uint64_t>(*size - count, buffer.size()) : buffer.size();
    const auto received = server.recv(std::span(buffer).first(wanted));
    if (!received && received.error() == weir::errc::closed && !size) break;
    if (!received) return std::unexpected(received.error());
    count += *received;
  }
  return count;
}

/// Fetches a page, whatever its status.
///
/// Errors: `errc::closed` when the answer is not complete, `std::errc::bad_message` for what is no
/// answer, `std::errc::message_size` for a line of 8 KiB, and those of connecting and the stream.
inline weir::result<http_answer> get(const http_url& url) {
  constexpr std::size_t longest_line = 8192;
  auto server = connect_to(url);
  if (!server) return std::unexpected(server.error());
  const std::string request =
      "GET " + url.target + " HTTP/1.0\r\nHost: " + url.authority + "\r\n\r\n";
  if (auto sent = server->send(request); !sent) return std::unexpected(sent.error());

  auto line = server->recv_until("\r\n", longest_line);
  if (!line) return std::unexpected(line.error());
  const auto status = status_in(*line);
  if (!status) return std::unexpected(std::make_error_code(std::errc::bad_message));
  std::optional<std::uint64_t> size;
  while (*line != "\r\n") {
    line = server->recv_until("\r\n", longest_line);
    if (!line) return std::unexpected(line.error());
    if (const auto given = size_in(*line)) size = given;
  }
  const auto body_size = receive_body(*server, size);
  if (!body_size) return std::unexpected(body_size.error());
  return http_answer{.status = *status, .body_size = *body_size};
}

}  // namespace examples
