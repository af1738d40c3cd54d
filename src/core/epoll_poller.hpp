// SPDX-License-Identifier: MIT
// A poller over epoll(7): every operation is tried first, and waits for an edge when it cannot be
// done.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <weir/detail/cache_line.hpp>
#include <weir/detail/record.hpp>
#include <weir/waiting_place.hpp>

#include "base/chunked_vector.hpp"
#include "core/poller.hpp"
#include "os/epoll.hpp"
#include "os/io_calls.hpp"

namespace weir::detail {

/// Each fd is registered once, edge-triggered, for everything, and never modified.
///
/// Invariants:
/// 1. An event carries a slot and its generation; removing an fd raises the generation, so an event
///    that was under way to it is dropped.
/// 2. `ready` false of a side means: the last call there said EAGAIN (or an equal sign), and no
/// edge
///    has come since. Every change in the kernel brings an edge, so nobody waits on a ready fd.
class epoll_poller final : public poller {
 public:
  explicit epoll_poller(std::unique_ptr<os::io_calls> calls);

  [[nodiscard]] result<io_handle> add(int fd, io_kind kind) override;
  void remove(io_handle handle) noexcept override;
  [[nodiscard]] result<std::size_t> receive(io_handle from, std::span<std::byte> into,
                                            until& until) override;
  [[nodiscard]] result<std::size_t> send(io_handle to, std::span<const std::byte> bytes,
                                         until& until) override;
  [[nodiscard]] result<int> accept(io_handle listener, until& until) override;
  [[nodiscard]] result<io_handle> connect(int fd, io_kind kind, const sockaddr* address,
                                          socklen_t size, until until) override;
  [[nodiscard]] result<bool> wait_until_ready(io_handle handle, direction which,
                                              until until) override;
  [[nodiscard]] result<std::size_t> try_send(io_handle to,
                                             std::span<const std::byte> bytes) noexcept override;
  void when_writable(io_handle handle, writable_listener& listener) noexcept override;
  void close_reading(io_handle handle) noexcept override;
  std::optional<std::uint32_t> poll(std::optional<std::chrono::nanoseconds> wait) noexcept override;
  [[nodiscard]] std::size_t waiting_count() const noexcept override {
    return waiting_ + listening_;
  }
  [[nodiscard]] std::size_t registered_count() const noexcept override { return registered_; }

 private:
  struct side {
    waiting_place waiters;              ///< one at most
    const task_record* user = nullptr;  ///< in an operation
    bool ready = true;
    bool closed = false;  ///< nobody is to use it any more
  };
  /// What reading needs lies in the first cache line.
  struct alignas(cache_line) slot {
    int fd = -1;
    std::uint32_t generation = 1;
    io_kind kind = io_kind::other;
    bool always_ready = false;  ///< epoll refuses it: a regular file
    bool peer_closed = false;   ///< an edge has said so: a short read may have the end behind it
    bool urgent_seen = false;   ///< a short read may have ended at the urgent mark
    writable_listener* listener = nullptr;
    side read;
    side write;

    /// Precondition: the handle is one of this slot's.
    [[nodiscard]] bool has(io_handle handle) const noexcept {
      return generation == handle.generation;
    }
  };

  /// What an operation is called in the task tree, and which side of the fd it needs.
  struct operation {
    const char* name;
    side slot::* which;
  };

  class use;

  [[nodiscard]] slot* find(io_handle handle) noexcept;
  [[nodiscard]] result<void> wait_for(slot& at, const operation& what, until& until);
  template <class Call>
  [[nodiscard]] result<std::size_t> perform(io_handle handle, const operation& what, until& until,
                                            Call call);
  /// Whether anyone was woken.
  bool arrived(slot& at, std::uint32_t events) noexcept;
  static bool set_ready(side& became) noexcept;
  void fetch(std::span<const epoll_event> arrived) noexcept;
  [[nodiscard]] writable_listener* take_listener(slot& at) noexcept;

  const std::uint32_t number_;  ///< of all pollers of the process
  os::epoll epoll_;
  std::unique_ptr<os::io_calls> calls_;
  chunked_vector<slot, 16> slots_;
  std::vector<std::uint32_t> free_;  ///< has room for all slots, so giving one back cannot fail
  /// So few that what the kernel has touched for an event is still in its caches when the task that
  /// it wakes comes to run.
  std::array<epoll_event, 32> events_{};
  std::size_t waiting_ = 0;    ///< tasks that have not run since they parked here
  std::size_t listening_ = 0;  ///< listeners not told yet
  std::size_t registered_ = 0;
};

[[nodiscard]] std::unique_ptr<poller> make_epoll_poller();

}  // namespace weir::detail
