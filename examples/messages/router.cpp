// SPDX-License-Identifier: MIT
// A router: workers report to one place.
#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

void example() {
  auto [tx, rx] = weir::router<int>();
  for (int number : {2, 3, 4}) {
    weir::spawn({.detached = true}, [results = tx, number]() mutable {  // a sender of its own
      (void)results.send(number * number);
    });
  }
  (void)tx.close();  // the first sender is none of theirs
  int sum = 0;
  for (int square : rx) sum += square;  // until all have closed
  fmt::print("{}\n", sum);
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
