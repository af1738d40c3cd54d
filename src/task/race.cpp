// SPDX-License-Identifier: MIT
#include <weir/race.hpp>

#include <stdexcept>

void weir::detail::throw_empty_race() {
  throw std::logic_error("weir: a race of no functions has no winner");
}
