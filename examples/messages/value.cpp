// SPDX-License-Identifier: MIT
// A value: whoever asks gets the latest.
#include <chrono>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> example() {
  auto [tx, rx] = weir::value<int>(10);
  if (auto sent = tx.send(20); !sent) return sent;
  if (auto sent = tx.send(30); !sent) return sent;  // nobody has seen 20, and nobody will
  fmt::print("the limit is {}\n", rx.recv().value());
  fmt::print("it still is {}\n", rx.recv().value());  // a recv takes nothing away
  (void)tx.clear();
  fmt::print("there is none: {}\n", rx.recv(1ms).error().message());
  return {};
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
