// SPDX-License-Identifier: MIT
// A gate: a send returns when its message has been dealt with.
#include <chrono>
#include <string>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> example() {
  auto [tx, rx] = weir::gate<std::string>();
  auto worker = weir::spawn([jobs = std::move(rx)]() mutable {
    for (const std::string& job : jobs) {
      fmt::print("{} begins\n", job);
      if (!weir::sleep(1ms)) return;  // what takes time
      fmt::print("{} ends\n", job);
    }  // the worker comes back for more, and that lets the sender go on
  });
  for (const char* job : {"this", "that"}) {
    if (auto sent = tx.send(job); !sent) return sent;
    fmt::print("{} is done\n", job);
  }
  (void)tx.close();
  return worker.await();
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
