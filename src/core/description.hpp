// SPDX-License-Identifier: MIT
// A task in words: for reports of the core, and for who looks inside.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>

#include <weir/detail/record.hpp>
#include <weir/until.hpp>

namespace weir::detail {

/// Where a task of `all`, `race` or `scope` was spawned from, if it has no place in a source file.
[[nodiscard]] const void* address_of_spawn(const task_record& task) noexcept;

/// "a.cpp:12"; or the address; empty if nobody spawned it.
[[nodiscard]] std::string describe_place(const std::source_location& spawned_at,
                                         const void* spawned_from);

/// `task 3 "worker", spawned at a.cpp:12`.
[[nodiscard]] std::string describe_task(std::uint64_t id, std::string_view name,
                                        std::string_view place);
[[nodiscard]] std::string describe_task(const task_record& task);

/// What it waits for: "pipe.recv (0x5581e0)", "its start"; empty if it does not wait.
[[nodiscard]] std::string describe_wait(const task_record& task);
/// For how long, at `now`; none where it does not wait, or for its start.
[[nodiscard]] std::optional<std::chrono::nanoseconds> time_waited(const task_record& task,
                                                                  time_point now) noexcept;

/// "waits for pipe.recv (0x5581e0) since 1.200 s".
[[nodiscard]] std::string describe_waiting(std::string_view waiting_for,
                                           std::optional<std::chrono::nanoseconds> since);

}  // namespace weir::detail
