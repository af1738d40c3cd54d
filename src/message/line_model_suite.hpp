// SPDX-License-Identifier: MIT
// A plain model of channels that are joined, in a *line* from the first one's sender to the last
// one's receiver: what a call on either end does. Written from the table in docs/messages.md; it
// knows nothing of the real thing. For tests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <weir/error.hpp>

#include "message/channel_kind_suite.hpp"
#include "message/task_model_suite.hpp"

namespace weir::testing {

/// Made of the numbers in a stalk, in their order.
[[nodiscard]] inline std::uint64_t seen_after(std::uint64_t before, int message) {
  return before * 1'000 + static_cast<std::uint64_t>(message);
}

/// One channel, or more that are joined.
struct line {
  kind first = kind::pipe;
  kind last = kind::pipe;
  bool stores = false;  ///< there is a value among them
  bool holds = false;   ///< there is a gate
  std::size_t capacity = 0;
  bool sender_gone = false;
  bool receiver_gone = false;
  std::optional<waiter> sender;    ///< in a send
  bool taken = false;              ///< its message has been: it is held
  std::optional<waiter> receiver;  ///< in a recv, but for a selector's
  std::optional<content> state;    ///< what it stores; a change that waits, if it is to go over
  bool fresh = false;              ///< the state has not been received yet
  std::deque<content> items;       ///< of its queue or stalk
  std::uint64_t key = 0;           ///< in the selector

  [[nodiscard]] bool closed() const { return sender_gone || receiver_gone; }
  [[nodiscard]] bool buffers() const { return last == kind::queue || last == kind::stalk; }
  [[nodiscard]] bool selects() const { return last == kind::selector; }

  [[nodiscard]] std::size_t size() const { return last == kind::stalk ? messages() : items.size(); }

  /// How many messages stand before the first error.
  [[nodiscard]] std::size_t messages() const {
    const auto is_error = [](const content& item) { return bool(item.error); };
    const auto end = std::find_if(items.begin(), items.end(), is_error);
    return static_cast<std::size_t>(end - items.begin());
  }
};

/// The lines that end at one selector, if there is one, or that end by themselves. Has the tasks
/// that call answer, wait and run; where a call fails because an end is not there, they are told by
/// the caller of these functions.
class line_model {
 public:
  line_model(task_model& tasks, bool shuffled) : tasks_(tasks), shuffled_(shuffled) {}

  line& add(kind which, std::size_t capacity) {
    lines_.push_back({.first = which,
                      .last = which,
                      .stores = which == kind::value,
                      .holds = which == kind::gate,
                      .capacity = capacity});
    return lines_.back();
  }

  /// Where the order of tasks is shuffled, one cannot always tell what happens.
  [[nodiscard]] bool unknown() const noexcept { return unknown_; }

  /// How many messages wait in buffers, once all tasks have ended; none if a value keeps some.
  [[nodiscard]] std::optional<std::size_t> stored() const {
    std::size_t count = 0;
    for (const line& each : lines_) {
      if (each.stores || unknown_) return std::nullopt;
      for (const content& item : each.items) count += item.message != 0 ? 1 : 0;
    }
    return count;
  }

  // -- sending. A send that cancellation refuses does not come here.

  void send(std::size_t who, line& to, bool may_park) {
    if (to.closed()) return tasks_.answers(who, errc::closed);
    if (waits(to.sender)) return tasks_.answers(who, errc::busy);
    const content offered = tasks_.offered(who);
    if (to.stores) {
      const bool woke = changes(to, offered);
      tasks_.answers(who, {});
      const bool at_once = to.first == kind::value && !(woke && !to.buffers());
      if (may_park && !at_once) tasks_.yields(who);
    } else if (can_take(to)) {
      takes(to, offered);
      tasks_.answers(who, {});
      if (may_park) goes_on_sending(who, to);
    } else if (may_park) {
      to.taken = false;
      to.sender = tasks_.parks(who);
      if (to.selects()) order_.push_back({.what = entry::is::offer, .of = &to, .by = *to.sender});
    } else {
      tasks_.answers(who, errc::would_block);
    }
  }

