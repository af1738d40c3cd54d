// SPDX-License-Identifier: MIT
// A process that has really run out of file descriptors. A program of its own, since all of its
// threads have none.
#include <chrono>
#include <optional>
#include <string>
#include <system_error>

#include <gtest/gtest.h>
#include <unistd.h>

#include <weir/hub.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/tcp.hpp>
#include <weir/testing.hpp>

#include "os/fd.hpp"
#include "testing/captured_log.hpp"
#include "testing/holdings.hpp"
#include "testing/loopback.hpp"
#include "testing/open_fds.hpp"
#include "testing/raw_socket.hpp"

namespace {

using namespace std::chrono_literals;
using weir::testing::advance;
using weir::testing::captured_log;
using weir::testing::descriptor_limit;
using weir::testing::error_of;
using weir::testing::held_now;
using weir::testing::open_fds;
using weir::testing::own_loopback;
using weir::testing::raw_socket;
using weir::testing::settle;
using weir::testing::virtual_hub;

/// Lowers the limit so far that nothing more can be opened, while it lives.
class no_descriptors {
 public:
  no_descriptors() : limit_(static_cast<rlim_t>(lowest_free())) {}

 private:
  [[nodiscard]] static int lowest_free() { return weir::os::fd(::dup(STDERR_FILENO)).get(); }

  descriptor_limit limit_;
};

TEST(TcpShortageAlone, AcceptGoesOnWhenThereAreDescriptorsAgain) {
  const captured_log log;
  virtual_hub hub;
  auto listener = weir::tcp::listen(own_loopback()).value();
  const auto client = raw_socket::connected_to(listener.local());
  std::optional<no_descriptors> none(std::in_place);
  auto accepting = weir::spawn([&listener] { return error_of(listener.accept()); });
  advance(1min);
  EXPECT_FALSE(accepting.done());
  EXPECT_EQ(log.count("Too many open files"), 1U);
  none.reset();
  advance(1s);
  EXPECT_TRUE(accepting.done());
  EXPECT_EQ(accepting.await(), std::error_code{});
  EXPECT_EQ(log.messages().size(), 1U);
}

TEST(TcpShortageAlone, AcceptGoesOnByTheRealClockToo) {
  const captured_log log;
  const weir::hub hub({.spin = 0us});
  auto listener = weir::tcp::listen(own_loopback()).value();
  const auto client = raw_socket::connected_to(listener.local());
  std::optional<no_descriptors> none(std::in_place);
  auto accepting = weir::spawn([&listener] { return error_of(listener.accept(10s)); });
  settle();
  EXPECT_EQ(log.messages().size(), 1U);
  none.reset();
  EXPECT_EQ(accepting.await(), std::error_code{});
}

TEST(TcpShortageAlone, ConnectAndListenSaySoAndLeaveNothing) {
  virtual_hub hub;
  const auto listener = weir::tcp::listen(own_loopback()).value();
  const auto held = held_now();
  const auto fds = open_fds();
  {
    const no_descriptors none;
    EXPECT_EQ(error_of(weir::tcp::connect(listener.local())), std::errc::too_many_files_open);
    EXPECT_EQ(error_of(weir::tcp::listen(own_loopback())), std::errc::too_many_files_open);
  }
  EXPECT_EQ(held_now(), held);
  EXPECT_EQ(open_fds(), fds);
  EXPECT_TRUE(weir::tcp::connect(listener.local()));
}

}  // namespace
