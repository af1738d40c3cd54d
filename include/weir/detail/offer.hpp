// SPDX-License-Identifier: MIT
// A message on its way: what a sender has in hand, in whichever form it was given.
#pragma once

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
    // How to copy is known only here: a vector of unique_ptrs claims to be copyable and is not, so
    // nothing that a moved message passes through may mention it.
    return {form::copied, const_cast<T*>(&message),
            [](const void* from, result<T>& into) { into = *static_cast<const T*>(from); }};
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
      case form::copied: copy_(message_, into); break;
      case form::passed: into = std::move(*static_cast<result<T>*>(message_)); break;
      case form::failed: into = std::unexpected(*static_cast<std::error_code*>(message_)); break;
    }
  }

 private:
  enum class form : unsigned char { moved, copied, passed, failed };
  using copy_function = void (*)(const void* from, result<T>& into);

  offer(form how, void* message, copy_function copy = nullptr) noexcept
      : form_(how), message_(message), copy_(copy) {}

  form form_;
  void* message_;
  copy_function copy_;
};

}  // namespace weir::detail
