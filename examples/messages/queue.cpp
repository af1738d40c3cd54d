// SPDX-License-Identifier: MIT
// A queue: a buffer between who sends and who receives.
#include <chrono>
#include <utility>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

using namespace std::chrono_literals;

weir::result<void> example() {
  auto [tx, rx] = weir::queue<int>(3);
  rx.on_close([] { fmt::print("no job will be taken any more\n"); });
  for (int job = 1; job <= 3; ++job) {
    if (auto sent = tx.send(job); !sent) return sent;  // there is room: none of these waits
  }
  fmt::print("job 4: {}\n", tx.try_send(4).error().message());

  auto& empty = rx.empty();  // lives as long as the receiving end, wherever that is
  auto worker = weir::spawn([jobs = std::move(rx)]() mutable {
    for (int job : jobs) {
      fmt::print("job {}\n", job);
      if (!weir::sleep(1ms)) return;
    }
  });  // the function's end destroys `jobs`
  if (auto all_taken = empty.recv(); !all_taken) return std::unexpected(all_taken.error());
  fmt::print("nothing waits in the queue\n");
  (void)tx.close();
  return worker.await();
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
