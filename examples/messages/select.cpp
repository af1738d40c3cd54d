// SPDX-License-Identifier: MIT
// A select: the first of several receivers that has something.
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> example() {
  auto [stop, stopping] = weir::value<int>();
  auto [order, orders] = weir::pipe<std::string>();
  weir::spawn({.detached = true}, [hour = std::move(stop), table = std::move(order)]() mutable {
    if (table.send("tea")) (void)hour.send(18);
  });
  for (;;) {
    const auto first = weir::select(stopping, orders, 1s);
    if (!first) return std::unexpected(first.error());
    if (const int* hour = std::get_if<0>(&*first)) {
      fmt::print("closing at {}\n", *hour);
      return {};
    }
    fmt::print("an order: {}\n", std::get<1>(*first));
  }
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
