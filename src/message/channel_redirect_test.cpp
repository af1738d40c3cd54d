// SPDX-License-Identifier: MIT
// What every way to join two or three channels must do with what is under way when they are joined.
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "message/channel_suite.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

/// Of all chains of two and three; each is joined from either end.
class CheckRedirect : public ::testing::TestWithParam<chain> {
 protected:
  using line = unjoined_chain<std::string>;
  [[nodiscard]] static bool starts_with_value() { return GetParam().front() == kind::value; }

  virtual_hub hub_;
};

std::vector<chain> joined_chains() {
  auto all = all_channels();
  std::erase_if(all, [](const chain& of) { return of.size() < 2; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Of, CheckRedirect, ::testing::ValuesIn(joined_chains()),
                         [](const auto& test) { return name_of(test.param); });

TEST_P(CheckRedirect, WhatASenderWaitsWithOrAValueHoldsArrives) {
  for (const bool from_the_first : {true, false}) {
    line unjoined(GetParam());
    const auto before = held_now();
    auto sending = weir::spawn([&unjoined] { return unjoined.tx().send("m", 1h); });
    EXPECT_EQ(sending.done(), starts_with_value());
    auto joined = unjoined.join(from_the_first);
    EXPECT_EQ(joined.rx->recv(1h), "m");
    static_cast<void>(joined.rx->try_recv());  // lets a gate's sender go on
    EXPECT_TRUE(sending.await());
    EXPECT_EQ(held_now(), before);
  }
}

TEST_P(CheckRedirect, AnErrorThatASenderWaitsWithOrAValueHoldsArrives) {
  const auto error = std::make_error_code(std::errc::io_error);
  for (const bool from_the_first : {true, false}) {
    line unjoined(GetParam());
    auto sending = weir::spawn([&unjoined, error] { return unjoined.tx().error(error, 1h); });
    auto joined = unjoined.join(from_the_first);
    EXPECT_EQ(error_of(joined.rx->recv(1h)), error);
    static_cast<void>(joined.rx->try_recv());
    EXPECT_TRUE(sending.await());
  }
}

TEST_P(CheckRedirect, SenderWhoseTimeIsOverOrThatIsCancelledAfterTheJoinKeepsItsMessage) {
  if (has(GetParam(), kind::value) || !is_direct(GetParam())) return;
  for (const bool cancelled : {true, false}) {
    line unjoined(GetParam());
    std::string message = "m";
    auto sending = weir::spawn([&] { return unjoined.tx().send(std::move(message), 5ms); });
    auto joined = unjoined.join();
    if (cancelled) sending.cancel();
    EXPECT_EQ(error_of(sending.await()), cancelled ? errc::cancelled : errc::timed_out);
    EXPECT_EQ(message, "m");
    EXPECT_EQ(error_of(joined.rx->try_recv()), errc::would_block);
  }
}

TEST_P(CheckRedirect, CloseOfEitherEndReachesThroughAllThatWereJoined) {
  for (const bool by_sender : {true, false}) {
    line unjoined(GetParam());
    auto joined = unjoined.join(by_sender);
    if (by_sender) {
      auto receiving = weir::spawn([&joined] { return joined.rx->recv(); });
      EXPECT_TRUE(joined.tx->close());
      EXPECT_EQ(error_of(receiving.await()), errc::closed);
    } else {
      EXPECT_TRUE(joined.rx->close());
      EXPECT_FALSE(joined.tx->open());
      EXPECT_EQ(error_of(joined.tx->send("m")), errc::closed);
    }
  }
}

TEST_P(CheckRedirect, ClosedBeforeTheJoinIsClosedAfterIt) {
  line unjoined(GetParam());
  EXPECT_TRUE(unjoined.tx().send("last", 0ms) || !starts_with_value());
  EXPECT_TRUE(unjoined.tx().close());
  auto joined = unjoined.join();
  if (starts_with_value()) {
    EXPECT_EQ(joined.rx->recv(1h), "last");  // it was not received since it was set
  }
  EXPECT_EQ(error_of(joined.rx->recv(1h)), errc::closed);
}

}  // namespace
}  // namespace weir::testing
