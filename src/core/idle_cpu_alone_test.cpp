// SPDX-License-Identifier: MIT
// A program that waits uses no processor time. It takes a second of real time to see that.
#include <chrono>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <weir/error.hpp>
#include <weir/pipe.hpp>
#include <weir/run.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/tcp.hpp>

namespace {

using namespace std::chrono_literals;

std::chrono::microseconds of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

/// Processor time that this process has used, its own and the kernel's for it.
std::chrono::microseconds processor_time() {
  rusage used{};
  EXPECT_EQ(::getrusage(RUSAGE_SELF, &used), 0);
  return of(used.ru_utime) + of(used.ru_stime);
}

TEST(IdleCpu, AProgramInWhichEveryTaskWaitsUsesNone) {
  const auto used = weir::run([] {
    auto listener = weir::tcp::listen("127.0.0.1", 0);
    auto pipe = weir::pipe<int>();
    auto accepting = weir::spawn([&listener] { return listener->accept().error(); });
    auto receiving = weir::spawn([&pipe] { return pipe.recv().error(); });
    auto far_away = weir::spawn([] { return weir::sleep(24h); });
    const auto before = processor_time();
    EXPECT_TRUE(weir::sleep(1s));
    const auto after = processor_time();
    accepting.cancel();
    receiving.cancel();
    far_away.cancel();
    EXPECT_EQ(accepting.await(), weir::errc::cancelled);
    EXPECT_EQ(receiving.await(), weir::errc::cancelled);
    EXPECT_FALSE(far_away.await());
    return after - before;
  });
  EXPECT_LT(used.value(), 5ms);
}

}  // namespace
