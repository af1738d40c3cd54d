// SPDX-License-Identifier: MIT
// Iteration over what a receiver receives.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <system_error>
#include <utility>

#include <weir/error.hpp>
#include <weir/until.hpp>

namespace weir::detail {

/// An input iterator over what `(from.*Next)(until)` returns; ends at the first error, which it
/// leaves in `error`. A message is destroyed before the wait for the next begins, since its sender
/// may wait for that; the next is made where it was, so it is not moved once more.
template <class Receiver, class T, result<T> (Receiver::*Next)(until)>
class receive_iterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;

  receive_iterator(Receiver& from, std::error_code& error)
      : from_(&from), error_(&error), message_((from.*Next)({})) {
    keep_error();
  }

  [[nodiscard]] T& operator*() noexcept { return *message_; }
  receive_iterator& operator++() {
    message_ = failure(errc{});
    std::destroy_at(&message_);
    try {
      ::new (static_cast<void*>(&message_)) result<T>((from_->*Next)({}));
    } catch (...) {
      std::construct_at(&message_, failure(errc{}));
      throw;
    }
    keep_error();
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const receive_iterator& at, std::default_sentinel_t) noexcept {
    return !at.message_.has_value();
  }

 private:
  void keep_error() noexcept {
    *error_ = message_.has_value() ? std::error_code{} : message_.error();
  }

  Receiver* from_;
  std::error_code* error_;
  result<T> message_;
};

}  // namespace weir::detail
