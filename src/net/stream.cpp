// SPDX-License-Identifier: MIT
// The public face of a stream.
#include <weir/stream.hpp>

#include "net/stream_core.hpp"

namespace weir {

stream::stream(std::unique_ptr<detail::stream_core, detail::stream_release> core) noexcept
    : core_(std::move(core)) {}

result<void> stream::send(const_buffer bytes, until until) {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->send(bytes.bytes(), until);
}

result<std::size_t> stream::send_some(const_buffer bytes, until until) {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->send_some(bytes.bytes(), until);
}

result<std::size_t> stream::recv(mutable_buffer into, until until) {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->recv(into.bytes(), until);
}

result<void> stream::recv_exactly(mutable_buffer into, until until) {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->recv_exactly(into.bytes(), until);
}

result<std::string> stream::recv_until(std::string_view delimiter, std::size_t most, until until) {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->recv_until(delimiter, most, until);
}

result<void> stream::shutdown() {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->shutdown();
}

result<void> stream::flush(until until) {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->flush(until);
}

result<void> stream::close(until until) {
  if (core_ == nullptr) return failure(errc::closed);
  return core_->close(until);
}

bool stream::open() const noexcept { return core_ != nullptr && core_->open(); }

address stream::local() const { return core_ == nullptr ? address{} : core_->local(); }

address stream::remote() const { return core_ == nullptr ? address{} : core_->remote(); }

std::uint64_t stream::sent_count() const noexcept {
  return core_ == nullptr ? 0 : core_->sent_count();
}

std::uint64_t stream::received_count() const noexcept {
  return core_ == nullptr ? 0 : core_->received_count();
}

}  // namespace weir
