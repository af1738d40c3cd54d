// SPDX-License-Identifier: MIT
// Whether dumps take more of a busy program's time than their own.
#include <chrono>
#include <functional>
#include <vector>

#include <weir/hub.hpp>
#include <weir/pair.hpp>
#include <weir/pipe.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/task_tree.hpp>

#include "bench.hpp"

namespace {

using seconds = std::chrono::duration<double>;

using channel = weir::pair<int>;

constexpr int pairs = 100;
constexpr int dumps = 100;
constexpr int messages = 100'000;  // of each pair

seconds time_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - start;
}

/// Tasks in pairs, each of which sends messages when it is told how many.
class load {
 public:
  load() : channels_(pairs) {
    for (auto& each : channels_) {
      tasks_.push_back(weir::spawn([&each] {
        while (each.messages.rx.recv()) {
        }
      }));
      tasks_.push_back(weir::spawn([this, &each] {
        while (const auto count = each.orders.rx.recv()) {
          for (int i = 0; i < *count; ++i) each.messages.tx.send(i).value();
          done_.tx.send(*count).value();
        }
        static_cast<void>(each.messages.tx.close());
      }));
    }
  }
  load(const load&) = delete;
  load& operator=(const load&) = delete;
  ~load() {
    for (auto& each : channels_) static_cast<void>(each.orders.tx.close());
    for (auto& each : tasks_) static_cast<void>(each.await());
  }

  void begin() {
    for (auto& each : channels_) each.orders.tx.send(messages).value();
  }
  void wait_until_done() {
    for (int i = 0; i < pairs; ++i) static_cast<void>(done_.rx.recv().value());
  }

 private:
  struct channels {
    channel messages = weir::pipe<int>();
    channel orders = weir::pipe<int>();
  };

  std::vector<channels> channels_;
  channel done_ = weir::pipe<int>();
  std::vector<weir::task<>> tasks_;
};

void take_dumps() {
  for (int i = 0; i < dumps; ++i) {
    static_cast<void>(weir::task_dump());
    weir::yield();
  }
}

const bench::benchmark dump_load("dump_load", [] {
  weir::hub hub;
  load busy;
  const auto pass_messages = [&busy] {
    busy.begin();
    busy.wait_until_done();
  };
  pass_messages();
  static_cast<void>(weir::task_dump());  // which looks up what the others find known
  const seconds without_dumps = time_of(pass_messages);
  const seconds dumps_alone = time_of(take_dumps);
  const seconds with_dumps = time_of([&busy] {
    busy.begin();
    take_dumps();
    busy.wait_until_done();
  });
  return bench::round{with_dumps / (without_dumps + dumps_alone), "of the sum", dumps};
});

}  // namespace
