// SPDX-License-Identifier: MIT
// A stalk: its receiver looks at what is there, and removes what it is done with.
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

weir::result<void> example() {
  auto [tx, rx] = weir::stalk<std::string>(8);
  auto writer = weir::spawn([lines = std::move(rx)]() mutable {
    while (auto there = lines.recv()) {  // how many there are
      std::string batch;
      std::size_t taken = 0;
      for (const std::string& line : lines) {
        if (taken == 3) break;  // as many as are written at once
        batch += line;
        ++taken;
      }
      fmt::print("{} of {}: {}\n", taken, *there, batch);
      (void)lines.remove(taken);  // only now: had writing failed, they would still be there
    }
  });
  for (const char* line : {"a", "b", "c", "d", "e"}) {
    if (auto sent = tx.send(line); !sent) return sent;
  }
  (void)tx.close();  // what is there is received first
  return writer.await();
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
