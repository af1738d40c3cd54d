// SPDX-License-Identifier: MIT
// The messages, and the errors sent among them, that a queue or a stalk holds.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

#include <weir/detail/offer.hpp>
#include <weir/detail/ring_buffer.hpp>
#include <weir/error.hpp>
#include <weir/waiting_place.hpp>

namespace weir::detail {

/// Told whether a buffer is empty.
class emptiness_listener {
 public:
  virtual ~emptiness_listener() = default;
  /// Called again and again, also when it is as before.
  virtual void tell(bool empty) noexcept = 0;
};

template <class T>
struct message_buffer {
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t first_room = 16;  ///< of an unlimited one, before it grows

  explicit message_buffer(std::size_t capacity)
      : limit(capacity), items(capacity == unlimited ? first_room : capacity) {}

  [[nodiscard]] bool room() const noexcept { return items.size() < limit; }
  [[nodiscard]] bool someone_waits() const noexcept { return !receivers.empty(); }
  /// Whether a message has only to be put here, with `push_quickly`.
  [[nodiscard]] bool takes_quickly() const noexcept {
    return !needs_care && room() && items.has_room() && !someone_waits();
  }
  /// Whether the oldest message has only to be taken from here.
  [[nodiscard]] bool gives_quickly() noexcept {
    return !needs_care && !items.empty() && items.front().has_value();
  }

  void push(offer<T>& given) {
    items.push([&given](result<T>* place) { given.make(place); });
  }
  /// The same for a message that is at hand. Precondition: `takes_quickly()`.
  template <class Given>
  [[gnu::always_inline]] void push_quickly(Given&& given) {
    items.push_within([&given](result<T>* place) {
      std::construct_at(place, std::in_place, std::forward<Given>(given));
    });
  }
  /// Precondition: `gives_quickly()`.
  [[nodiscard, gnu::always_inline]] result<T> take_quickly() {
    result<T> oldest(std::in_place, *std::move(items.front()));
    items.pop();
    return oldest;
  }

  /// Called when a step that may have changed whether it is empty is over.
  void tell() noexcept {
    if (listener != nullptr) [[unlikely]]
      listener->tell(items.empty());
  }

  const std::size_t limit;
  ring_buffer<result<T>> items;
  waiting_place receivers;  ///< who waits while there is nothing
  emptiness_listener* listener = nullptr;
  /// Someone waits for room, or is to be told, or there is a value's state: to put a message here
  /// or to take one is not all there is to do. May be true when that is over.
  bool needs_care = true;
};

}  // namespace weir::detail
