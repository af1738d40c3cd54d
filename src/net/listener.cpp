// SPDX-License-Identifier: MIT
// Accepting connections.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include <weir/wait.hpp>

#include "base/deadline.hpp"
#include "base/log.hpp"
#include "core/hub_core.hpp"
#include "net/listener_core.hpp"
#include "net/refusal.hpp"
#include "net/socket_transport.hpp"
#include "net/stream_core.hpp"
#include "os/socket_address.hpp"

namespace weir::tcp {
namespace {

constexpr std::chrono::nanoseconds first_pause = std::chrono::milliseconds(10);
constexpr std::chrono::nanoseconds longest_pause = std::chrono::seconds(1);

/// Nothing is wrong with the listener; others have to give something back first.
bool out_of_resources(std::error_code error) noexcept {
  return error == std::errc::too_many_files_open ||
         error == std::errc::too_many_files_open_in_system || error == std::errc::no_buffer_space ||
         error == std::errc::not_enough_memory;
}

/// An error of the connection, not of the listener: it was gone before it was accepted, or the
/// network had something to say about it; accept(2).
bool of_the_connection(std::error_code error) noexcept {
  static constexpr std::errc errors[] = {
      std::errc::connection_aborted,     std::errc::protocol_error,
      std::errc::no_protocol_option,     std::errc::network_down,
      std::errc::network_unreachable,    std::errc::host_unreachable,
      std::errc::operation_not_supported};
  return std::any_of(std::begin(errors), std::end(errors),
                     [error](std::errc each) { return error == each; });
}

}  // namespace

/// A task's stay in `accept`.
class listener::core::visit {
 public:
  explicit visit(core& visited) noexcept : core_(visited) { core_.accepting_ = true; }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;
  ~visit() {
    core_.accepting_ = false;
    core_.delete_if_left();
  }

 private:
  core& core_;
};

result<stream> listener::core::accept(until until) {
  if (const auto why = detail::refusal(until, static_cast<bool>(socket_), accepting_)) {
    return std::unexpected(why);
  }
  const visit here(*this);
  auto accepted = accept_one(until);
  if (!accepted) return std::unexpected(accepted.error());
  os::fd socket(*accepted);
  const auto handle = detail::hub_core::here().poller->add(socket.get(), detail::io_kind::drains);
  if (!handle) return std::unexpected(handle.error());
  return detail::make_stream(std::make_unique<detail::socket_transport>(std::move(socket), *handle),
                             gather_);
}

result<int> listener::core::accept_one(until until) {
  for (std::chrono::nanoseconds pause = first_pause;;) {
    const auto accepted = detail::hub_core::here().poller->accept(handle_, until);
    if (accepted) {
      said_so_ = false;
      return accepted;
    }
    if (of_the_connection(accepted.error())) continue;
    if (!out_of_resources(accepted.error())) return accepted;
    if (!std::exchange(said_so_, true)) {
      detail::log(log_level::warning,
                  fmt::format("accept at {}: {}; connections wait until there is room",
                              local().to_string(), accepted.error().message()));
    }
    if (auto waited = wait_for_descriptors(pause, until); !waited) {
      return std::unexpected(waited.error());
    }
    pause = std::min(2 * pause, longest_pause);
  }
}

/// Waits for `length`, or less if `until` comes first.
result<void> listener::core::wait_for_descriptors(std::chrono::nanoseconds length, until& until) {
  until = detail::fixed(until);
  const time_point retry_at = now() + length;
  const bool gives_up_first =
      !until.never() &&
      (until.relative() || time_point(std::chrono::nanoseconds(until.nanoseconds())) < retry_at);
  wait here("accept (out of file descriptors)", socket_.get());
  auto ended = here.park(out_of_descriptors_, gives_up_first ? until : until.with_time(retry_at));
  if (!gives_up_first && !ended && ended.error() == errc::timed_out) return {};
  return ended;
}

result<void> listener::core::close() noexcept {
  if (!socket_) return failure(errc::closed);
  if (detail::this_hub != nullptr) detail::hub_core::here().poller->remove(handle_);
  socket_.reset();
  out_of_descriptors_.wake_all(errc::closed);
  return {};
}

address listener::core::local() const {
  return socket_ ? os::local_address(socket_.get()) : address{};
}

void listener::core::release() noexcept {
  static_cast<void>(close());
  released_ = true;
  delete_if_left();
}

void listener::core::delete_if_left() noexcept {
  if (!released_ || accepting_) return;
  delete this;  // NOLINT(cppcoreguidelines-owning-memory): its own end
}

void listener::release::operator()(core* behind) const noexcept { behind->release(); }

result<stream> listener::accept(until until) {
  if (core_ == nullptr) return std::unexpected(detail::refusal(until, false));
  return core_->accept(until);
}

result<void> listener::close() {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->close();
}

address listener::local() const { return core_ == nullptr ? address{} : core_->local(); }

}  // namespace weir::tcp
