// SPDX-License-Identifier: MIT
// Tests of a pair that has given one of its ends away.
#include <weir/pair.hpp>

#include <utility>

#include <gtest/gtest.h>

#include <weir/pipe.hpp>
#include <weir/testing.hpp>

#include "testing/holdings.hpp"

namespace {

using weir::errc;
using weir::testing::error_of;
using weir::testing::virtual_hub;

TEST(Pair, ClosesItsChannelByTheEndThatIsLeft) {
  virtual_hub hub;
  auto without_sender = weir::pipe<int>();
  const auto tx = std::move(without_sender.tx);
  EXPECT_TRUE(without_sender.close());
  EXPECT_FALSE(tx.open());
  EXPECT_EQ(error_of(without_sender.close()), errc::closed);

  auto without_receiver = weir::pipe<int>();
  const auto rx = std::move(without_receiver.rx);
  EXPECT_TRUE(without_receiver.close());
  EXPECT_FALSE(rx.open());
  EXPECT_EQ(error_of(without_receiver.close()), errc::closed);
}

TEST(Pair, HasNothingToCloseWhenItHasNeitherEnd) {
  weir::pair<int> none;
  EXPECT_EQ(error_of(none.close()), errc::closed);
}

}  // namespace
