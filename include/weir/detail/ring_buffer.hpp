// SPDX-License-Identifier: MIT
// A first-in-first-out buffer that never moves what is in it.
#pragma once

#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace weir::detail {

/// Rings of items, each but the first twice as large as the one before. One that has become full
/// gets a successor, and goes when it is empty; so a buffer that has found its size allocates no
/// more. Invariant: only the last ring may be empty.
template <class Item>
class ring_buffer {
 public:
  /// Room for `capacity` items before it grows.
  explicit ring_buffer(std::size_t capacity) : first_(make_ring(capacity)), last_(first_.get()) {}
  ring_buffer(const ring_buffer&) = delete;
  ring_buffer& operator=(const ring_buffer&) = delete;
  ~ring_buffer() { clear(); }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Has `make(place)` construct one more item; should that throw, there is none.
  template <class Make>
  [[gnu::always_inline]] void push(Make make) {
    if (last_->tail - last_->head > last_->mask) [[unlikely]]
      grow();
    make(last_->at(last_->tail));
    ++last_->tail;
    ++size_;
  }

  /// Precondition: not empty.
  [[nodiscard]] Item& front() noexcept { return *first_->at(first_->head); }

  /// Precondition: not empty.
  [[gnu::always_inline]] void pop() noexcept {
    Item& gone = front();
    std::unique_ptr<ring> emptied;
    ++first_->head;
    --size_;
    if (first_->head == first_->tail && first_.get() != last_) [[unlikely]] {
      emptied = std::move(first_);
      first_ = std::move(emptied->next);
    }
    std::destroy_at(&gone);  // last: it may lead back here
  }

  /// Positions count up, from the front's, and each item keeps its own. Precondition: the buffer
  /// never grew.
  [[nodiscard]] std::size_t front_position() const noexcept { return first_->head; }
  [[nodiscard]] Item& at(std::size_t position) noexcept { return *first_->at(position); }

  void clear() noexcept {
    while (size_ != 0) pop();
  }

 private:
  struct ring {
    explicit ring(std::size_t length)
        : slots(static_cast<Item*>(::operator new(length * sizeof(Item), alignment))),
          mask(length - 1) {}
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring() { ::operator delete(slots, alignment); }

    [[nodiscard]] Item* at(std::size_t position) const noexcept {
      return slots + (position & mask);
    }

    static constexpr std::align_val_t alignment{alignof(Item)};
    Item* slots;
    std::size_t mask;
    std::size_t head = 0;  ///< positions count up; an item lies at its position modulo the length
    std::size_t tail = 0;
    std::unique_ptr<ring> next;
  };

  [[nodiscard]] static std::unique_ptr<ring> make_ring(std::size_t capacity) {
    if (capacity > static_cast<std::size_t>(-1) / (2 * sizeof(Item)))
      throw std::bad_array_new_length();
    return std::make_unique<ring>(std::bit_ceil(capacity));
  }

  [[gnu::noinline]] void grow() {
    last_->next = make_ring(2 * (last_->mask + 1));
    last_ = last_->next.get();
  }

  std::unique_ptr<ring> first_;
  ring* last_;
  std::size_t size_ = 0;
};

}  // namespace weir::detail
