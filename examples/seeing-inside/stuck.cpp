// SPDX-License-Identifier: MIT
// Finding a task that is stuck, and why, with task_dump.
#include <chrono>
#include <mutex>
#include <string>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace library {

class shelf {
 public:
  weir::result<void> bring(const char* book) {
    const std::lock_guard held(guard_);
    return books_.send(book);  // line 17
  }
  weir::result<std::string> take() {
    const std::lock_guard held(guard_);  // line 20
    return books_.recv();
  }
  void close() { (void)books_.close(); }

 private:
  weir::mutex guard_;
  weir::pair<std::string> books_ = weir::pipe<std::string>();
};

}  // namespace library

namespace {

using namespace std::chrono_literals;

void example() {
  library::shelf shared;
  auto writer = weir::spawn({.name = "writer"}, [&shared] { return shared.bring("Moby-Dick"); });
  auto reader = weir::spawn({.name = "reader"}, [&shared] { return shared.take(); });
  if (reader.await(1ms)) return;  // it never comes to that
  for (const weir::task_info& task : weir::task_dump()) {
    for (const weir::stack_frame& frame : task.traceback) {
      if (!frame.function.starts_with("library::")) continue;
      fmt::print("{} waits for {} in {}, line {}\n", task.name,
                 task.waiting_for.substr(0, task.waiting_for.find(' ')),
                 frame.function.substr(0, frame.function.find('(')), frame.line);
    }
  }
  shared.close();  // the writer gives up, and with it the mutex
  (void)writer.await();
  (void)reader.await();
}

}  // namespace

int main() { weir::run(example).value(); }
