// SPDX-License-Identifier: MIT
// The receiving end of a stalk.
#pragma once

#include <cstddef>

#include <weir/detail/buffered_half.hpp>
#include <weir/detail/receive_wait.hpp>
#include <weir/error.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

template <class T>
struct stalk_half;

/// A task that waits until there is something in a stalk; it sees what there is when it runs.
template <class T>
struct stalk_wait : wait {
  stalk_wait() noexcept : wait("stalk.recv") {}
  stalk_wait(const stalk_wait&) = delete;
  stalk_wait& operator=(const stalk_wait&) = delete;
  ~stalk_wait() {
    if (half != nullptr) half->looker = nullptr;
  }

  /// After it was woken with success: as `stalk_half::look`.
  bool look(result<std::size_t>& into) {
    if (half != nullptr) return half->look(into);
    into = failure(errc::closed);
    return true;
  }

  stalk_half<T>* half = nullptr;  ///< whose `looker` this is; null: none's, or that was closed
  bool looked = false;            ///< there was no need to wait
};

/// At most one task waits in it, and only while it is empty.
template <class T>
struct stalk_half final : buffered_half<T> {
  using buffered_half<T>::buffered_half;
  ~stalk_half() override { forget_looker(); }

  /// None: the errors sent are counted, and a receiver that waits is to look.
  [[nodiscard]] message_buffer<T>* buffer() noexcept override { return nullptr; }

  [[nodiscard]] bool can_take() const noexcept override { return this->messages.room(); }
  void take(offer<T>& given) override {
    const bool is_error = given.message() == nullptr;
    this->messages.push(given);
    this->messages.tell();
    if (is_error) ++errors_;
    if (!this->messages.someone_waits()) return;
    looker = static_cast<stalk_wait<T>*>(&this->messages.receivers.front());
    looker->half = this;
    looker->wake();
  }

  /// How many messages stand before the first error.
  [[nodiscard]] std::size_t count() noexcept {
    if (errors_ == 0) return this->messages.items.size();
    auto& items = this->messages.items;
    std::size_t counted = 0;
    while (counted != items.size() && items.at(items.front_position() + counted).has_value())
      ++counted;
    return counted;
  }

  [[nodiscard, gnu::noinline]] task_record* begin_recv(stalk_wait<T>& here,
                                                       result<std::size_t>& into, until until) {
    this->messages.receivers.assert_hub();
    hub_face& hub = *this_hub;
    if (is_refused(*hub.current, until)) return here.begin_refused();
    if (is_busy()) return here.begin_failed(errc::busy);
    if (look(into)) {
      here.looked = true;
      return begin_return(hub);
    }
    if (this->peer == nullptr) return here.begin_failed(errc::closed);
    here.describe("stalk.recv", this);
    return here.begin_park(&this->messages.receivers, until);
  }

  attempt try_recv(result<std::size_t>& into) {
    this->messages.receivers.assert_hub();
    if (is_busy()) return attempt::busy;
    if (look(into)) return attempt::received;
    return this->peer == nullptr ? attempt::closed : attempt::nothing;
  }
  void comes_back() noexcept {}  // nobody is held for that

  /// Tells what there is, or receives the error that stands first. False: there is nothing.
  bool look(result<std::size_t>& into) {
    if (this->messages.items.empty()) this->take_waiting();  // throws what kept it away
    if (this->messages.items.empty()) return false;
    if (const result<T>& front = this->messages.items.front(); !front.has_value()) {
      into = std::unexpected(front.error());
      --errors_;
      this->messages.items.pop();
      this->refill();
      this->messages.tell();
    } else {
      into = count();
    }
    return true;
  }

  /// False, and nothing done, if there are not as many messages before the first error.
  bool remove(std::size_t number) noexcept {
    if (number > count()) return false;
    for (; number != 0; --number) this->messages.items.pop();
    this->refill();
    this->messages.tell();
    return true;
  }

  /// Whether a task is in recv.
  [[nodiscard]] bool is_busy() const noexcept {
    return looker != nullptr || this->messages.someone_waits();
  }

  bool close() noexcept {
    forget_looker();
    errors_ = 0;
    return buffered_half<T>::close();
  }

  stalk_wait<T>* looker = nullptr;  ///< the task in recv that was woken and has yet to look

 private:
  void forget_looker() noexcept {
    if (looker != nullptr) looker->half = nullptr;
    looker = nullptr;
  }

  std::size_t errors_ = 0;  ///< how many of the items are errors
};

}  // namespace weir::detail
