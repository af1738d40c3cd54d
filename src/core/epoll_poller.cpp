// SPDX-License-Identifier: MIT
// The operations over epoll.
#include "core/epoll_poller.hpp"

#include <atomic>
#include <cerrno>
#include <utility>

#include <poll.h>

#include <weir/wait.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {
namespace {

constexpr std::uint32_t all_events =
    EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | static_cast<std::uint32_t>(EPOLLET);
constexpr std::uint32_t gone_events = EPOLLHUP | EPOLLERR;
constexpr std::uint32_t end_events = EPOLLRDHUP | gone_events;

std::uint64_t to_data(io_handle handle) noexcept {
  return std::uint64_t{handle.generation} << 32U | handle.slot;
}

io_handle to_handle(std::uint64_t data, std::uint32_t poller) noexcept {
  return {.slot = static_cast<std::uint32_t>(data),
          .generation = static_cast<std::uint32_t>(data >> 32U),
          .poller = poller};
}

std::uint32_t next_number() noexcept {
  static std::atomic<std::uint32_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;  // pairs with nothing: only a number
}

/// Whether the other side of `fd` is gone at this moment; one that has sent its last byte may still
/// read.
bool is_over(int fd, bool for_reader) noexcept {
  pollfd asked{.fd = fd, .events = static_cast<short>(for_reader ? POLLRDHUP : 0), .revents = 0};
  return ::poll(&asked, 1, 0) > 0;
}

bool not_now(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

std::unique_ptr<poller> make_epoll_poller() {
  return std::make_unique<epoll_poller>(std::make_unique<os::io_calls>());
}

epoll_poller::epoll_poller(std::unique_ptr<os::io_calls> calls)
    : number_(next_number()), calls_(std::move(calls)) {}

result<io_handle> epoll_poller::add(int fd, io_kind kind) {
  if (free_.empty()) {
    if (free_.capacity() == slots_.size()) free_.reserve(2 * slots_.size() + 1);
    slots_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  const std::uint32_t number = free_.back();
  slot& at = slots_[number];
  const io_handle handle{.slot = number, .generation = at.generation, .poller = number_};
  at.always_ready = false;
  if (auto added = epoll_.add(fd, all_events, to_data(handle)); !added) {
    if (added.error() != std::errc::operation_not_permitted) {
      return std::unexpected(added.error());
    }
    at.always_ready = true;
  }
  free_.pop_back();
  at.fd = fd;
  // A regular file is never drained: there would be no edge to end the wait.
  at.kind = at.always_ready ? io_kind::other : kind;
  if (at.kind != io_kind::service) ++registered_;
  at.peer_closed = false;
  at.urgent_seen = false;
  at.read.closed = at.write.closed = false;
  at.read.user = at.write.user = nullptr;
  const bool tried_first = kind != io_kind::watched && kind != io_kind::service;
  at.read.ready = at.write.ready = tried_first || at.always_ready;
  return handle;
}

void epoll_poller::remove(io_handle handle) noexcept {
  slot* const at = find(handle);
  if (at == nullptr) return;
  if (!at->always_ready) epoll_.remove(at->fd);
  at->fd = -1;
  if (++at->generation == 0) at->generation = 1;
  if (at->kind != io_kind::service) --registered_;
  free_.push_back(handle.slot);
  static_cast<void>(take_listener(*at));
  at->read.waiters.wake_all(errc::closed);
  at->write.waiters.wake_all(errc::closed);
}

epoll_poller::slot* epoll_poller::find(io_handle handle) noexcept {
  if (handle.poller != number_ || handle.slot >= slots_.size()) return nullptr;
  slot& at = slots_[handle.slot];
  return at.generation == handle.generation && at.fd >= 0 ? &at : nullptr;
}

/// A task's stay at a side, from its call until the return, though it is woken in between. The slot
/// may be another fd's by then.
class epoll_poller::use {
 public:
  use(slot* at, io_handle handle, side slot::* which) noexcept
      : at_(at), handle_(handle), which_(which) {
    if (at_ != nullptr && mine().user == nullptr) mine().user = self_;
  }
  use(const use&) = delete;
  use& operator=(const use&) = delete;
  ~use() {
    if (lasts() && mine().user == self_) mine().user = nullptr;
  }

  /// Whether the handle still names the slot.
  [[nodiscard]] bool lasts() const noexcept { return at_ != nullptr && at_->has(handle_); }

 private:
  [[nodiscard]] side& mine() const noexcept { return at_->*which_; }

  slot* at_;
  io_handle handle_;
  side slot::* which_;
  const task_record* self_ = this_hub->current;
};

result<void> epoll_poller::wait_for(slot& at, const operation& what, until& until) {
  wait here(what.name, at.fd);
  const std::size_t counted = at.kind == io_kind::service ? 0 : 1;
  waiting_ += counted;
  auto woken = here.park((at.*what.which).waiters, until);
  waiting_ -= counted;
  if (woken) until = here.settled(until);
  return woken;
}

/// Calls until it succeeds or fails for good, and waits for an edge whenever the answer is EAGAIN.
/// A yield for fairness comes before the call, so nothing else runs between it and the return.
template <class Call>
result<std::size_t> epoll_poller::perform(io_handle handle, const operation& what, until& until,
                                          Call call) {
  hub_face& hub = need_hub();
  task_record& self = *hub.current;
  finish_switch(self, begin_return(hub));
  slot* const at = find(handle);
  const use here(at, handle, what.which);
  for (;;) {
    if (is_refused(self, until)) {
      finish_switch(self, begin_refusal());
      return failure(errc::cancelled);
    }
    if (!here.lasts()) return failure(errc::closed);
    side& needed = at->*what.which;
    if (needed.closed) return failure(errc::closed);
    if (needed.user != &self) return failure(errc::busy);
    if (needed.ready) {
      hub_core::here().fetch_next();
      const ssize_t done = call(*at);
      if (done >= 0) return static_cast<std::size_t>(done);
      if (errno == EINTR) continue;
      if (!not_now(errno)) return std::unexpected(os::last_error());
      needed.ready = false;
    }
    if (auto woken = wait_for(*at, what, until); !woken) return std::unexpected(woken.error());
  }
}

result<std::size_t> epoll_poller::receive(io_handle from, std::span<std::byte> into, until& until) {
  return perform(from, {"recv", &slot::read}, until, [this, into](slot& at) {
    const ssize_t received = calls_->receive(at.fd, into);
    const bool is_short = received > 0 && static_cast<std::size_t>(received) < into.size();
    if (is_short && at.kind == io_kind::drains && !at.peer_closed && !at.urgent_seen &&
        !calls_->cuts()) {
      at.read.ready = false;
    }
    return received;
  });
}

result<std::size_t> epoll_poller::send(io_handle to, std::span<const std::byte> bytes,
                                       until& until) {
  return perform(to, {"send", &slot::write}, until,
                 [this, bytes](slot& at) { return calls_->send(at.fd, bytes); });
}

result<int> epoll_poller::accept(io_handle listener, until& until) {
  const auto accepted = perform(listener, {"accept", &slot::read}, until, [this](slot& at) {
    return static_cast<ssize_t>(calls_->accept(at.fd));
  });
  if (!accepted) return std::unexpected(accepted.error());
  return static_cast<int>(*accepted);
}

result<io_handle> epoll_poller::connect(int fd, io_kind kind, const sockaddr* address,
                                        socklen_t size, until until) {
  task_record& self = *need_hub().current;
  if (is_refused(self, until)) {
    finish_switch(self, begin_refusal());
    return failure(errc::cancelled);
  }
  // Registered only when it is under way: a socket that is not connected yet reports a hang-up.
  const int begun = calls_->connect(fd, address, size);
  if (begun != 0 && errno != EINPROGRESS && errno != EINTR) {
    return std::unexpected(os::last_error());
  }
  auto handle = add(fd, kind);
  if (!handle || begun == 0) return handle;
  slots_[handle->slot].write.ready = false;
  const auto connected =
      perform(*handle, {"connect", &slot::write}, until, [this, address, size](slot& at) {
        const ssize_t again = calls_->connect(at.fd, address, size);
        if (again == 0 || errno == EISCONN) return ssize_t{0};
        if (errno == EALREADY || errno == EINPROGRESS) errno = EAGAIN;
        return again;
      });
  if (connected) return handle;
  remove(*handle);
  return std::unexpected(connected.error());
}

result<bool> epoll_poller::wait_until_ready(io_handle handle, direction which, until until) {
  const bool reads = which == direction::read;
  const operation what =
      reads ? operation{"readable", &slot::read} : operation{"writable", &slot::write};
  const auto told = perform(handle, what, until, [what, reads](slot& at) {
    // No edge tells that it is not over any more: a terminal or a FIFO that was opened again, an
    // error that was fetched.
    const bool over = at.peer_closed && is_over(at.fd, reads);
    // Kept until it is asked for, once; an end for as long as it lasts.
    (at.*what.which).ready = at.always_ready || over;
    return over ? ssize_t{1} : ssize_t{0};
  });
  if (!told) return std::unexpected(told.error());
  return *told != 0;
}

result<std::size_t> epoll_poller::try_send(io_handle to,
                                           std::span<const std::byte> bytes) noexcept {
  slot* const at = find(to);
  if (at == nullptr) return failure(errc::closed);
  while (at->write.ready) {
    const ssize_t sent = calls_->send(at->fd, bytes);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EINTR) continue;
    if (!not_now(errno)) return std::unexpected(os::last_error());
    at->write.ready = false;
  }
  return 0;
}

void epoll_poller::when_writable(io_handle handle, writable_listener& listener) noexcept {
  if (slot* const at = find(handle); at != nullptr) {
    at->listener = &listener;
    ++listening_;
  }
}

writable_listener* epoll_poller::take_listener(slot& at) noexcept {
  if (at.listener != nullptr) --listening_;
  return std::exchange(at.listener, nullptr);
}

void epoll_poller::close_reading(io_handle handle) noexcept {
  slot* const at = find(handle);
  if (at == nullptr) return;
  at->read.closed = true;
  at->read.waiters.wake_all(errc::closed);
}

bool epoll_poller::set_ready(side& became) noexcept {
  became.ready = true;
  return became.waiters.wake_one();
}

bool epoll_poller::arrived(slot& at, std::uint32_t events) noexcept {
  if ((events & end_events) != 0) at.peer_closed = true;
  if ((events & EPOLLPRI) != 0) at.urgent_seen = true;
  bool woken = false;
  if ((events & (EPOLLIN | EPOLLPRI | end_events)) != 0) woken |= set_ready(at.read);
  if ((events & (EPOLLOUT | gone_events)) != 0) {
    woken |= set_ready(at.write);
    if (writable_listener* const listener = take_listener(at)) {
      listener->writable();
      woken = true;
    }
  }
  return woken;
}

/// Has the processor fetch what is about to be woken: one behind the other each would be waited
/// for.
void epoll_poller::fetch(std::span<const epoll_event> arrived) noexcept {
  if (arrived.size() < 2) return;
  for (const epoll_event& event : arrived) {
    __builtin_prefetch(&slots_[to_handle(event.data.u64, number_).slot]);
  }
  for (const epoll_event& event : arrived) {
    const slot& at = slots_[to_handle(event.data.u64, number_).slot];
    if (const wait* const waiting = at.read.waiters.first()) {
      const auto* const bytes = reinterpret_cast<const std::byte*>(waiting);
      __builtin_prefetch(bytes);
      __builtin_prefetch(bytes + cache_line);
      __builtin_prefetch(bytes + sizeof(wait) - 1);
    }
  }
}

std::optional<std::uint32_t> epoll_poller::poll(
    std::optional<std::chrono::nanoseconds> wait) noexcept {
  std::optional<std::uint32_t> first;
  const auto events = epoll_.wait(events_, wait);
  fetch(events);
  for (const epoll_event& event : events) {
    const io_handle handle = to_handle(event.data.u64, number_);
    slot* const at = find(handle);
    if (at != nullptr && arrived(*at, event.events) && !first) first = handle.slot;
  }
  return first;
}

}  // namespace weir::detail
