// SPDX-License-Identifier: MIT
// Cancelling a task: what it is told, and who else is told.
#include <chrono>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> work(const char* name) {
  auto worked = weir::sleep(1h);
  if (!worked) fmt::print("{}: {}\n", name, worked.error().message());
  return worked;
}

weir::result<void> example() {
  auto job = weir::spawn([] {
    const auto halves = weir::all([] { return work("left"); }, [] { return work("right"); });
    if (!halves) fmt::print("both: {}\n", halves.error().message());
    // It stays cancelled: whatever could wait is refused, until the function returns.
    fmt::print("a sleep: {}\n", weir::sleep(1ms).error().message());
    return 42;
  });
  if (auto waited = weir::sleep(1ms); !waited) return waited;  // all three are under way
  job.cancel();
  fmt::print("the job: {}\n", job.await().value());  // it has a result all the same
  return {};
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
