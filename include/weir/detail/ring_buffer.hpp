// SPDX-License-Identifier: MIT
// A first-in-first-out buffer that never moves what is in it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace weir::detail {

/// Rings of items, each but the first twice as large as the one before. One that has become full
/// gets a successor, and goes when it is empty; so a buffer that has found its size allocates no
/// more. Positions count up over all rings, and an item lies in its ring at its position modulo the
/// ring's length. Invariant: only the last ring may be empty.
template <class Item>
class ring_buffer {
 public:
  /// Room for `capacity` items before it grows.
  explicit ring_buffer(std::size_t capacity)
      : first_(make_ring(capacity, 0)),
        last_(first_.get()),
        read_(first_->place),
        write_(first_->place) {}
  ring_buffer(const ring_buffer&) = delete;
  ring_buffer& operator=(const ring_buffer&) = delete;
  ~ring_buffer() { clear(); }

  [[nodiscard]] bool empty() const noexcept { return head_ == tail_; }
  [[nodiscard]] std::size_t size() const noexcept { return tail_ - head_; }
  /// Whether `push_within` will do; where it is false, `push` may yet find room.
  [[nodiscard]] bool has_room() const noexcept { return size() <= write_.mask; }

  /// Has `make(place)` construct one more item; should that throw, there is none.
  template <class Make>
  [[gnu::always_inline]] void push(Make make) {
    if (!has_room()) [[unlikely]]
      make_room();
    push_within(std::move(make));
  }
  /// The same. Precondition: `has_room()`.
  template <class Make>
  [[gnu::always_inline]] void push_within(Make make) {
    make(write_.at(tail_));
    ++tail_;
  }

  /// Precondition: not empty.
  [[nodiscard]] Item& front() noexcept { return *read_.at(head_); }

  /// Precondition: not empty.
  [[gnu::always_inline]] void pop() noexcept {
    Item& gone = front();
    std::unique_ptr<ring> emptied;
    if (++head_ == read_end_) [[unlikely]]
      emptied = leave_ring();
    std::destroy_at(&gone);  // last: it may lead back here
  }

  /// Positions count up, from the front's, and each item keeps its own. Precondition: the buffer
  /// never grew.
  [[nodiscard]] std::size_t front_position() const noexcept { return head_; }
  [[nodiscard]] Item& at(std::size_t position) noexcept { return *read_.at(position); }

  void clear() noexcept {
    while (!empty()) pop();
  }

 private:
  static constexpr std::size_t no_end = static_cast<std::size_t>(-1);

  struct slots {
    [[nodiscard]] Item* at(std::size_t position) const noexcept {
      return memory + (position & mask);
    }
    Item* memory;
    std::size_t mask;
  };
  struct ring {
    ring(std::size_t length, std::size_t start)
        : place{static_cast<Item*>(::operator new(length * sizeof(Item), alignment)), length - 1},
          first(start) {}
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring() { ::operator delete(place.memory, alignment); }

    static constexpr std::align_val_t alignment{alignof(Item)};
    const slots place;
    const std::size_t first;  ///< the position at which it begins
    std::unique_ptr<ring> next;
  };

  [[nodiscard]] static std::unique_ptr<ring> make_ring(std::size_t capacity, std::size_t first) {
    if (capacity > static_cast<std::size_t>(-1) / (2 * sizeof(Item)))
      throw std::bad_array_new_length();
    return std::make_unique<ring>(std::bit_ceil(capacity), first);
  }

  /// There are as many items as the last ring is long, though they need not all be in it.
  [[gnu::noinline]] void make_room() {
    if (tail_ - std::max(head_, last_->first) <= write_.mask) return;
    last_->next = make_ring(2 * (write_.mask + 1), tail_);
    if (last_ == first_.get()) read_end_ = tail_;
    last_ = last_->next.get();
    write_ = last_->place;
  }

  /// The first ring is empty, and there is another.
  [[nodiscard, gnu::noinline]] std::unique_ptr<ring> leave_ring() noexcept {
    std::unique_ptr<ring> emptied = std::move(first_);
    first_ = std::move(emptied->next);
    read_ = first_->place;
    read_end_ = first_->next == nullptr ? no_end : first_->next->first;
    return emptied;
  }

  std::size_t head_ = 0;           ///< the position of the oldest item
  std::size_t tail_ = 0;           ///< that of the next to come
  std::size_t read_end_ = no_end;  ///< the position after the last in the first ring, once that
                                   ///< has a successor
  std::unique_ptr<ring> first_;
  ring* last_;
  slots read_;   ///< the first ring's, at hand
  slots write_;  ///< the last one's
};

}  // namespace weir::detail
