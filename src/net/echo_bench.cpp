// SPDX-License-Identifier: MIT
// Echo servers as one would write them: a task for each connection.
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

void echo_messages(weir::stream peer) {
  std::array<std::byte, 512> message;
  while (peer.recv_exactly(message) && peer.send(message)) {
  }
}

void serve(void (*handle)(weir::stream), bool gather) {
  weir::run([handle, gather] {
    auto listener = weir::tcp::listen("127.0.0.1", 0, {.backlog = 1024, .gather = gather}).value();
    bench::serving(listener.local().port());
    for (auto& peer : listener) {
      weir::spawn({.detached = true}, handle, std::move(peer));
    }
  }).value();
}

const bench::server requests("serve-echo", [] { serve(echo, false); });
const bench::server stream("serve-stream", [] { serve(echo_messages, true); });

}  // namespace
