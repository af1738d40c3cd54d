// SPDX-License-Identifier: MIT
// Finding a task that is stuck, and why, with task_dump.
#include <chrono>
#include <mutex>
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace library {

struct shelf {
  weir::mutex guard;
  weir::pair<std::string> books = weir::pipe<std::string>();
};

weir::result<void> bring(shelf& shared, const char* book) {
  const std::lock_guard held(shared.guard);
  return shared.books.send(book);  // line 20
}

weir::result<std::string> take(shelf& shared) {
  const std::lock_guard held(shared.guard);  // line 24
  return shared.books.recv();
}

}  // namespace library

namespace {

using namespace std::chrono_literals;

void example() {
  library::shelf shared;
  auto writer =
      weir::spawn({.name = "writer"}, [&shared] { return library::bring(shared, "Moby-Dick"); });
  auto reader = weir::spawn({.name = "reader"}, [&shared] { return library::take(shared); });
  if (reader.await(1ms)) return;  // it never comes to that
  for (const weir::task_info& task : weir::task_dump()) {
    for (const weir::stack_frame& frame : task.traceback) {
      if (!frame.function.starts_with("library::")) continue;
      fmt::print("{} waits for {} in {}, line {}\n", task.name,
                 task.waiting_for.substr(0, task.waiting_for.find(' ')),
                 frame.function.substr(0, frame.function.find('(')), frame.line);
    }
  }
  shared.books.close();  // the writer gives up, and with it the mutex
  (void)writer.await();
  (void)reader.await();
}

}  // namespace

int main() { weir::run(example).value(); }
