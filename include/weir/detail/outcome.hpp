// SPDX-License-Identifier: MIT
// How a task's function ended: with a result, or by an exception.
#pragma once

#include <exception>
#include <functional>
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

/// Nothing yet, a result, or an exception.
template <class R>
class outcome {
 public:
  outcome() noexcept = default;
  /// Should moving the result throw, the new one holds that exception.
  outcome(outcome&& other) noexcept { receive(std::move(other)); }
  outcome& operator=(outcome&& other) noexcept {
    held_.template emplace<0>();
    receive(std::move(other));
    return *this;
  }
  ~outcome() = default;
  explicit outcome(std::error_code error) noexcept
      : held_(std::in_place_index<1>, std::unexpected(error)) {}

  /// What `function` returned or threw.
  template <class Function>
  [[nodiscard]] static outcome of(Function&& function) noexcept {
    outcome made;
    try {
      using returned = std::invoke_result_t<Function>;
      if constexpr (std::is_void_v<returned>) {
        std::invoke(std::forward<Function>(function));
        made.held_.template emplace<1>();
      } else {
        made.held_.template emplace<1>(std::invoke(std::forward<Function>(function)));
      }
    } catch (...) {
      made.held_.template emplace<2>(std::current_exception());
    }
    return made;
  }

  /// Moves `from` here; should the move throw, here is that exception. Precondition: empty.
  void receive(outcome&& from) noexcept {
    try {
      if (auto* returned = std::get_if<1>(&from.held_)) {
        held_.template emplace<1>(std::move(*returned));
      } else if (auto* thrown = std::get_if<2>(&from.held_)) {
        held_.template emplace<2>(std::move(*thrown));
      }
    } catch (...) {
      held_.template emplace<2>(std::current_exception());
    }
  }

  [[nodiscard]] bool empty() const noexcept { return held_.index() == 0; }
  /// The exception it holds, if any.
  [[nodiscard]] std::exception_ptr exception() const noexcept {
    const auto* thrown = std::get_if<2>(&held_);
    return thrown == nullptr ? nullptr : *thrown;
  }
  /// The error of the result it holds, if any.
  [[nodiscard]] std::error_code error() const noexcept {
    const auto* returned = std::get_if<1>(&held_);
    return returned == nullptr || returned->has_value() ? std::error_code{} : returned->error();
  }

  /// The result; rethrows the exception. Precondition: not empty.
  [[nodiscard]] result<R> take() {
    if (auto* thrown = std::get_if<2>(&held_)) std::rethrow_exception(std::move(*thrown));
    return std::move(std::get<1>(held_));
  }

 private:
  std::variant<std::monostate, result<R>, std::exception_ptr> held_;
};

}  // namespace weir::detail
