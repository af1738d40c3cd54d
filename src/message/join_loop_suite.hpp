// SPDX-License-Identifier: MIT
// The loop that a join of a pipe or a gate is defined by, run as a real task. For tests.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include <weir/cancel_token.hpp>
#include <weir/error.hpp>
#include <weir/receiver.hpp>
#include <weir/sender.hpp>
#include <weir/sleep.hpp>
#include <weir/until.hpp>

#include "message/channel_kind_suite.hpp"
#include "message/real_channel_suite.hpp"

namespace weir::testing {

/// Receives from the one and passes to the other, while that can take a message; closes both at the
/// end. Whoever receives from the other says when it begins to wait and when that has ended. What
/// changes without being told is looked at every millisecond.
class copying_loop {
 public:
  /// `room`: in the buffer of the other, which is `what`.
  copying_loop(receiver<numbered> from, sender<numbered> to, kind what, std::size_t room)
      : from_(std::move(from)), to_(std::move(to)), what_(what), room_(room) {}

  void run() {
    using namespace std::chrono_literals;
    bool goes_on = true;
    while (goes_on && to_.open()) {
      if (can_take()) goes_on = copy_one();
      if (goes_on) goes_on = weir::sleep(1ms).has_value();
    }
    from_.close();
    to_.close();
  }

  void receiver_waits() { waiting_ = true; }
  void receiver_goes_on(bool with_a_message) {
    waiting_ = false;
    if (with_a_message) ++room_;
    changed();
  }
  void receiver_closed() { changed(); }

 private:
  /// Whether it is to go on.
  bool copy_one() {
    auto message = from_.recv(may_take_);
    if (!message && message.error() == errc::cancelled) return true;
    if (!message && message.error() == errc::closed) return false;
    --room_;
    return to_.pass(std::move(message)).has_value();
  }

  [[nodiscard]] bool can_take() const {
    if (what_ == kind::queue || what_ == kind::stalk) return room_ > 0;
    return what_ == kind::value || waiting_;
  }

  /// It cannot take any more, perhaps: what is received must not be kept here.
  void changed() { std::exchange(may_take_, cancel_token()).cancel(); }

  receiver<numbered> from_;
  sender<numbered> to_;
  kind what_;
  std::size_t room_;
  cancel_token may_take_;
  bool waiting_ = false;
};

}  // namespace weir::testing
