// SPDX-License-Identifier: MIT
// An address that does not answer.
#pragma once

#include <weir/address.hpp>

#include "testing/loopback.hpp"
#include "testing/raw_socket.hpp"

namespace weir::testing {

/// A listener that accepts nothing and has no room for another connection: whoever connects to it
/// gets no answer.
class full_listener {
 public:
  full_listener()
      : listening_(raw_socket::listening_at(own_loopback(), 0)),
        waiting_(raw_socket::connected_to(listening_.local())) {}
  [[nodiscard]] address local() const { return listening_.local(); }

 private:
  raw_socket listening_;
  raw_socket waiting_;
};

}  // namespace weir::testing
