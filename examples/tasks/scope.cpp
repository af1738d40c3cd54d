// SPDX-License-Identifier: MIT
// scope: tasks that end before a block does.
#include <chrono>
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> add_up() {
  int sum = 0;
  weir::scope adders;  // declared after what its tasks use
  for (const int number : {1, 2, 3}) {
    adders.spawn({.name = fmt::format("adder {}", number)}, [&sum, number]() -> weir::result<void> {
      if (auto waited = weir::sleep(1ms); !waited) return waited;
      sum += number;
      return {};
    });
  }
  if (auto joined = adders.join(); !joined) return joined;
  fmt::print("the sum is {}\n", sum);
  return {};
}

weir::result<void> with_company() {
  int beats = 0;
  weir::scope company(weir::cancel_on_exit);
  company.spawn([&beats] {
    while (weir::sleep(1ms)) ++beats;
    fmt::print("the clock stops\n");
  });
  if (auto waited = weir::sleep(5ms); !waited) return waited;
  fmt::print("the clock has {}\n", beats > 0 ? "ticked" : "stood still");
  return {};
}  // ~scope cancels the task and waits for it

weir::result<void> example() {
  if (auto added = add_up(); !added) return added;
  return with_company();
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
