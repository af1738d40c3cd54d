// SPDX-License-Identifier: MIT
#include "inspect/look_up_beside.hpp"

#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"

namespace weir::detail {

bool look_up_beside(std::function<void()> look_up_all,
                    const std::function<void(side_thread&)>& await) {
  try {
    side_thread lookup(std::move(look_up_all));
    await(lookup);
    return true;
  } catch (const std::system_error& refused) {
    log(log_level::warning,
        fmt::format("a traceback has addresses only: no thread to look them up: {}",
                    refused.what()));
    return false;
  }
}

}  // namespace weir::detail
