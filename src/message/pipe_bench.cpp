// SPDX-License-Identifier: MIT
// What a message costs that is handed from one task to another, without a deadline and with one.
#include <weir/pipe.hpp>

#include <chrono>
#include <cstdint>

#include <weir/hub.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>

#include "bench.hpp"

namespace {

using namespace std::chrono_literals;

const bench::benchmark pipe_pingpong("pipe_pingpong", [] {
  constexpr std::int64_t trips = 10'000'000;
  weir::hub hub;
  return bench::timed(2 * trips, [] {
    auto there = weir::pipe<int>();
    auto back = weir::pipe<int>();
    auto echo = weir::spawn([&] {
      for (int value : there.rx) {
        back.tx.send(value).value();
      }
    });
    for (std::int64_t i = 0; i < trips; ++i) {
      there.tx.send(1).value();
      back.rx.recv().value();
    }
    (void)there.tx.close();
    echo.await().value();
  });
});

const bench::benchmark timeout_met("timeout_met", [] {
  constexpr std::int64_t messages = 10'000'000;
  weir::hub hub;
  return bench::timed(messages, [] {
    auto channel = weir::pipe<int>();
    auto receiver = weir::spawn([&] {
      while (channel.rx.recv(10s)) {
      }
    });
    for (std::int64_t i = 0; i < messages; ++i) {
      channel.tx.send(1).value();
    }
    (void)channel.tx.close();
    receiver.await().value();
  });
});

}  // namespace