  void clear(std::size_t who, line& of) {
    if (of.closed()) return tasks_.answers(who, errc::closed);
    withdraws(of);
    tasks_.answers(who, {});
  }

  // -- receiving. Nor does a recv that cancellation refuses.

  void recv(std::size_t who, line& from, bool may_park) {
    const bool looked_for = from.last == kind::stalk && looking_;
    if (waits(from.receiver) || looked_for) return tasks_.answers(who, errc::busy);
    if (from.last == kind::stalk ? looks(who, from) : takes_from(who, from)) return;
    if (from.closed()) return tasks_.answers(who, errc::closed);
    if (may_park) {
      from.receiver = tasks_.parks(who);
      comes_back(from);
    } else {
      tasks_.answers(who, errc::would_block);
      if (!from.buffers()) comes_back(from);
    }
  }

  void select(std::size_t who, bool may_park) {
    if (selector_closed_) return tasks_.answers(who, errc::closed);
    if (waits(selecting_)) return tasks_.answers(who, errc::busy);
    while (!order_.empty()) {
      const entry first = order_.front();
      order_.pop_front();
      if (selects(who, first)) return;
    }
    if (all_sources_closed()) return tasks_.answers(who, errc::closed);
    for (line* const each : std::exchange(held_, {})) comes_back(*each);
    if (!may_park) return tasks_.answers(who, errc::would_block);
    selecting_ = tasks_.parks(who);
  }

  void remove(std::size_t who, line& from, std::size_t count) {
    if (count > from.messages())
      return tasks_.answers(who, std::make_error_code(std::errc::invalid_argument));
    for (; count > 0; --count) {
      from.items.pop_front();
      fills(from);
    }
    tasks_.answers(who, {});
    if (shuffled_ && looking_ && from.items.empty()) unknown_ = true;
  }

  /// Whether the woken task `who` does; what it was woken for may be gone when it is to run, then
  /// it waits again. Where the order is shuffled one cannot say when that is.
  bool goes_on(std::size_t who) {
    if (looking_ != who) return true;
    const auto stalk = std::find_if(lines_.begin(), lines_.end(),
                                    [](const line& each) { return each.last == kind::stalk; });
    if (!stalk->items.empty()) return true;
    looking_.reset();
    if (tasks_.is_refused(who) || stalk->closed()) {
      tasks_.answers(who, tasks_.is_refused(who) ? errc::cancelled : errc::closed);
      return true;
    }
    stalk->receiver = tasks_.parks_again(who);
    return false;
  }

  /// A task woken at `from` returns. What is in a stalk it sees only then.
  void returns_from_recv(std::size_t who, line& from) {
    if (looking_ != who) return;
    looking_.reset();
    if (!looks(who, from)) tasks_.answers(who, errc::closed);
  }

  // -- closing

  void close_sender(line& of) {
    if (of.closed()) return;
    of.sender_gone = true;
    if (waits(of.sender)) tasks_.wakes(of.sender->who, errc::closed);
    if (waits(of.receiver)) tasks_.wakes(of.receiver->who, errc::closed);
    if (of.selects() && !of.state) tells_of_close(of);
  }

  void close_receiver(line& of) {
    of.receiver_gone = true;
    of.items.clear();
    of.state.reset();
    if (of.last == kind::stalk && looking_)
      tasks_.answers(*std::exchange(looking_, std::nullopt), errc::closed);
    if (waits(of.sender)) tasks_.wakes(of.sender->who, errc::closed);
    if (waits(of.receiver)) tasks_.wakes(of.receiver->who, errc::closed);
  }

  [[nodiscard]] bool selector_closed() const noexcept { return selector_closed_; }

  void close_selector() {
    selector_closed_ = true;
    order_.clear();
    for (line& each : lines_)
      if (each.selects()) close_receiver(each);
    if (waits(selecting_)) tasks_.wakes(selecting_->who, errc::closed);
  }

