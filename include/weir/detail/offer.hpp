// SPDX-License-Identifier: MIT
// A message on its way: what a sender has in hand, in whichever form it was given.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include <weir/error.hpp>

namespace weir::detail {

/// Refers to the sender's message, which stays the sender's until it is given. It is moved or
/// copied once, straight into the receiver's result; should that throw, both stay as they were.
template <class T>
class offer {
 public:
  [[nodiscard]] static offer moved(T& message) noexcept { return {form::moved, &message}; }
  [[nodiscard]] static offer copied(const T& message) noexcept {
    return {form::copied, const_cast<T*>(&message)};
  }
  [[nodiscard]] static offer passed(result<T>& message) noexcept {
    return {form::passed, &message};
  }
  [[nodiscard]] static offer failed(std::error_code& error) noexcept {
    return {form::failed, &error};
  }

  void give(result<T>& into) {
    switch (form_) {
      case form::moved: into = std::move(*static_cast<T*>(message_)); break;
      case form::copied:
        if constexpr (std::is_copy_constructible_v<T>) into = *static_cast<const T*>(message_);
        break;
      case form::passed: into = std::move(*static_cast<result<T>*>(message_)); break;
      case form::failed: into = std::unexpected(*static_cast<std::error_code*>(message_)); break;
    }
  }

 private:
  enum class form : unsigned char { moved, copied, passed, failed };
  offer(form form, void* message) noexcept : form_(form), message_(message) {}

  form form_;
  void* message_;
};

}  // namespace weir::detail
