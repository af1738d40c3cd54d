// SPDX-License-Identifier: MIT
// A limit for a piece of a task, and a piece that a cancellation does not reach.
#include <chrono>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> answer_in(std::chrono::milliseconds time) {
  auto waited = weir::sleep(time);
  if (!waited) fmt::print("told: {}\n", waited.error().message());
  return waited;
}

void example() {
  const auto soon = weir::with_timeout(1h, [] { return answer_in(1ms); });
  fmt::print("soon: {}\n", soon ? "answered" : soon.error().message());
  const auto late = weir::with_timeout(1ms, [] { return answer_in(1h); });
  fmt::print("late: {}\n", late ? "answered" : late.error().message());

  auto talk = weir::spawn([] {
    (void)weir::sleep(1h);  // cancelled
    weir::shielded(1h, [] {
      if (weir::sleep(1ms)) fmt::print("goodbye\n");  // no call is refused in here
    });
    return weir::sleep(1ms);
  });
  talk.cancel();
  fmt::print("behind the shield: {}\n", talk.await().error().message());
}

}  // namespace

int main() { weir::run(example).value(); }
