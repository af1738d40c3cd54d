// SPDX-License-Identifier: MIT
// pause, resume, switch_to: handing control, and a value, from one task to another by name.
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

weir::result<void> example() {
  weir::task_ref painter;
  auto painting = weir::spawn([&painter] {
    painter = weir::current();
    while (auto colour = weir::pause<std::string>()) fmt::print("paints it {}\n", *colour);
  });
  if (auto told = weir::resume(painter, std::string("red")); !told) return told;
  fmt::print("red is ordered\n");  // the painter is only queued
  if (auto told = weir::resume(painter, std::string("blue")); !told) {
    fmt::print("blue: {}\n", told.error().message());  // it was resumed, and has not come back
  }
  if (auto yielded = weir::yield(); !yielded) return yielded;
  if (auto told = weir::switch_to(painter, std::string("green")); !told) return told;
  fmt::print("green is done\n");  // the painter ran at once
  if (auto told = weir::resume(painter, 7); !told) {
    fmt::print("7: {}\n", told.error().message());  // it waits for a string
  }
  painting.cancel();
  return painting.await();
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
