// SPDX-License-Identifier: MIT
// The watchdog: who runs for too long without letting the others have a turn.
#include <atomic>
#include <chrono>
#include <string_view>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace library {

struct index {
  std::atomic<bool> reported = false;

  [[gnu::noinline]] void count_all_words() const {
    while (!reported) continue;
  }
};

}  // namespace library

int main() {
  using namespace std::chrono_literals;
  library::index books;
  weir::set_logger([&books](weir::log_level, std::string_view text) {  // on a thread of weir's
    const auto task = text.substr(0, text.find(','));
    const auto where = text.find("library::");
    if (where == std::string_view::npos) return;
    fmt::print("{} is in {}\n", task, text.substr(where, text.find('(', where) - where));
    books.reported = true;
  });
  weir::run({.watchdog = 10ms}, [&books] {
    auto counter = weir::spawn({.name = "counter"}, [&books] { books.count_all_words(); });
    return counter.await();
  }).value();
  weir::set_logger({});
}
