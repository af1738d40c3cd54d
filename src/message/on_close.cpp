// SPDX-License-Identifier: MIT
#include <weir/detail/on_close.hpp>

#include <exception>
#include <string>

#include <weir/log.hpp>

#include "base/log.hpp"

namespace weir::detail {

void call_on_close(close_callback callback) noexcept {
  if (!callback) return;
  try {
    callback();
  } catch (const std::exception& thrown) {
    log(log_level::error, std::string("what was to be called on close threw: ") + thrown.what());
  } catch (...) {
    log(log_level::error, "what was to be called on close threw something unknown");
  }
}

}  // namespace weir::detail
