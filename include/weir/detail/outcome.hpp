// SPDX-License-Identifier: MIT
// How a task's function ended: with a value, with an error, or by an exception.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include <weir/error.hpp>

namespace weir::detail {

template <class T>
struct flattened {
  using type = std::decay_t<T>;
};
template <class T>
struct flattened<std::expected<T, std::error_code>> {
  using type = T;
};
/// What a task of a function returning `T` results in: `result<U>` counts as `U`.
template <class T>
using flattened_t = typename flattened<std::remove_cvref_t<T>>::type;

/// Nothing yet, a value, an error, or an exception. Not a variant of a result: it is written and
/// read once for each task, and that would cost as much as the rest of a spawn.
template <class R>
class outcome {
  using value_type = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

 public:
  outcome() noexcept {}
  explicit outcome(std::error_code error) noexcept : error_(error), held_(kind::error) {}
  outcome(outcome&& other) noexcept { receive(std::move(other)); }
  outcome& operator=(outcome&& other) noexcept {
    clear();
    receive(std::move(other));
    return *this;
  }
  ~outcome() {
    if (held_ == kind::value) std::destroy_at(&value_);
  }

  /// What `function` returned or threw.
  template <class Function>
  [[nodiscard]] static outcome of(Function&& function) noexcept {
    using returned = std::invoke_result_t<Function>;
    outcome made;
    try {
      if constexpr (std::is_void_v<returned>) {
        std::invoke(std::forward<Function>(function));
        made.hold_value();
      } else if constexpr (std::is_same_v<std::remove_cvref_t<returned>, result<R>>) {
        made.hold_result(std::invoke(std::forward<Function>(function)));
      } else {
        made.hold_value(std::invoke(std::forward<Function>(function)));
      }
    } catch (...) {
      made.hold_exception(std::current_exception());
    }
    return made;
  }

  /// Moves `from` here; should the move throw, here is that exception. Precondition: empty.
  void receive(outcome&& from) noexcept {
    switch (from.held_) {
      case kind::nothing: break;
      case kind::value:
        if constexpr (std::is_nothrow_move_constructible_v<value_type>) {
          hold_value(std::move(from.value_));
        } else {
          try {
            hold_value(std::move(from.value_));
          } catch (...) {
            hold_exception(std::current_exception());
          }
        }
        break;
      case kind::error:
        error_ = from.error_;
        held_ = kind::error;
        break;
      case kind::exception: hold_exception(std::exchange(from.exception_, nullptr)); break;
    }
  }

  /// Destroys what it holds; it counts as empty while that parks.
  void clear() noexcept {
    exception_ = nullptr;
    if (std::exchange(held_, kind::nothing) == kind::value) std::destroy_at(&value_);
  }

  [[nodiscard]] bool empty() const noexcept { return held_ == kind::nothing; }
  /// Whether it is an error or an exception.
  [[nodiscard]] bool failed() const noexcept { return held_ > kind::value; }
  /// The exception it holds, if any.
  [[nodiscard]] std::exception_ptr exception() const noexcept { return exception_; }
  /// The error it holds, if any.
  [[nodiscard]] std::error_code error() const noexcept {
    return held_ == kind::error ? error_ : std::error_code{};
  }

  /// The result; rethrows the exception. Precondition: not empty.
  [[nodiscard]] result<R> take() {
    if (held_ == kind::exception) std::rethrow_exception(exception_);
    if (held_ == kind::error) return std::unexpected(error_);
    return take_value();
  }
  /// The same. Precondition: it holds a value.
  [[nodiscard]] result<R> take_value() {
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      return std::move(value_);
    }
  }

 private:
  enum class kind : std::uint8_t { nothing, value, error, exception };

  template <class... From>
  void hold_value(From&&... from) {
    std::construct_at(&value_, std::forward<From>(from)...);
    held_ = kind::value;
  }
  void hold_result(result<R>&& from) {
    if (!from.has_value()) {
      error_ = from.error();
      held_ = kind::error;
    } else if constexpr (std::is_void_v<R>) {
      hold_value();
    } else {
      hold_value(*std::move(from));
    }
  }
  void hold_exception(std::exception_ptr thrown) noexcept {
    exception_ = std::move(thrown);
    held_ = kind::exception;
  }

  union {
    value_type value_;       // NOLINT(readability-identifier-naming): private, though in a union
    std::error_code error_;  // NOLINT(readability-identifier-naming)
  };
  std::exception_ptr exception_;
  kind held_ = kind::nothing;
};

}  // namespace weir::detail
