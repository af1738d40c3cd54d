// SPDX-License-Identifier: MIT
// echo: sends back whatever each client sends.
#include <fmt/core.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>
#include <weir/weir.hpp>

#include "listen_arguments.hpp"

namespace {

void echo(weir::stream client) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto received = client.recv(buffer);
    if (!received) return;  // the client has closed, or is gone
    if (!client.send(std::span(buffer).first(*received))) return;
  }
}

weir::result<void> serve(const examples::listen_arguments& arguments) {
  auto listener = weir::tcp::listen(arguments.host, arguments.port);
  if (!listener) return std::unexpected(listener.error());
  fmt::print("echo: listening at {}\n", listener->local().to_string());
  std::fflush(stdout);
  for (auto& client : *listener) {
    weir::spawn({.name = "client " + client.remote().to_string(), .detached = true}, echo,
                std::move(client));
  }
  return std::unexpected(listener->error());
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = examples::parse_listen_arguments(
      argc, argv, "echo: sends back whatever each client sends", "127.0.0.1:7777");
  const auto served = weir::run([&arguments] { return serve(arguments); });
  if (served) return 0;
  fmt::print(stderr, "echo: {}:{}: {}\n", arguments.host, arguments.port,
             served.error().message());
  return 1;
}
