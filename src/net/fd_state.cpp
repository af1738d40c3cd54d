// SPDX-License-Identifier: MIT
// Watching file descriptors that others read and write.
#include <weir/fd_state.hpp>

#include <unistd.h>

#include "core/hub_core.hpp"
#include "os/fd.hpp"

namespace weir {
namespace {

using side = result<fd_state>;

}  // namespace

result<readiness> fd_state::recv(until until) const {
  static_cast<void>(detail::need_hub());
  const auto peer_closed = detail::hub_core::here().poller->wait_until_ready(
      {.slot = slot_, .generation = generation_, .poller = poller_},
      writing_ ? detail::direction::write : detail::direction::read, until);
  if (peer_closed) return *peer_closed ? readiness::closed : readiness::ready;
  if (peer_closed.error() == errc::closed) return readiness::closed;
  return std::unexpected(peer_closed.error());
}

std::pair<side, side> register_fd(int fd, bool read, bool write) {
  static_cast<void>(detail::need_hub());
  if (!read && !write) {
    return {failure(std::errc::invalid_argument), failure(std::errc::invalid_argument)};
  }
  detail::hub_core& hub = detail::hub_core::here();
  const auto entry = hub.watched_fds.try_emplace(fd);
  const auto handle = entry.second ? hub.poller->add(fd, detail::io_kind::watched)
                                   : std::unexpected(std::make_error_code(std::errc::file_exists));
  if (!handle) {
    if (entry.second) hub.watched_fds.erase(entry.first);
    return {std::unexpected(handle.error()), std::unexpected(handle.error())};
  }
  entry.first->second = *handle;
  const auto of = [handle](bool asked_for, bool writing) -> side {
    if (!asked_for) return failure(std::errc::invalid_argument);
    return fd_state(handle->slot, handle->generation, handle->poller, writing);
  };
  return {of(read, false), of(write, true)};
}

result<void> unregister_fd(int fd) {
  static_cast<void>(detail::need_hub());
  detail::hub_core& hub = detail::hub_core::here();
  const auto found = hub.watched_fds.find(fd);
  if (found == hub.watched_fds.end()) return failure(std::errc::bad_file_descriptor);
  hub.poller->remove(found->second);
  hub.watched_fds.erase(found);
  os::fd(fd).reset();
  return {};
}

}  // namespace weir
