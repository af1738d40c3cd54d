// SPDX-License-Identifier: MIT
// The end of a hub: everyone is told to end, and who does not listen is left behind.
#include <chrono>
#include <string_view>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

void example() {
  weir::spawn({.name = "polite", .detached = true}, [] {
    while (weir::sleep(1h)) fmt::print("not before an hour has passed\n");
    fmt::print("the polite one ends\n");
  });
  weir::spawn({.name = "stubborn", .detached = true}, [] {
    for (;;) (void)weir::sleep(1h);  // an error that is ignored
  });
  fmt::print("stop\n");
  weir::stop();
  fmt::print("a sleep: {}\n", weir::sleep(1h).error().message());
  auto late = weir::spawn([] { fmt::print("this never runs\n"); });
  fmt::print("a new task: {}\n", late.await().error().message());
}

}  // namespace

int main() {
  weir::set_logger([](weir::log_level, std::string_view text) {
    const auto line = text.substr(0, text.find('\n'));  // where it stands is left out here,
    const auto name = line.substr(0, line.find(','));   // and where it was spawned
    fmt::print("weir: {}{}\n", name, line.substr(line.find(" is abandoned")));
  });
  weir::run(example).value();
  fmt::print("run returns\n");
}
