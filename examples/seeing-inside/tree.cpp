// SPDX-License-Identifier: MIT
// task_name, task_tree and stats: who is there, and what each one waits for.
#include <chrono>
#include <string>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

void print_tasks() {
  for (const weir::task_info& task : weir::task_tree()) {
    const std::string what = task.waiting_for.substr(0, task.waiting_for.find(' '));
    fmt::print("{} of {}: {} {}\n", task.id, task.parent_id, task.name,
               task.status == weir::task_status::waiting ? "waits for " + what : "runs");
  }
}

weir::result<void> example() {
  auto [tx, rx] = weir::pipe<int>();
  auto reader = weir::spawn({.name = "reader"},
                            [numbers = std::move(rx)]() mutable { return numbers.recv(); });
  auto clock = weir::spawn([] {
    weir::task_name("clock");  // or so, when the name is not known before
    while (weir::sleep(1h)) fmt::print("cuckoo\n");
  });
  print_tasks();
  const weir::stats_snapshot now = weir::stats();
  fmt::print("{} tasks, {} ready, {} with a deadline\n", now.task_count, now.ready_count,
             now.timer_count);
  clock.cancel();
  return tx.send(7);
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
