// SPDX-License-Identifier: MIT
// What can go wrong: weir's own error codes and the result type every fallible call returns.
#pragma once

#include <expected>
#include <string>
#include <system_error>
#include <type_traits>

namespace weir {

/// weir's own errors. Each compares equal to the `std::errc` named beside it, where there is one.
enum class errc {
  timed_out = 1,  ///< the wait's `until` passed: `std::errc::timed_out`
  closed,         ///< the other end is gone, or the stream ended: `std::errc::broken_pipe`
  cancelled,      ///< the task (or the token given) was cancelled: `std::errc::operation_canceled`
  busy,           ///< someone already waits at this end: `std::errc::device_or_resource_busy`
  would_block,    ///< a `try_` call could not succeed at once: `std::errc::operation_would_block`
  not_paused,     ///< the task to resume is not paused, or not for this type
  failed,         ///< an exception ended the work on another thread
  /// Nothing could ever wake any task: told to the main task, or, while that waits in `all`, `race`
  /// or for a `scope`, to a task it waits for. `std::errc::resource_deadlock_would_occur`
  deadlock,
};

/// What a call that can fail at run time returns: a value, or the reason there is none.
template <class T = void>
using result = std::expected<T, std::error_code>;

namespace detail {

class error_category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override;
  [[nodiscard]] std::string message(int code) const override;
  [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override;
};

extern const error_category weir_errors;

}  // namespace detail

/// The category of `weir::errc`; its name is "weir".
[[nodiscard]] inline const std::error_category& error_category() noexcept {
  return detail::weir_errors;
}

[[nodiscard]] inline std::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), detail::weir_errors};
}

/// `std::unexpected` of one of weir's codes: `return weir::failure(errc::closed);`.
[[nodiscard]] inline std::unexpected<std::error_code> failure(errc code) noexcept {
  return std::unexpected(make_error_code(code));
}
/// The same of one of the system's.
[[nodiscard]] inline std::unexpected<std::error_code> failure(std::errc code) noexcept {
  return std::unexpected(std::make_error_code(code));
}

}  // namespace weir

template <>
struct std::is_error_code_enum<weir::errc> : std::true_type {};
