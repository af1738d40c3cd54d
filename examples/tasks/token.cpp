// SPDX-License-Identifier: MIT
// Cancel tokens: ending waits without ending the tasks, by families and by deadlines.
#include <chrono>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

void example() {
  const weir::cancel_token session;
  const weir::cancel_token quick = session.child(1ms);  // cancelled in 1 ms
  const weir::cancel_token slow = session.child();
  fmt::print("quick: {}\n", weir::sleep(1h, quick).error().message());
  fmt::print("quick: {}, slow: {}\n", quick.cancelled(), slow.cancelled());

  auto [tx, rx] = weir::pipe<int>();
  auto reader = weir::spawn([&rx, slow] { return rx.recv({1h, slow}); });
  session.cancel();  // and with it its children
  fmt::print("the reader: {}\n", reader.await().error().message());
  fmt::print("a sleep without it: {}\n", weir::sleep(1ms) ? "done" : "refused");
}

}  // namespace

int main() { weir::run(example).value(); }
