// SPDX-License-Identifier: MIT
// A real channel of any kind, over which numbered messages go, for the tests beside the model.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include <weir/gate.hpp>
#include <weir/pipe.hpp>
#include <weir/queue.hpp>
#include <weir/receiver.hpp>
#include <weir/selector.hpp>
#include <weir/sender.hpp>
#include <weir/stalk.hpp>
#include <weir/value.hpp>

#include "message/channel_kind_suite.hpp"
#include "message/channel_schedule_suite.hpp"

namespace weir::testing {

/// A message that tells whether it was moved from, and how many there are that were not.
class numbered {
 public:
  explicit numbered(int number) noexcept : number_(number) { alive_ += number != 0 ? 1 : 0; }
  numbered(const numbered& other) noexcept : numbered(other.number_) {}
  numbered(numbered&& other) noexcept : number_(std::exchange(other.number_, 0)) {}
  numbered& operator=(numbered other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~numbered() { alive_ -= number_ != 0 ? 1 : 0; }

  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] static std::size_t alive() noexcept { return alive_; }

 private:
  inline static std::size_t alive_ = 0;
  int number_;
};

/// Both ends of a channel of any kind.
class real_channel {
 public:
  explicit real_channel(const channel_plan& plan) : what_(plan.what) {
    if (what_ == kind::pipe) keep(pipe<numbered>());
    if (what_ == kind::gate) keep(gate<numbered>());
    if (what_ == kind::value) keep(value<numbered>());
    if (what_ == kind::stalk) keep(stalk<numbered>(plan.capacity));
    if (what_ == kind::selector) selector_ = selector<numbered>();
    if (what_ != kind::queue) return;
    if (plan.capacity == channel_plan::unbounded) {
      keep(queue<numbered>());
    } else {
      keep(queue<numbered>(plan.capacity));
    }
  }

  [[nodiscard]] kind what() const noexcept { return what_; }
  [[nodiscard]] sender<numbered>& tx() noexcept {
    return what_ == kind::value ? value_sender_ : sender_;
  }
  [[nodiscard]] value_sender<numbered>& value_tx() noexcept { return value_sender_; }
  [[nodiscard]] receiver<numbered>& direct_rx() noexcept { return receiver_; }
  [[nodiscard]] queue_receiver<numbered>& queue_rx() noexcept { return *queue_; }
  [[nodiscard]] stalk_receiver<numbered>& stalk_rx() noexcept { return *stalk_; }
  [[nodiscard]] selector_receiver<numbered>& selector_rx() noexcept { return *selector_; }

  /// With the receiver as what it is.
  template <class Function>
  auto with_rx(Function call) {
    if (what_ == kind::queue) return call(*queue_);
    if (what_ == kind::stalk) return call(*stalk_);
    if (what_ == kind::selector) return call(*selector_);
    return call(receiver_);
  }

  void destroy_sender() {
    if (what_ == kind::value) {
      value_sender_ = {};
    } else {
      sender_ = {};
    }
  }
  void destroy_receiver() {
    if (what_ == kind::queue) {
      queue_ = queue_receiver<numbered>();
    } else if (what_ == kind::stalk) {
      stalk_ = stalk_receiver<numbered>();
    } else if (what_ == kind::selector) {
      selector_.reset();
    } else {
      receiver_ = {};
    }
  }
  [[nodiscard]] bool selector_gone() const noexcept { return !selector_; }

 private:
  void keep(pair<numbered>&& made) {
    sender_ = std::move(made.tx);
    receiver_ = std::move(made.rx);
  }
  void keep(value_pair<numbered>&& made) {
    value_sender_ = std::move(made.tx);
    receiver_ = std::move(made.rx);
  }
  void keep(queue_pair<numbered>&& made) {
    sender_ = std::move(made.tx);
    queue_ = std::move(made.rx);
  }
  void keep(stalk_pair<numbered>&& made) {
    sender_ = std::move(made.tx);
    stalk_ = std::move(made.rx);
  }

  kind what_;
  sender<numbered> sender_;
  value_sender<numbered> value_sender_;
  receiver<numbered> receiver_;
  std::optional<queue_receiver<numbered>> queue_;
  std::optional<stalk_receiver<numbered>> stalk_;
  std::optional<selector_receiver<numbered>> selector_;
};

}  // namespace weir::testing
