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
  /// Whether a message has only to be put here.
  [[nodiscard]] bool takes_quickly() const noexcept { return room() && !someone_waits(); }

  void push(offer<T>& given) {
    items.push([&given](result<T>* place) { given.make(place); });
  }
  /// The same for a message that is at hand.
  template <class Given>
  [[gnu::always_inline]] void push_message(Given&& given) {
    items.push([&given](result<T>* place) {
      std::construct_at(place, std::in_place, std::forward<Given>(given));
    });
    tell();
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
};

}  // namespace weir::detail
