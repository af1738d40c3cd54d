// SPDX-License-Identifier: MIT
// echo: sends back whatever each client sends (RFC 862).
#include <array>
#include <cstdio>
#include <span>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

#include "command_line.hpp"

namespace {

void echo(weir::stream client) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto received = client.recv(buffer);
    if (!received) return;  // the client has said all, or is gone
    if (!client.send(std::span(buffer).first(*received))) return;
  }
}

weir::result<void> serve(const weir::address& at) {
  auto listener = weir::tcp::listen(at);
  if (!listener) return std::unexpected(listener.error());
  fmt::print("listening at {}\n", listener->local().to_string());
  std::fflush(stdout);
  for (auto& client : *listener) {
    weir::spawn({.name = "client " + client.remote().to_string()}, echo, std::move(client))
        .detach();
  }
  return std::unexpected(listener->error());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("echo: sends back whatever each client sends");
  weir::address at = weir::address::parse("127.0.0.1", 7777).value();
  examples::add_address(app, "--listen", at, "where to listen");
  CLI11_PARSE(app, argc, argv);

  const auto served = weir::run([&at] { return serve(at); });
  if (served) return 0;
  fmt::print(stderr, "echo: {}: {}\n", at.to_string(), served.error().message());
  return 1;
}
