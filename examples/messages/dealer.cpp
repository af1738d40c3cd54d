// SPDX-License-Identifier: MIT
// A dealer: workers share what there is to do.
#include <vector>

#include <fmt/core.h>

#include <weir/weir.hpp>

namespace {

weir::result<void> example() {
  auto [tx, rx] = weir::dealer<int>();
  std::vector<weir::task<>> workers;
  for (const char* name : {"anna", "ben"}) {
    workers.push_back(weir::spawn([jobs = rx, name]() mutable {  // all copies are one end
      while (auto job = jobs.recv()) fmt::print("{} does {}\n", name, *job);
    }));
  }
  for (int job = 1; job <= 3; ++job) {
    if (auto sent = tx.send(job); !sent) return sent;
  }
  (void)tx.close();
  for (auto& worker : workers) {
    if (auto ended = worker.await(); !ended) return ended;
  }
  return {};
}

}  // namespace

int main() { return weir::run(example) ? 0 : 1; }
