// SPDX-License-Identifier: MIT
// What every channel can carry, and what becomes of a message whose moving throws.
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "message/channel_suite.hpp"
#include "testing/holdings.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

std::string name(const ::testing::TestParamInfo<chain>& test) { return name_of(test.param); }

// -- messages that cannot be copied

class CheckUncopyable : public ::testing::TestWithParam<chain> {};

INSTANTIATE_TEST_SUITE_P(Of, CheckUncopyable, ::testing::ValuesIn(without_values(all_channels())),
                         name);

TEST_P(CheckUncopyable, MessagesArriveWhoeverCameFirst) {
  virtual_hub hub;
  auto channel = make_channel<std::unique_ptr<int>>(GetParam());
  auto sending = weir::spawn([&channel] {
    for (int i = 0; i < 9; ++i) EXPECT_TRUE(channel.tx->send(std::make_unique<int>(i)));
    channel.tx->close();
  });
  for (int i = 0; i < 9; ++i) {
    if (i == 5) {
      EXPECT_TRUE(weir::sleep(1ms));
    }
    const auto got = channel.rx->recv();
    ASSERT_TRUE(got);
    EXPECT_EQ(**got, i);
  }
  EXPECT_EQ(error_of(channel.rx->recv()), errc::closed);
}

TEST_P(CheckUncopyable, OneThatIsNotTakenStaysWithItsSender) {
  virtual_hub hub;
  auto channel = make_channel<std::unique_ptr<int>>(GetParam());
  auto message = std::make_unique<int>(1);
  while (channel.tx->try_send(std::move(message))) message = std::make_unique<int>(1);
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(error_of(channel.tx->send(std::move(message), 1ms)), errc::timed_out);
  ASSERT_NE(message, nullptr);
  weir::result<std::unique_ptr<int>> passed = std::move(message);
  EXPECT_EQ(error_of(channel.tx->pass(std::move(passed), 1ms)), errc::timed_out);
  EXPECT_NE(passed.value(), nullptr);
}

// -- large ones, and ones whose moving throws

class CheckPayload : public ::testing::TestWithParam<chain> {};

INSTANTIATE_TEST_SUITE_P(Of, CheckPayload, ::testing::ValuesIn(all_channels()), name);

TEST_P(CheckPayload, MayBeLarge) {
  using large = std::array<std::size_t, 4096>;
  virtual_hub hub;
  auto channel = make_channel<large>(GetParam());
  large message;
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = i;
  auto sending = weir::spawn([&channel, &message] { return channel.tx->send(message); });
  EXPECT_EQ(channel.rx->recv(), message);
  static_cast<void>(channel.rx->try_recv());  // lets a gate's sender go on
  EXPECT_TRUE(sending.await());
}

/// Its move or copy number `throws_at` from now throws, and leaves both as they were.
struct fragile {
  explicit fragile(std::string chosen) : text(std::move(chosen)) {}
  fragile(const fragile& other) : text((check(), other.text)) {}
  fragile(fragile&& other) : text((check(), std::exchange(other.text, "moved from"))) {}
  fragile& operator=(const fragile&) = delete;
  ~fragile() = default;

  static void check() {
    if (throws_at == 0) return;
    --throws_at;
    if (throws_at == 0) throw std::runtime_error("fragile");
  }
  static inline int throws_at = 0;
  std::string text;
};

std::string text_of(const weir::result<fragile>& got) {
  return got ? got->text : got.error().message();
}

TEST_P(CheckPayload, WhoseMovingThrowsToTheSenderStaysThereAndTheReceiverWaitsOn) {
  virtual_hub hub;
  auto channel = make_channel<fragile>(GetParam());
  auto receiving = weir::spawn([&channel] { return text_of(channel.rx->recv(1h)); });
  fragile message("m");
  fragile::throws_at = 1;
  EXPECT_THROW(static_cast<void>(channel.tx->try_send(std::move(message))), std::runtime_error);
  EXPECT_EQ(message.text, "m");
  fragile::throws_at = 1;
  EXPECT_THROW(static_cast<void>(channel.tx->send(std::move(message))), std::runtime_error);
  EXPECT_EQ(message.text, "m");
  EXPECT_FALSE(receiving.done());
  EXPECT_TRUE(channel.tx->try_send(std::move(message)));
  EXPECT_EQ(receiving.await(), "m");
}

TEST_P(CheckPayload, WhoseMovingThrowsToTheReceiverIsReceivedLater) {
  virtual_hub hub;
  auto channel = make_channel<fragile>(GetParam());
  fragile first("first");
  auto sending = weir::spawn([&channel, &first] { return channel.tx->send(std::move(first)); });
  fragile::throws_at = 1;
  const bool stalks = GetParam().back() == kind::stalk;  // nothing moves in its recv
  EXPECT_THROW(static_cast<void>(channel.rx->recv()), std::runtime_error);
  if (stalks) return;  // it was this test that moved it
  EXPECT_EQ(text_of(channel.rx->recv()), "first");
  static_cast<void>(channel.rx->try_recv());
  EXPECT_TRUE(sending.await());
}

TEST_P(CheckPayload, WhoseMovingThrowsWhereRoomHasComeIsThrownToTheReceiverInItsTurn) {
  if (is_direct(GetParam()) || reads_state(GetParam())) return;
  virtual_hub hub;
  auto channel = make_channel<fragile>(GetParam());
  for (const char* text : {"a", "b"}) EXPECT_TRUE(channel.tx->try_send(fragile(text)));
  fragile last("c");
  auto sending = weir::spawn([&channel, &last] { return channel.tx->send(std::move(last)); });
  if (GetParam().back() == kind::selector) {  // has no buffer: the latest change
    EXPECT_EQ(text_of(channel.rx->recv()), "c");
    return;
  }
  fragile::throws_at = 2;  // "c", on its way into the room of "a"
  EXPECT_EQ(text_of(channel.rx->recv()), "a");
  fragile::throws_at = 2;
  EXPECT_EQ(text_of(channel.rx->recv()), "b");
  fragile::throws_at = 1;
  EXPECT_THROW(static_cast<void>(channel.rx->recv()), std::runtime_error);
  EXPECT_EQ(text_of(channel.rx->recv()), "c");
  EXPECT_TRUE(sending.await());
}

}  // namespace
}  // namespace weir::testing
