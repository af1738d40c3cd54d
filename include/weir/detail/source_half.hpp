// SPDX-License-Identifier: MIT
// The receiving end of a channel that was joined to a selector.
#pragma once

#include <list>
#include <utility>

#include <weir/detail/list.hpp>
#include <weir/detail/receiving_half.hpp>
#include <weir/detail/sending_half.hpp>
#include <weir/error.hpp>
#include <weir/selected.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

struct source_tag;  // on the offers of its selector, or on those held, or neither
template <class T>
struct selector_half;

template <class T>
struct selected_wait : wait {
  explicit selected_wait(result<selected<T>>& place) noexcept
      : wait("selector.recv"), into(&place) {}
  result<selected<T>>* into;  ///< holds an error until something is received
};

template <class T>
struct source_half final : receiving_half<T>, list_hook<source_tag> {
  source_half(selector_half<T>& owner, selector_key name) noexcept
      : receiving_half<T>(taking::by_selecting), selector(owner), key(name) {}
  ~source_half() override { unlink(); }

  [[nodiscard]] bool can_take() const noexcept override { return selector.someone_waits(); }
  void take(offer<T>& given) override {
    auto& receiver = selector.waiting();
    fill(*receiver.into, [&given](result<T>& value) { given.give(value); });
    receiver.wake();
  }
  void offer_waits() noexcept override {
    if (this->state != nullptr && linked()) return;  // a later change keeps the place
    unlink();
    selector.offers.push_back(*this);
  }
  void offer_withdrawn() noexcept override { unlink(); }
  void sender_held() noexcept override {
    unlink();
    selector.held.push_back(*this);
  }
  void sender_gone() noexcept override {
    if (this->state != nullptr && this->state->fresh()) return;  // that goes first
    const auto last_state = std::move(this->state);              // destroyed last
    if (!selector.tells_closes) return selector.drop(*this);
    unlink();
    selector.offers.push_back(*this);
    if (!selector.someone_waits()) return;
    auto& receiver = selector.waiting();
    receive(*receiver.into);
    receiver.wake();
  }

  /// Receives what it has to offer. False: nothing. May destroy this.
  bool receive(result<selected<T>>& into) {
    if (this->state != nullptr) return receive_change(into);
    if (this->peer == nullptr) {
      into.emplace(key).value = failure(errc::closed);
      selector.forget(*this);
      return true;
    }
    send_wait<T>* const sender = this->peer->offering();
    if (sender == nullptr) return false;
    fill(into, [sender](result<T>& value) { sender->offered->give(value); });
    unlink();
    this->peer->taken(*sender);
    return true;
  }

  selector_half<T>& selector;
  const selector_key key;
  typename std::list<source_half>::iterator position;  ///< in the selector's sources

 private:
  bool receive_change(result<selected<T>>& into) {
    if (!this->state->fresh()) return false;
    fill(into, [this](result<T>& value) { this->state->read(value); });
    this->state->mark(false);
    unlink();
    if (this->peer == nullptr) sender_gone();  // the close comes after it
    return true;
  }

  /// Has `give` put something into what is received; should that throw, nothing is.
  template <class Give>
  void fill(result<selected<T>>& into, Give give) {
    selected<T>& received = into.emplace(key);
    try {
      give(received.value);
    } catch (...) {
      into = failure(errc{});
      throw;
    }
  }
};

}  // namespace weir::detail
