// SPDX-License-Identifier: MIT
// Joins of a pipe or a gate beside the loop that defines them: what is sent and received is the
// same.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <weir/error.hpp>
#include <weir/redirect.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/task.hpp>
#include <weir/testing.hpp>
#include <weir/until.hpp>

#include "message/channel_kind_suite.hpp"
#include "message/channel_schedule_suite.hpp"
#include "message/join_loop_suite.hpp"
#include "message/real_channel_suite.hpp"
#include "testing/holdings.hpp"
#include "testing/random_schedule.hpp"

namespace {

using namespace std::chrono_literals;
using weir::errc;
using weir::testing::copying_loop;
using weir::testing::error_of;
using weir::testing::kind;
using weir::testing::numbered;
using weir::testing::real_channel;

/// What one of two tasks does, in a turn of its own.
struct act {
  enum class is : std::uint8_t { call, try_call, error, close } what = is::call;
  std::size_t after = 0;                            ///< so many turns that it lets pass
  std::optional<std::size_t> turns = std::nullopt;  ///< that the call waits at most
};

struct loop_schedule {
  std::vector<act> sends;
  std::vector<act> receives;
  std::size_t joined_at = 0;  ///< the turn
  std::optional<std::size_t> sender_cancelled_at;
  std::optional<std::size_t> receiver_cancelled_at;
};

class loop_schedule_drawer {
 public:
  explicit loop_schedule_drawer(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] loop_schedule draw() {
    loop_schedule drawn{
        .sends = draw_acts(), .receives = draw_acts(), .joined_at = 1 + random_.below(4)};
    if (random_.once_in(8)) drawn.sender_cancelled_at = 1 + random_.below(12);
    if (random_.once_in(8)) drawn.receiver_cancelled_at = 1 + random_.below(12);
    return drawn;
  }

 private:
  std::vector<act> draw_acts() {
    std::vector<act> drawn(3 + random_.below(6));
    for (act& each : drawn) {
      if (random_.once_in(4)) each.what = random_.once_in(2) ? act::is::error : act::is::try_call;
      if (random_.once_in(16)) each.what = act::is::close;
      if (random_.once_in(3)) each.after = random_.below(3);
      if (random_.once_in(2)) each.turns = random_.below(3);
    }
    return drawn;
  }

  weir::testing::random_schedule random_;
};

/// One schedule, over a join or over the loop. A turn takes 8 ms: the sender acts, its waits end,
/// the receiver acts, and its waits end, each at a millisecond of its own, and the loop between
/// them.
class loop_run {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// From `start` on, which the run moves to its end.
  loop_run(const loop_schedule& schedule, kind first, kind second, bool with_loop,
           time_point& start)
      : schedule_(schedule), with_loop_(with_loop), start_(start) {
    // A gate on either side makes the whole join a gate: to be the same, the loop begins with one.
    const bool gate = first == kind::gate || second == kind::gate;
    first_.emplace(weir::testing::channel_plan{.what = gate && with_loop ? kind::gate : first});
    second_.emplace(weir::testing::channel_plan{.what = second, .capacity = room});
  }

  /// What each of both got, by turns.
  [[nodiscard]] std::string run() {
    auto sending = weir::spawn([this] { send_all(); });
    auto receiving = weir::spawn([this] { receive_all(); });
    weir::task<> looping;
    for (std::size_t turn = 1; turn <= turns; ++turn) {
      EXPECT_TRUE(weir::sleep(at(turn, 0ms)));
      turn_ = turn;
      if (turn_ == schedule_.joined_at) looping = join();
      if (turn_ == schedule_.sender_cancelled_at) sending.cancel();
      if (turn_ == schedule_.receiver_cancelled_at) receiving.cancel();
    }
    start_ += 8ms * (turns + 1);
    sending.cancel();
    receiving.cancel();
    EXPECT_TRUE(sending.await());
    EXPECT_TRUE(receiving.await());
    if (loop_ != nullptr) {
      looping.cancel();
      EXPECT_TRUE(looping.await());
    }
    return "sender:" + sent_ + "\nreceiver:" + received_;
  }

 private:
  static constexpr std::size_t room = 2;
  static constexpr std::size_t turns = 24;

  [[nodiscard]] weir::until at(std::size_t turn, std::chrono::milliseconds within) const {
    return start_ + 8ms * turn + within;
  }

  weir::task<> join() {
    auto from = std::move(first_->direct_rx());
    const bool selects = second_->what() == kind::selector;
    if (!with_loop_) {
      if (selects) {
        second_->selector_rx().add(std::move(from));
      } else {
        EXPECT_TRUE(weir::redirect(std::move(from), std::move(second_->tx())));
      }
      return {};
    }
    auto between = weir::pipe<numbered>();
    if (selects) second_->selector_rx().add(std::move(between.rx));
    loop_ = std::make_unique<copying_loop>(
        std::move(from), std::move(selects ? between.tx : second_->tx()), second_->what(), room);
    if (waiting_) loop_->receiver_waits();
    return weir::spawn([this] { loop_->run(); });
  }

