// SPDX-License-Identifier: MIT
// A message on its way: what a sender has in hand, in whichever form it was given.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <weir/error.hpp>

namespace weir::detail {

/// Makes a `T` of `given` in the place of the error `into` holds; should that throw, the error
/// stays.
template <class T, class Given>
void put(result<T>& into, Given&& given) {
  if constexpr (std::is_nothrow_constructible_v<T, Given>) {
    into.emplace(std::forward<Given>(given));
  } else {
    const std::error_code before = into.error();
    std::destroy_at(&into);
    try {
      std::construct_at(&into, std::in_place, std::forward<Given>(given));
    } catch (...) {
      std::construct_at(&into, std::unexpect, before);
      throw;
    }
  }
}

/// Refers to the sender's message, which stays the sender's until it is given. It is moved or
/// copied once, straight into the receiver's result; should that throw, both stay as they were.
template <class T>
class offer {
 public:
  [[nodiscard]] static offer moved(T& message) noexcept {
    return {form::moved, static_cast<void*>(&message)};
  }
  [[nodiscard]] static offer copied(const T& message) noexcept {
    if constexpr (std::is_trivially_copyable_v<T>) {
      return moved(const_cast<T&>(message));  // to move it is to copy it
    }
    // How to copy is known only here: a vector of unique_ptrs claims to be copyable and is not, so
    // nothing that a moved message passes through may mention it.
    return {form::copied, static_cast<void*>(const_cast<T*>(&message)),
            [](const void* from, result<T>& into) { put(into, *static_cast<const T*>(from)); }};
  }
  [[nodiscard]] static offer passed(result<T>& message) noexcept {
    return {form::passed, &message};
  }
  [[nodiscard]] static offer failed(std::error_code& error) noexcept {
    return {form::failed, &error};
  }

  /// The message, or null where an error is sent.
  [[nodiscard]] const T* message() const noexcept {
    switch (form_) {
      case form::moved:
      case form::copied: return static_cast<T*>(message_);
      case form::passed: {
        const auto& given = *static_cast<result<T>*>(message_);
        return given.has_value() ? &*given : nullptr;
      }
      case form::failed: break;
    }
    return nullptr;
  }
  /// The error sent. Precondition: there is no message.
  [[nodiscard]] std::error_code error() const noexcept {
    return form_ == form::failed ? *static_cast<std::error_code*>(message_)
                                 : static_cast<result<T>*>(message_)->error();
  }

  /// Makes what is sent at `at`, where there is nothing yet; should that throw, nothing is.
  void make(result<T>* at) {
    if (form_ == form::moved) {
      std::construct_at(at, std::in_place, std::move(*static_cast<T*>(message_)));
      return;
    }
    std::construct_at(at, failure(errc{}));
    try {
      give(*at);
    } catch (...) {
      std::destroy_at(at);
      throw;
    }
  }

  /// Whether `give_moved` will do.
  [[nodiscard]] bool moves() const noexcept { return form_ == form::moved; }
  [[gnu::always_inline]] void give_moved(result<T>& into) { put(into, std::move(moving())); }
  /// The message itself. Precondition: `moves()`.
  [[nodiscard]] T& moving() const noexcept { return *static_cast<T*>(message_); }

  /// Precondition: `into` holds an error.
  void give(result<T>& into) {
    switch (form_) {
      case form::moved: give_moved(into); break;
      case form::copied: copy_(message_, into); break;
      case form::passed: give_result(std::move(*static_cast<result<T>*>(message_)), into); break;
      case form::failed: into = std::unexpected(*static_cast<std::error_code*>(message_)); break;
    }
  }

 private:
  enum class form : unsigned char { moved, copied, passed, failed };
  using copy_function = void (*)(const void* from, result<T>& into);

  static void give_result(result<T>&& from, result<T>& into) {
    if (from.has_value()) {
      put(into, *std::move(from));
    } else {
      into = std::unexpected(from.error());
    }
  }

  offer(form how, void* message, copy_function copy = nullptr) noexcept
      : form_(how), message_(message), copy_(copy) {}

  form form_;
  void* message_;
  copy_function copy_;
};

}  // namespace weir::detail
