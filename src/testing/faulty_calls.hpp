// SPDX-License-Identifier: MIT
// System calls of which chosen ones fail.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include <weir/testing.hpp>

#include "os/io_calls.hpp"

namespace weir::detail {

class faulty_calls final : public os::io_calls {
 public:
  explicit faulty_calls(std::vector<testing::fault> faults) : faults_(std::move(faults)) {}

  ssize_t receive(int fd, std::span<std::byte> into) noexcept override;
  ssize_t send(int fd, std::span<const std::byte> bytes) noexcept override;
  int accept(int fd) noexcept override;
  int connect(int fd, const sockaddr* address, socklen_t size) noexcept override;
  [[nodiscard]] bool cuts() const noexcept override { return !faults_.empty(); }

 private:
  /// Counts a call, and tells the fault planned for it.
  [[nodiscard]] const testing::fault* next(testing::io_call call) noexcept;

  std::vector<testing::fault> faults_;
  std::array<std::size_t, 4> made_{};
};

}  // namespace weir::detail
