// SPDX-License-Identifier: MIT
// The receiving end of a selector.
#pragma once

#include <cstdint>
#include <iterator>
#include <list>

#include <weir/detail/list.hpp>
#include <weir/detail/source_half.hpp>
#include <weir/error.hpp>
#include <weir/selected.hpp>
#include <weir/until.hpp>
#include <weir/wait.hpp>

namespace weir::detail {

/// Invariants: a source is on one of the lists while it has something to be received, or its sender
/// is held; one that was withdrawn stays there until it is come upon. A source is forgotten when it
/// has been received that it closed. At most one task waits.
template <class T>
struct selector_half {
  selector_half() = default;
  selector_half(const selector_half&) = delete;
  selector_half& operator=(const selector_half&) = delete;
  ~selector_half() { close(); }

  [[nodiscard]] bool someone_waits() const noexcept { return !waiters.empty(); }
  [[nodiscard]] selected_wait<T>& waiting() const noexcept {
    return static_cast<selected_wait<T>&>(waiters.front());
  }

  [[nodiscard]] source_half<T>& add() {
    source_half<T>& added = sources.emplace_back(*this, selector_key(keys + 1));
    ++keys;
    added.position = std::prev(sources.end());
    return added;
  }
  void forget(source_half<T>& source) noexcept { sources.erase(source.position); }
  /// It has closed, and that is not to be received.
  void drop(source_half<T>& source) noexcept {
    forget(source);
    if (ended()) waiters.wake_all(errc::closed);
  }
  /// As if it had never been added. Precondition: no other was added since.
  void take_back(source_half<T>& source) noexcept {
    forget(source);
    --keys;
  }

  [[nodiscard, gnu::noinline]] task_record* begin_recv(selected_wait<T>& here, until until) {
    waiters.assert_hub();
    hub_face& hub = *this_hub;
    if (is_refused(*hub.current, until)) return here.begin_refused();
    if (someone_waits()) return here.begin_failed(errc::busy);
    if (take_now(*here.into)) return begin_return(hub);
    if (ended()) return here.begin_failed(errc::closed);
    comes_back();
    here.describe("selector.recv", this);
    return here.begin_park(&waiters, until);
  }

  attempt try_recv(result<selected<T>>& into) {
    waiters.assert_hub();
    if (someone_waits()) return attempt::busy;
    if (take_now(into)) return attempt::received;
    comes_back();
    return ended() ? attempt::closed : attempt::nothing;
  }

  /// The receiver has found nothing, and may wait.
  void comes_back() noexcept {
    while (source_half<T>* const source = held.first()) {
      source->unlink();
      if (source->peer != nullptr) source->peer->let_go();
    }
  }

  /// False if it was closed already.
  bool close() noexcept {
    if (closed) return false;
    closed = true;
    for (source_half<T>& source : sources) close_sender_of(source);
    sources.clear();
    waiters.wake_all(errc::closed);
    return true;
  }

  /// Whether all that were added have closed.
  [[nodiscard]] bool ended() const noexcept { return closed || (keys != 0 && sources.empty()); }

  std::list<source_half<T>> sources;
  list<source_half<T>, source_tag> offers;  ///< in the order in which they began
  list<source_half<T>, source_tag> held;    ///< those whose senders wait for a recv with no offers
  waiting_place waiters;
  std::uint64_t keys = 0;  ///< how many were ever added
  bool closed = false;
  bool tells_closes = true;  ///< that a sender has closed is received, too

 private:
  bool take_now(result<selected<T>>& into) {
    while (source_half<T>* const source = offers.first()) {
      if (source->receive(into)) return true;
      source->unlink();
    }
    return false;
  }
};

}  // namespace weir::detail
