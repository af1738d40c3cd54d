// SPDX-License-Identifier: MIT
// semaphore and wait_group: so many at a time, and until all are done.
#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

void example() {
  weir::semaphore desks(2);
  weir::wait_group visitors;
  int busy = 0;
  int most = 0;
  for (int visitor = 0; visitor < 5; ++visitor) {
    visitors.add();
    weir::spawn({.detached = true}, [&] {
      if (desks.acquire()) {
        most = std::max(most, ++busy);
        (void)weir::sleep(1ms);
        --busy;
        desks.release();
      }
      visitors.done();
    });
  }
  fmt::print("{} visitors\n", visitors.pending());
  if (visitors.wait()) fmt::print("{} left, at most {} at a time\n", visitors.pending(), most);
}

}  // namespace

int main() { weir::run(example).value(); }
