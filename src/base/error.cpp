// SPDX-License-Identifier: MIT
// The texts and the std::errc equivalents of weir's own error codes.
#include <weir/error.hpp>

namespace weir::detail {

constinit const error_category weir_errors{};

const char* error_category::name() const noexcept { return "weir"; }

std::string error_category::message(int code) const {
  switch (static_cast<errc>(code)) {
    case errc::timed_out: return "timed out";
    case errc::closed: return "closed";
    case errc::cancelled: return "cancelled";
    case errc::busy: return "busy: another task already waits here";
    case errc::would_block: return "would block";
    case errc::not_paused: return "the task is not paused for such a value";
    case errc::failed: return "failed with an exception on another thread";
    case errc::deadlock: return "all tasks are waiting and nothing can wake them";
  }
  return "unknown weir error " + std::to_string(code);
}

std::error_condition error_category::default_error_condition(int code) const noexcept {
  switch (static_cast<errc>(code)) {
    case errc::timed_out: return std::errc::timed_out;
    case errc::closed: return std::errc::broken_pipe;
    case errc::cancelled: return std::errc::operation_canceled;
    case errc::busy: return std::errc::device_or_resource_busy;
    case errc::would_block: return std::errc::operation_would_block;
    case errc::deadlock: return std::errc::resource_deadlock_would_occur;
    case errc::not_paused:
    case errc::failed: break;
  }
  return {code, *this};
}

}  // namespace weir::detail
