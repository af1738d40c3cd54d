// SPDX-License-Identifier: MIT
// An echo server as one would write it: a task for each connection.
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include <weir/run.hpp>
#include <weir/spawn.hpp>
#include <weir/tcp.hpp>

#include "bench.hpp"

namespace {

void echo(weir::stream peer) {
  std::array<std::byte, 4096> buffer;
  while (const auto count = peer.recv(buffer)) {
    if (!peer.send(std::span(buffer).first(*count))) {
      return;
    }
  }
}

const bench::echo_server serve([] {
  weir::run([] {
    auto listener = weir::tcp::listen("127.0.0.1", 0, {.backlog = 1024}).value();
    bench::serving(listener.local().port());
    for (auto& peer : listener) {
      weir::spawn({.detached = true}, echo, std::move(peer));
    }
  }).value();
});

}  // namespace
