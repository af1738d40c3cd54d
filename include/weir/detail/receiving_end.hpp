// SPDX-License-Identifier: MIT
// What all receiving ends have in common: they own a half, close it, and receive from it.
#pragma once

#include <memory>
#include <system_error>
#include <utility>

#include <weir/detail/receive_wait.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir::detail {

/// Move-only; destroying it closes the channel.
template <class Half>
class receiving_end {
 public:
  receiving_end() noexcept = default;
  /// For weir: the end of a channel's `half`.
  explicit receiving_end(std::unique_ptr<Half> half) noexcept : half_(std::move(half)) {}
  receiving_end(receiving_end&&) noexcept = default;
  receiving_end& operator=(receiving_end&& other) noexcept {
    receiving_end taken(std::move(other));  // closes, at the end, what was here
    std::swap(half_, taken.half_);
    std::swap(error_, taken.error_);
    return *this;
  }
  ~receiving_end() {
    if (half_ != nullptr) half_->close();
  }

  /// Closes the channel: wakes who waits at either end with `errc::closed`; what was not received
  /// is destroyed. Does not park. Errors: `errc::closed` if it was closed already.
  result<void> close() noexcept {
    if (half_ == nullptr || !half_->close()) return failure(errc::closed);
    return {};
  }

  /// Whether the channel is open still; one whose sender has closed is not, though messages may be
  /// left.
  [[nodiscard]] bool open() const noexcept { return half_ != nullptr && half_->peer != nullptr; }

  /// What ended the last iteration.
  [[nodiscard]] std::error_code error() const noexcept { return error_; }

  /// For weir: null when it was moved from.
  [[nodiscard]] Half* half() const noexcept { return half_.get(); }

 protected:
  /// Where an iteration leaves what ended it.
  [[nodiscard]] std::error_code& last_error() noexcept { return error_; }

 private:
  std::unique_ptr<Half> half_;
  std::error_code error_;
};

/// `half` may be null: closed.
template <class T, class Half>
[[nodiscard, gnu::always_inline]] inline result<T> receive_from(Half* half, until until) {
  result<T> received = failure(errc{});
  task_record& self = *need_hub().current;
  receive_wait<T> here(received);
  finish_switch(self, half != nullptr ? half->begin_recv(here, until) : here.begin_closed(until));
  if (here.outcome() != errc{}) received = failure(here.outcome());
  return received;
}

template <class T, class Half>
[[nodiscard]] result<T> try_receive_from(Half* half) {
  result<T> received = failure(errc::closed);
  if (half == nullptr) return received;
  const attempt came = half->try_recv(received);
  if (came != attempt::received) received = failure(error_of(came));
  return received;
}

}  // namespace weir::detail
