// SPDX-License-Identifier: MIT
// Keeps SIGPIPE from the calling thread for as long as it lives.
#pragma once

#include <csignal>

namespace weir::os {

/// Blocks SIGPIPE in this thread; takes one that is pending before it gives the mask back. The
/// process's disposition is not touched.
class sigpipe_block {
 public:
  sigpipe_block() noexcept;
  sigpipe_block(const sigpipe_block&) = delete;
  sigpipe_block& operator=(const sigpipe_block&) = delete;
  ~sigpipe_block();

 private:
  sigset_t former_{};
  bool pending_before_ = false;
};

}  // namespace weir::os