  // -- joining

  /// What a channel is joined to that is added to the selector.
  line& add_source() {
    line& added = add(kind::selector, 0);
    added.first = kind::pipe;
    added.key = ++keys_;
    return added;
  }

  [[nodiscard]] bool receiver_waits(const line& at) const { return waits(at.receiver); }
  [[nodiscard]] bool sender_waits(const line& at) const { return waits(at.sender); }

  /// The sender of `from` becomes that of `to`, and `from` is not used any more. False: one of them
  /// is closed, now both are.
  bool join(line& from, line& to) {
    const bool something_left = from.stores && from.state && from.fresh && !from.receiver_gone;
    if (to.closed() || from.receiver_gone || (from.sender_gone && !something_left)) {
      close_receiver(from);
      close_sender(to);
      return false;
    }
    to.first = from.first;
    to.holds = to.holds || from.holds;
    to.stores = to.stores || from.stores;
    if (from.stores) {
      withdraws(to);
      if (from.state && !changes(to, *from.state)) to.fresh = from.fresh;
    }
    to.sender = std::exchange(from.sender, std::nullopt);
    to.taken = from.taken;
    if (waits(to.sender)) matches(to);
    if (from.sender_gone) close_sender(to);
    from = {};
    return true;
  }

 private:
  /// What a selector receives, in its order.
  struct entry {
    enum class is : std::uint8_t { offer, change, close } what = is::offer;
    line* of = nullptr;
    waiter by;  ///< whose offer it is
  };

  /// Whether a message sent now would be received, or stand in a buffer.
  [[nodiscard]] bool can_take(const line& to) const {
    if (to.selects()) return waits(selecting_);
    return waits(to.receiver) || (to.buffers() && to.items.size() < to.capacity);
  }

  /// It can. Whether that woke a receiver.
  bool takes(line& to, content what) {
    std::optional<waiter>& receiver = to.selects() ? selecting_ : to.receiver;
    const bool wakes = waits(receiver);
    if (to.last == kind::stalk || !wakes) to.items.push_back(what);
    if (!wakes) return false;
    const std::size_t who = std::exchange(receiver, std::nullopt)->who;
    tasks_.wakes(who, {});
    if (to.last == kind::stalk) {
      looking_ = who;
    } else {
      receives(who, to, what);
    }
    return true;
  }

  /// After its message was taken at once.
  void goes_on_sending(std::size_t who, line& to) {
    if (to.buffers() && !to.holds) return;
    if (!to.holds || (to.buffers() && can_take(to))) return tasks_.yields(who);
    to.sender = tasks_.parks(who);
    is_held(to);
  }

  /// Its sender is, until the receiver comes back.
  void is_held(line& of) {
    of.taken = true;
    tasks_.ends_well(of.sender->who);
    std::erase(held_, &of);  // held before, until its time had passed
    if (of.selects()) held_.push_back(&of);
  }

  /// The offer of a sender that waits has been taken.
  void is_taken(line& of) {
    if (of.holds && !of.stores) return is_held(of);
    tasks_.wakes(of.sender->who, {});
  }

  /// A sender that was held goes on.
  void comes_back(line& to) {
    if (waits(to.sender) && to.taken) tasks_.wakes(to.sender->who, {});
  }

  /// There may be room for what waits.
  void fills(line& to) {
    if (to.state && can_take(to)) takes(to, *std::exchange(to.state, std::nullopt));
    if (waits(to.sender) && !to.taken && can_take(to)) {
      takes(to, tasks_.offered(to.sender->who));
      is_taken(to);
    }
    if (can_take(to)) comes_back(to);
  }

  /// A line that stores has something new to store. Whether that was received, or went over.
  bool changes(line& to, content what) {
    const bool over = can_take(to);
    if (over) takes(to, what);
    if (to.buffers() || to.selects()) {
      if (over) return true;
      if (!to.state && to.selects())
        order_.push_back({.what = entry::is::change, .of = &to, .by = {}});
      to.state = what;
      return false;
    }
    to.state = what;
    to.fresh = !over;
    return over;
  }

