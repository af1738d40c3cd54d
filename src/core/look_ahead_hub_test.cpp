// SPDX-License-Identifier: MIT
// A hub that looks for events before it sleeps, with a poller that does what the test tells it.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <gtest/gtest.h>

#include <weir/wait.hpp>

#include "core/hub_core.hpp"
#include "core/poller.hpp"
#include "os/processors.hpp"

namespace {

using namespace std::chrono_literals;
using weir::detail::io_handle;

/// One task waits here at a time, and each poll wakes it; the last as a listener does, who tells of
/// no source. A poll that would sleep then is what must not happen.
class scripted_poller final : public weir::detail::poller {
 public:
  weir::waiting_place waiters;
  int wakes_with_source = 0;
  bool slept = false;  ///< though a task was ready

  std::optional<std::uint32_t> poll(
      std::optional<std::chrono::nanoseconds> wait) noexcept override {
    if (waiters.empty()) {
      slept |= !wait || *wait > 0ns;
      return std::nullopt;
    }
    waiters.wake_one();
    if (wakes_with_source == 0) return std::nullopt;
    --wakes_with_source;
    return 1;
  }
  [[nodiscard]] std::size_t waiting_count() const noexcept override { return 1; }
  [[nodiscard]] std::size_t registered_count() const noexcept override { return 0; }

  [[nodiscard]] weir::result<io_handle> add(int, weir::detail::io_kind) override { return none(); }
  void remove(io_handle) noexcept override {}
  [[nodiscard]] weir::result<std::size_t> receive(io_handle, std::span<std::byte>,
                                                  weir::until&) override {
    return none();
  }
  [[nodiscard]] weir::result<std::size_t> send(io_handle, std::span<const std::byte>,
                                               weir::until&) override {
    return none();
  }
  [[nodiscard]] weir::result<int> accept(io_handle, weir::until&) override { return none(); }
  [[nodiscard]] weir::result<io_handle> connect(int, weir::detail::io_kind, const sockaddr*,
                                                socklen_t, weir::until) override {
    return none();
  }
  [[nodiscard]] weir::result<bool> wait_until_ready(io_handle, weir::detail::direction,
                                                    weir::until) override {
    return none();
  }
  [[nodiscard]] weir::result<std::size_t> try_send(io_handle,
                                                   std::span<const std::byte>) noexcept override {
    return none();
  }
  void when_writable(io_handle, weir::detail::writable_listener&) noexcept override {}
  void close_reading(io_handle) noexcept override {}

 private:
  static std::unexpected<std::error_code> none() {
    return std::unexpected(std::make_error_code(std::errc::not_supported));
  }
};

TEST(LookAheadHub, DoesNotSleepWhenALookHasMadeATaskReadyWithoutASource) {
  if (weir::os::usable_processors() < 2) GTEST_SKIP() << "it never looks ahead here";
  auto scripted = std::make_unique<scripted_poller>();
  scripted_poller& poller = *scripted;
  auto parts = weir::detail::hub_parts::real();
  parts.poller = std::move(scripted);
  auto hub = weir::detail::make_hub({.spin = 10s}, std::move(parts),
                                    weir::detail::thread_role::first_task);
  constexpr int conversation = 8;
  poller.wakes_with_source = conversation;
  for (int i = 0; i <= conversation; ++i) {
    weir::wait here("look_ahead_hub_test");
    EXPECT_TRUE(here.park(poller.waiters));
  }
  EXPECT_EQ(poller.wakes_with_source, 0);
  EXPECT_FALSE(poller.slept);
  weir::detail::end_hub(std::move(hub));
}

}  // namespace
