// SPDX-License-Identifier: MIT
// Many senders, one receiver that learns which of them each message came from.
#pragma once

#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <weir/detail/join.hpp>
#include <weir/detail/receive_iterator.hpp>
#include <weir/detail/receiving_end.hpp>
#include <weir/detail/selector_half.hpp>
#include <weir/error.hpp>
#include <weir/receiver.hpp>
#include <weir/selected.hpp>
#include <weir/until.hpp>

namespace weir {

/// Receives from the senders of all channels that were added to it. Move-only; destroying it closes
/// them.
template <class T>
class selector_receiver {
 public:
  selector_receiver() : half_(std::make_unique<detail::selector_half<T>>()) {}

  /// Joins the sender of `from`'s channel to this selector, as `redirect` does; its messages are
  /// received with the key returned.
  ///
  /// What waits there is received like any other; of a channel that is closed, `errc::closed` is. A
  /// selector that is closed closes the channel. Does not park or yield. Throws `logic_error` if a
  /// task waits at `from`, and what moving a message throws; then `from` is left as it was.
  selector_key add(receiver<T>&& from);

  /// Receives in the order in which the offers began, each with the key of its sender; a sender
  /// that closes is received as `{key, errc::closed}`.
  ///
  /// Parks until there is something, `until` passes or this task is cancelled. Errors:
  /// `errc::closed` (all that were added have closed, or this was), `errc::timed_out`,
  /// `errc::cancelled`, `errc::busy` (another task is receiving here), `errc::deadlock`. On any of
  /// them nothing was taken. Levee: `selector:recv(ms)`.
  [[nodiscard]] result<selected<T>> recv(until until = {});

  /// The same without parking. Errors: `errc::would_block`, `errc::closed`, `errc::busy`.
  [[nodiscard]] result<selected<T>> try_recv();

  /// Closes all channels that were added. Does not park. Errors: `errc::closed` if it was closed
  /// already.
  result<void> close() noexcept {
    if (half_ == nullptr || !half_->close()) return failure(errc::closed);
    return {};
  }

  /// Iteration receives until the first error, which `error` then tells. Parks.
  [[nodiscard]] auto begin() {
    return detail::receive_iterator<selector_receiver, selected<T>, &selector_receiver::recv>(
        *this, error_);
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }
  [[nodiscard]] std::error_code error() const noexcept { return error_; }

  /// For weir: null when it was moved from.
  [[nodiscard]] detail::selector_half<T>* half() const noexcept { return half_.get(); }

 private:
  std::unique_ptr<detail::selector_half<T>> half_;
  std::error_code error_;
};

/// Makes a selector that nothing was added to yet; a recv waits for that. Levee: `h:selector()`.
template <class T>
[[nodiscard]] selector_receiver<T> selector() {
  return {};
}

template <class T>
selector_key selector_receiver<T>::add(receiver<T>&& from) {
  if (half_ == nullptr) throw std::logic_error("weir::selector: this selector was moved from");
  detail::direct_half<T>* const joining = from.half();
  if (joining != nullptr && joining->someone_waits())
    throw std::logic_error("weir::selector: a task waits at the receiver to be added");
  if (half_->closed) {
    const receiver<T> refused(std::move(from));
    return selector_key(++half_->keys);
  }
  detail::source_half<T>& source = half_->add();
  const selector_key key = source.key;
  try {
    if (joining == nullptr) {
      source.sender_gone();
    } else {
      detail::join(*joining, source);
    }
  } catch (...) {
    half_->take_back(source);
    throw;
  }
  const receiver<T> joined(std::move(from));  // closes what is not joined
  return key;
}

template <class T>
result<selected<T>> selector_receiver<T>::recv(until until) {
  result<selected<T>> received = failure(errc{});
  detail::task_record& self = *detail::need_hub().current;
  detail::selected_wait<T> here(received);
  detail::finish_switch(
      self, half_ != nullptr ? half_->begin_recv(here, until) : here.begin_closed(until));
  if (here.outcome() != errc{}) received = failure(here.outcome());
  return received;
}

template <class T>
result<selected<T>> selector_receiver<T>::try_recv() {
  return detail::try_receive_from<selected<T>>(half_.get());
}

}  // namespace weir
