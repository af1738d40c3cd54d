// SPDX-License-Identifier: MIT
// The kinds of channels, for the tests of all of them.
#pragma once

#include <cstdint>

namespace weir::testing {

enum class kind : std::uint8_t { pipe, value, gate, queue, stalk, selector };

[[nodiscard]] inline const char* name_of(kind which) {
  switch (which) {
    case kind::pipe: return "Pipe";
    case kind::value: return "Value";
    case kind::gate: return "Gate";
    case kind::queue: return "Queue";
    case kind::stalk: return "Stalk";
    case kind::selector: return "Selector";
  }
  return "?";
}

}  // namespace weir::testing
