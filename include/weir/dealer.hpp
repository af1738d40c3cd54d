// SPDX-License-Identifier: MIT
// One sender, many receivers.
#pragma once

#include <memory>

#include <weir/detail/channel.hpp>
#include <weir/pair.hpp>
#include <weir/shared_receiver.hpp>

namespace weir {

template <class T>
using dealer_pair = pair<T, sender<T>, shared_receiver<T>>;

/// Makes a pipe at whose receiving end any number of tasks may wait: each message goes to the one
/// that has waited longest. For workers that share what there is to do.
template <class T>
[[nodiscard]] dealer_pair<T> dealer() {
  return detail::make_channel<dealer_pair<T>>(
      detail::sending_kind{.call = "dealer.send"},
      std::make_unique<detail::direct_half<T>>("dealer.recv", true));
}

}  // namespace weir
