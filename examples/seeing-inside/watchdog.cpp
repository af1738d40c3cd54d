// SPDX-License-Identifier: MIT
// The watchdog: who runs for too long without letting the others have a turn.
#include <atomic>
#include <chrono>
#include <string_view>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace library {

std::atomic<bool> reported = false;

[[gnu::noinline]] void count_all_words() {
  while (!reported) continue;
}

}  // namespace library

namespace {

using namespace std::chrono_literals;

void example() {
  auto counter = weir::spawn({.name = "counter"}, library::count_all_words);
  (void)counter.await();
}

}  // namespace

int main() {
  weir::set_logger([](weir::log_level, std::string_view text) {  // called on a thread of weir's
    const auto task = text.substr(0, text.find(','));
    const auto where = text.find("library::");
    if (where == std::string_view::npos) return;
    fmt::print("{} is in {}\n", task, text.substr(where, text.find('(', where) - where));
    library::reported = true;
  });
  weir::run({.watchdog = 10ms}, example).value();
}