  void withdraws(line& of) {
    of.state.reset();
    std::erase_if(order_, [&of](const entry& each) {
      return each.of == &of && each.what == entry::is::change;
    });
  }

  bool takes_from(std::size_t who, line& from) {
    if (from.stores && !from.buffers()) {
      if (!from.state || (from.sender_gone && !from.fresh)) return false;
      from.fresh = false;
      receives(who, from, *from.state);
    } else if (!from.items.empty()) {
      receives(who, from, from.items.front());
      from.items.pop_front();
      fills(from);
    } else if (from.state) {  // before a queue that has room for none
      receives(who, from, *std::exchange(from.state, std::nullopt));
    } else if (waits(from.sender) && !from.taken) {
      receives(who, from, tasks_.offered(from.sender->who));
      is_taken(from);
    } else {
      return false;
    }
    return true;
  }

  bool looks(std::size_t who, line& from) {
    if (from.items.empty()) return false;
    tasks_.answers(who, from.items.front().error);
    answer& seen = tasks_.expected(who);
    if (seen.error) {
      from.items.pop_front();
      fills(from);
      return true;
    }
    seen.count = from.messages();
    for (std::size_t i = 0; i < seen.count; ++i)
      seen.seen = seen_after(seen.seen, from.items[i].message);
    return true;
  }

  void receives(std::size_t who, const line& from, content what) {
    tasks_.answers(who, {});
    answer& received = tasks_.expected(who);
    received.message = what.message;
    received.from = from.key;
    (from.selects() ? received.value : received.error) = what.error;
  }

  bool selects(std::size_t who, const entry& first) {
    line& from = *first.of;
    switch (first.what) {
      case entry::is::offer:
        if (from.sender != first.by || !waits(from.sender) || from.taken) return false;
        receives(who, from, tasks_.offered(from.sender->who));
        is_taken(from);
        break;
      case entry::is::change:
        receives(who, from, *std::exchange(from.state, std::nullopt));
        if (from.sender_gone) tells_of_close(from);
        break;
      case entry::is::close: receives(who, from, {.message = 0, .error = errc::closed}); break;
    }
    return true;
  }

  /// The selector is told, after a change that waits to go over.
  void tells_of_close(line& of) {
    if (waits(selecting_)) {
      takes(of, {.message = 0, .error = errc::closed});
    } else {
      order_.push_back({.what = entry::is::close, .of = &of, .by = {}});
    }
  }

  [[nodiscard]] bool all_sources_closed() const {
    const auto open = [](const line& each) { return each.selects() && !each.sender_gone; };
    return keys_ > 0 && std::none_of(lines_.begin(), lines_.end(), open);
  }

  /// A sender that waits has come to a new receiver.
  void matches(line& to) {
    const std::size_t who = to.sender->who;
    if (to.taken) {
      if (to.stores || can_take(to)) return comes_back(to);
      is_held(to);
    } else if (to.stores) {
      changes(to, tasks_.offered(who));
      tasks_.wakes(who, {});
    } else if (can_take(to)) {
      takes(to, tasks_.offered(who));
      is_taken(to);
      if (to.buffers() && can_take(to)) comes_back(to);
    } else if (to.selects()) {
      order_.push_back({.what = entry::is::offer, .of = &to, .by = *to.sender});
    }
  }

  [[nodiscard]] bool waits(const std::optional<waiter>& place) const {
    return place && tasks_.waits(*place);
  }

  task_model& tasks_;
  bool shuffled_;
  bool unknown_ = false;
  std::deque<line> lines_;              ///< where they stay: they are pointed at
  std::optional<std::size_t> looking_;  ///< woken by a stalk, and at it until it has looked
  std::uint64_t keys_ = 0;              ///< of the selector: how many were added
  bool selector_closed_ = false;
  std::optional<waiter> selecting_;
  std::deque<entry> order_;
  std::vector<line*> held_;  ///< whose senders are, in the order they were received
};

}  // namespace weir::testing
