// SPDX-License-Identifier: MIT
// Making a channel out of its two halves.
#pragma once

#include <memory>
#include <utility>

#include <weir/detail/sending_half.hpp>

namespace weir::detail {

/// `Pair{tx, rx}` over a new sending half and `receiving`.
template <class Pair, class Half>
[[nodiscard]] Pair make_channel(const sending_kind& kind, std::unique_ptr<Half> receiving) {
  using tx = decltype(Pair::tx);
  using rx = decltype(Pair::rx);
  Half& half = *receiving;
  rx receiving_end(std::move(receiving));
  auto sending = std::make_unique<sending_half<typename Half::message_type>>(kind);
  sending->link(&half);  // from here on nothing throws
  half.peer = sending.get();
  return {tx(std::move(sending)), std::move(receiving_end)};
}

}  // namespace weir::detail
