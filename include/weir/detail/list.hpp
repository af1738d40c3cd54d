// SPDX-License-Identifier: MIT
// An intrusive list whose members can leave it without knowing it.
#pragma once

namespace weir::detail {

/// What a member of a list derives from; `Tag` tells apart the lists one object can be on.
/// Invariant: both pointers are null, or the hook is on exactly one ring.
template <class Tag>
class list_hook {
 public:
  list_hook() noexcept = default;
  list_hook(const list_hook&) = delete;
  list_hook& operator=(const list_hook&) = delete;

  [[nodiscard]] bool linked() const noexcept { return next_ != nullptr; }

  void unlink() noexcept {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = nullptr;
    previous_ = nullptr;
  }

  /// The same for a member that is on a list and will never be on one again.
  void unlink_for_good() noexcept {
    previous_->next_ = next_;
    next_->previous_ = previous_;
  }

 protected:
  ~list_hook() = default;

 private:
  template <class T, class U>
  friend class list;
  list_hook* previous_ = nullptr;
  list_hook* next_ = nullptr;
};

/// A first-in-first-out list of `T`, each derived from `list_hook<Tag>`. Owns nothing.
template <class T, class Tag>
class list : list_hook<Tag> {
  using hook = list_hook<Tag>;

 public:
  constexpr list() noexcept { clear(); }
  ~list() = default;

  [[nodiscard]] bool empty() const noexcept { return this->next_ == this; }
  [[nodiscard]] T& front() const noexcept { return static_cast<T&>(*this->next_); }
  [[nodiscard]] T& back() const noexcept { return static_cast<T&>(*this->previous_); }

  /// The member after `member`, or null at the end.
  [[nodiscard]] T* after(const T& member) const noexcept {
    const hook& here = member;
    return here.next_ == this ? nullptr : static_cast<T*>(here.next_);
  }
  /// The member before `member`, or null at the beginning.
  [[nodiscard]] T* before(const T& member) const noexcept {
    const hook& here = member;
    return here.previous_ == this ? nullptr : static_cast<T*>(here.previous_);
  }
  [[nodiscard]] T* first() const noexcept { return empty() ? nullptr : &front(); }
  [[nodiscard]] T* last() const noexcept { return empty() ? nullptr : &back(); }

  void push_back(T& member) noexcept {
    hook& added = member;
    added.previous_ = this->previous_;
    added.next_ = this;
    this->previous_->next_ = &added;
    this->previous_ = &added;
  }

  T& pop_front() noexcept {
    T& member = front();
    static_cast<hook&>(member).unlink();
    return member;
  }

  T& pop_back() noexcept {
    T& member = back();
    static_cast<hook&>(member).unlink();
    return member;
  }

 private:
  constexpr void clear() noexcept { this->previous_ = this->next_ = this; }
};

}  // namespace weir::detail
