// SPDX-License-Identifier: MIT
// A pipe: each message goes from hand to hand.
#include <string>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

void example() {
  auto [tx, rx] = weir::pipe<std::string>();
  auto reader = weir::spawn([lines = std::move(tx)]() mutable {
    for (const char* line : {"one", "two", "three"}) {
      if (!lines.send(line)) return;  // nobody wants more
    }
  });  // the function's end destroys `lines`, and that closes the pipe
  for (const std::string& line : rx) fmt::print("{}\n", line);
  fmt::print("the end: {}\n", rx.error().message());
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
