// SPDX-License-Identifier: MIT
// dtsrv: sends every client the date, each second.
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <weir/weir.hpp>

#include "command_line.hpp"

namespace {

using namespace std::chrono_literals;

std::string date() {
  const auto now = fmt::gmtime(std::chrono::system_clock::now());
  return fmt::format("{:%a, %d %b %Y %H:%M:%S +0000}\r\n", now);  // RFC 5322
}

void send_dates(weir::stream client, std::chrono::duration<double> every) {
  do {
    // A client that has not taken a date by the time of the next is not worth waiting for.
    if (!client.send(date(), every)) return;
  } while (weir::sleep(every));
}

weir::result<void> serve(const weir::address& at, std::chrono::duration<double> every) {
  auto listener = weir::tcp::listen(at);
  if (!listener) return std::unexpected(listener.error());
  fmt::print("listening at {}\n", listener->local().to_string());
  std::fflush(stdout);
  for (auto& client : *listener) {
    auto dates = [client = std::move(client), every]() mutable {
      send_dates(std::move(client), every);
    };
    weir::spawn({.name = "dates", .detached = true}, std::move(dates));
  }
  return std::unexpected(listener->error());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("dtsrv: sends every client the date, each second");
  weir::address at = weir::address::parse("127.0.0.1", 1313).value();
  std::chrono::duration<double> every = 1s;
  examples::add_address(app, "--listen", at, "where to listen");
  examples::add_seconds(app, "--every", every, "time between two dates");
  CLI11_PARSE(app, argc, argv);

  const auto served = weir::run([&at, every] { return serve(at, every); });
  if (served) return 0;
  fmt::print(stderr, "dtsrv: {}: {}\n", at.to_string(), served.error().message());
  return 1;
}
