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
  auto sending = std::make_unique<sending_half<typename Half::message_type>>(kind);
  sending->link(receiving.get());
  receiving->peer = sending.get();
  return {tx(std::move(sending)), rx(std::move(receiving))};
}

}  // namespace weir::detail
