// SPDX-License-Identifier: MIT
// The receiving end of a stalk.
#pragma once

#include <cstddef>

#include <weir/detail/buffered_half.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

template <class T>
struct stalk_half;

/// A task that waits until there is something in a stalk. What there is it sees when it runs.
template <class T>
struct stalk_wait : wait {
  stalk_wait() noexcept : wait("stalk.recv") {}
  stalk_wait(const stalk_wait&) = delete;
  stalk_wait& operator=(const stalk_wait&) = delete;
  ~stalk_wait() {
    if (half != nullptr) half->looker = nullptr;
  }
  stalk_half<T>* half = nullptr;  ///< whose `looker` this is; null: none's, or it was closed
};

/// At most one task waits in it, and only while it is empty.
template <class T>
struct stalk_half final : buffered_half<T> {
  using buffered_half<T>::buffered_half;
  ~stalk_half() override { forget_looker(); }

  [[nodiscard]] bool can_take() const noexcept override { return this->room(); }
  void take(offer<T>& given) override {
    const bool is_error = given.message() == nullptr;
    this->push(given);
    if (is_error) ++errors_;
    this->waiters.wake_one();
  }

  /// Whether a task waits, or is to look; not one whose wait has ended with an error.
  [[nodiscard]] bool looks() const noexcept {
    return looker != nullptr && looker->outcome() == errc{};
  }

  /// How many messages stand before the first error.
  [[nodiscard]] std::size_t messages() noexcept {
    if (errors_ == 0) return this->items.size();
    std::size_t count = 0;
    while (count != this->items.size() && this->items[count].has_value()) ++count;
    return count;
  }

  [[nodiscard, gnu::noinline]] task_record* begin_recv(stalk_wait<T>& here,
                                                       result<std::size_t>& into, until until) {
    hub_face& hub = *this_hub;
    if (is_refused(*hub.current, until)) return here.begin_refused();
    if (looks() && looker != &here) return here.begin_failed(errc::busy);
    if (look(into)) return begin_return(hub);
    if (this->peer == nullptr) return here.begin_failed(errc::closed);
    forget_looker();
    here.half = this;
    looker = &here;
    here.describe("stalk.recv", this);
    return here.begin_park(&this->waiters, until);
  }

  void try_recv(result<std::size_t>& into) {
    if (looks()) {
      into = failure(errc::busy);
    } else if (!look(into)) {
      into = failure(this->peer == nullptr ? errc::closed : errc::would_block);
    }
  }

  /// Tells what there is, or receives the error that stands first. False: there is nothing.
  bool look(result<std::size_t>& into) {
    if (this->items.empty()) this->take_waiting();  // throws what kept it away
    if (this->items.empty()) return false;
    if (const result<T>& front = this->items.front(); !front.has_value()) {
      into = std::unexpected(front.error());
      --errors_;
      this->pop();
      this->refill();
    } else {
      into = messages();
    }
    return true;
  }

  /// False, and nothing done, if there are not as many messages before the first error.
  bool remove(std::size_t count) noexcept {
    if (count > messages()) return false;
    for (; count != 0; --count) this->pop();
    this->refill();
    return true;
  }

  bool close() noexcept {
    forget_looker();
    errors_ = 0;
    return buffered_half<T>::close();
  }

  stalk_wait<T>* looker = nullptr;  ///< the task in recv, parked or woken and yet to look

 private:
  void forget_looker() noexcept {
    if (looker != nullptr) looker->half = nullptr;
    looker = nullptr;
  }

  std::size_t errors_ = 0;  ///< how many of the items are errors
};

}  // namespace weir::detail
