// SPDX-License-Identifier: MIT
// Starting a task, and taking what it returns, or throws.
#include <chrono>
#include <stdexcept>
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> example() {
  auto tea = weir::spawn({.name = "tea"}, []() -> weir::result<std::string> {
    fmt::print("the water boils\n");
    if (auto waited = weir::sleep(1ms); !waited) return std::unexpected(waited.error());
    return "tea";
  });  // the task has run up to its sleep
  fmt::print("{}: {}\n", tea.name(), tea.done() ? "done" : "under way");
  auto cup = tea.await();  // a result<std::string>: what went wrong in the task, or here
  if (!cup) return std::unexpected(cup.error());
  fmt::print("a cup of {}\n", *cup);

  auto milk = weir::spawn(
      [](int cups) { throw std::runtime_error(fmt::format("no milk for {}", cups)); }, 2);
  try {
    (void)milk.await();
  } catch (const std::runtime_error& problem) {
    fmt::print("{}\n", problem.what());
  }

  auto guests = weir::spawn([] { return weir::sleep(1h); });
  fmt::print("the guests: {}\n", guests.await(1ms).error().message());  // they are still to come
  guests.cancel();
  fmt::print("the guests: {}\n", guests.await().error().message());
  return {};
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