  void send_all() {
    std::size_t next = 0;
    for (const act& each : schedule_.sends) {
      next = std::max(next, turn_) + 1 + each.after;
      if (!weir::sleep(at(next, 2ms))) return;
      note(sent_, next, send(each, each.turns ? at(next + *each.turns, 4ms) : weir::until()));
    }
  }

  std::error_code send(const act& what, weir::until limit) {
    auto& tx = first_->tx();
    const int number = ++last_sent_;
    switch (what.what) {
      case act::is::call: return error_of(tx.send(numbered(number), limit));
      case act::is::try_call: return error_of(tx.try_send(numbered(number)));
      case act::is::error:
        return error_of(tx.error(std::error_code(number, std::generic_category()), limit));
      case act::is::close: return error_of(tx.close());
    }
    return {};
  }

  void receive_all() {
    std::size_t next = 0;
    for (const act& each : schedule_.receives) {
      next = std::max(next, turn_) + 1 + each.after;
      if (!weir::sleep(at(next, 5ms))) return;
      if (each.what == act::is::close) {
        // Whether it was closed already the loop may not have noticed.
        static_cast<void>(second_->with_rx([](auto& rx) { return rx.close(); }));
        if (loop_ != nullptr) loop_->receiver_closed();
      } else {
        const auto got = receive(each.turns ? at(next + *each.turns, 7ms) : weir::until());
        note(received_, next, error_of(got), got ? got->number() : 0);
      }
    }
  }

  weir::result<numbered> receive(weir::until limit) {
    waiting_ = true;
    if (loop_ != nullptr) loop_->receiver_waits();
    auto got = second_->with_rx([&limit](auto& rx) { return one_of(rx, limit); });
    waiting_ = false;
    // An error of the runtime took nothing out of a buffer; one that was sent did.
    const bool taken = got || got.error().category() == std::generic_category();
    if (loop_ != nullptr) loop_->receiver_goes_on(taken);
    return got;
  }

  template <class Receiver>
  static weir::result<numbered> one_of(Receiver& rx, weir::until limit) {
    return rx.recv(limit);
  }
  static weir::result<numbered> one_of(weir::stalk_receiver<numbered>& rx, weir::until limit) {
    const auto there = rx.recv(limit);
    if (!there) return std::unexpected(there.error());
    numbered first = *rx.begin();
    rx.remove(1);
    return first;
  }
  static weir::result<numbered> one_of(weir::selector_receiver<numbered>& rx, weir::until limit) {
    auto got = rx.recv(limit);
    if (!got) return std::unexpected(got.error());
    return std::move(got->value);
  }

  void note(std::string& log, std::size_t called, std::error_code error, int message = 0) const {
    log += " " + std::to_string(called) + "-" + std::to_string(turn_) + ": " +
           (message != 0 ? std::to_string(message)
            : error      ? error.message()
                         : "done") +
           ",";
  }

  const loop_schedule& schedule_;
  bool with_loop_;
  time_point& start_;
  std::optional<real_channel> first_;
  std::optional<real_channel> second_;
  std::unique_ptr<copying_loop> loop_;
  bool waiting_ = false;
  std::size_t turn_ = 0;
  int last_sent_ = 0;
  std::string sent_;
  std::string received_;
};

void check(kind first, kind second) {
  const std::size_t count = weir::testing::scaled(3'000);
  const weir::testing::virtual_hub hub;
  auto start = std::chrono::steady_clock::now();
  const auto before = weir::testing::held_now();
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const loop_schedule schedule = loop_schedule_drawer(seed).draw();
    const std::string joined = loop_run(schedule, first, second, false, start).run();
    const std::string looped = loop_run(schedule, first, second, true, start).run();
    ASSERT_EQ(joined, looped) << "seed " << seed << ", " << name_of(first) << " to "
                              << name_of(second) << " in turn " << schedule.joined_at;
    ASSERT_EQ(before, weir::testing::held_now()) << "seed " << seed;
    ASSERT_EQ(numbered::alive(), 0U) << "seed " << seed;
  }
}

TEST(JoinLoop, OfAPipeDoesWhatTheJoinDoes) {
  for (const kind second :
       {kind::pipe, kind::value, kind::gate, kind::queue, kind::stalk, kind::selector})
    check(kind::pipe, second);
}

TEST(JoinLoop, OfAGateDoesWhatTheJoinDoes) {
  for (const kind second :
       {kind::pipe, kind::value, kind::gate, kind::queue, kind::stalk, kind::selector})
    check(kind::gate, second);
}

}  // namespace
