// SPDX-License-Identifier: MIT
// Receiving and sending through a transport.
#include "net/stream_core.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <weir/detail/face.hpp>
#include <weir/wait.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {
namespace {

constexpr std::size_t direct_from =
    4096;  // bytes: a caller's room from which nothing is read ahead

/// For a call that ends without the transport, which sees to this itself: others run first when it
/// was the last of many.
void end_without_waiting() noexcept {
  task_record& self = *this_hub->current;  // `begin_return` may choose another
  finish_switch(self, begin_return(*this_hub));
}

}  // namespace

/// A task's stay in a reading or a writing call.
class stream_core::visit {
 public:
  visit(stream_core& core, bool& side) noexcept : core_(core), side_(side) { side_ = true; }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;
  ~visit() {
    side_ = false;
    if (core_.released_) core_.delete_if_left();
  }

 private:
  stream_core& core_;
  bool& side_;
};

stream_core::stream_core(std::unique_ptr<transport> through, bool gather)
    : transport_(std::move(through)),
      gathered_(gather ? std::make_unique<gathered_sends>(*transport_, *this) : nullptr) {}

/// Why a call cannot be made, if so. A cancelled one is refused first; then a send that failed
/// after it had returned is reported.
std::error_code stream_core::refusal(const until& given, bool side_in_use) {
  task_record& self = *need_hub().current;
  if (is_refused(self, given)) {
    finish_switch(self, begin_refusal());
    return make_error_code(errc::cancelled);
  }
  std::error_code why = late_error();
  if (open_ && !side_in_use && !why) return {};
  if (!why) why = make_error_code(open_ ? errc::busy : errc::closed);
  end_without_waiting();
  return why;
}

std::error_code stream_core::late_error() noexcept {
  return gathered_ == nullptr ? std::error_code() : gathered_->take_late_error();
}

result<std::size_t> stream_core::recv(std::span<std::byte> into, until until) {
  if (const auto why = refusal(until, reading_)) return std::unexpected(why);
  const visit here(*this, reading_);
  const bool at_once = into.empty() || !ahead_.empty();
  const result<std::size_t> got = at_once ? ahead_.take(into) : receive(into, until);
  if (got) received_ += *got;
  if (at_once) end_without_waiting();
  return got;
}

/// Receives from the transport: into the caller's room if it is large, else into the hub's, so that
/// what came behind it is here for the next call.
result<std::size_t> stream_core::receive(std::span<std::byte> into, until& until) {
  const bool direct = into.size() >= direct_from;
  const std::span<std::byte> room = direct ? into : hub_core::here().scratch();
  const auto got = transport_->receive(room, until);
  if (!got) return got;
  if (*got == 0) return failure(errc::closed);
  const std::size_t wanted = std::min(*got, into.size());
  if (!direct) {
    std::copy_n(room.begin(), wanted, into.begin());
    ahead_.append(room.first(*got).subspan(wanted));
  }
  return wanted;
}

/// Has at least one more byte read ahead.
result<void> stream_core::receive_ahead(until& until) {
  const std::span<std::byte> room = hub_core::here().scratch();
  const auto got = transport_->receive(room, until);
  if (!got) return std::unexpected(got.error());
  if (*got == 0) return failure(errc::closed);
  ahead_.append(room.first(*got));
  return {};
}

result<void> stream_core::recv_exactly(std::span<std::byte> into, until until) {
  if (const auto why = refusal(until, reading_)) return std::unexpected(why);
  const visit here(*this, reading_);
  std::size_t filled = ahead_.take(into);
  const bool at_once = filled == into.size();
  while (filled < into.size()) {
    const auto got = receive(into.subspan(filled), until);
    if (!got) {
      ahead_.put_back(into.first(filled));
      return std::unexpected(got.error());
    }
    filled += *got;
  }
  received_ += filled;
  if (at_once) end_without_waiting();
  return {};
}

result<std::string> stream_core::recv_until(std::string_view delimiter, std::size_t most,
                                            until until) {
  if (const auto why = refusal(until, reading_)) return std::unexpected(why);
  const visit here(*this, reading_);
  for (std::size_t searched = 0;;) {
    if (auto line = take_line(delimiter, most, searched)) {
      end_without_waiting();
      return *std::move(line);
    }
    const std::size_t size = ahead_.size();
    searched = size < delimiter.size() ? 0 : size - delimiter.size() + 1;
    if (auto got = receive_ahead(until); !got) return std::unexpected(got.error());
  }
}

/// The next line, or why there cannot be one, as far as what was read ahead tells; the first
/// `searched` bytes have no delimiter in them.
std::optional<result<std::string>> stream_core::take_line(std::string_view delimiter,
                                                          std::size_t most, std::size_t searched) {
  if (delimiter.empty()) return std::unexpected(make_error_code(std::errc::invalid_argument));
  const std::string_view text = ahead_.text();
  const std::size_t found = text.find(delimiter, searched);
  const bool whole = found != std::string_view::npos;
  const std::size_t needed = whole ? found + delimiter.size() : text.size() + 1;
  if (needed > most) return std::unexpected(std::make_error_code(std::errc::message_size));
  if (!whole) return std::nullopt;
  std::string line(text.substr(0, needed));
  ahead_.drop(needed);
  received_ += needed;
  return line;
}

result<std::size_t> stream_core::send_some(std::span<const std::byte> bytes, until until) {
  if (const auto why = refusal(until, writing_)) return std::unexpected(why);
  const visit here(*this, writing_);
  if (!bytes.empty() && gathered_ == nullptr) return send_once(bytes, until);
  const auto kept = bytes.empty() ? 0 : gathered_->send_some(bytes, until);
  if (kept) sent_ += *kept;
  end_without_waiting();
  return kept;
}

result<void> stream_core::send(std::span<const std::byte> bytes, until until) {
  if (const auto why = refusal(until, writing_)) return std::unexpected(why);
  const visit here(*this, writing_);
  if (bytes.empty() || gathers(bytes.size())) {
    const auto kept = bytes.empty() ? result<void>() : gathered_->send(bytes, until);
    if (kept) sent_ += bytes.size();
    end_without_waiting();
    return kept;
  }
  if (gathered_ != nullptr) {
    if (auto flushed = gathered_->flush(until); !flushed) return flushed;
  }
  while (!bytes.empty()) {
    const auto sent = send_once(bytes, until);
    if (!sent) return std::unexpected(sent.error());
    bytes = bytes.subspan(*sent);
  }
  return {};
}

result<std::size_t> stream_core::send_once(std::span<const std::byte> bytes, until& until) {
  const auto sent = transport_->send(bytes, until);
  if (sent) sent_ += *sent;
  return sent;
}

result<void> stream_core::flush(until until) {
  if (const auto why = refusal(until, writing_)) return std::unexpected(why);
  const visit here(*this, writing_);
  const auto flushed = gathered_ == nullptr ? result<void>() : gathered_->flush(until);
  end_without_waiting();
  return flushed;
}

result<void> stream_core::shutdown() {
  if (const auto late = late_error()) return std::unexpected(late);
  if (!open_) return failure(errc::closed);
  return gathered_ == nullptr ? transport_->finish_sending() : gathered_->finish();
}

result<void> stream_core::close(until until) {
  if (!open_) return failure(errc::closed);
  begin_close();
  const visit here(*this, closing_);
  if (lingers_) {
    wait for_the_rest("close (gathered)", this);
    if (auto woken = for_the_rest.park(all_sent_, until); !woken) return woken;
  }
  if (const auto late = late_error()) return std::unexpected(late);
  return {};
}

/// Wakes who reads or writes. The transport stays open until it has taken what was gathered.
void stream_core::begin_close() noexcept {
  open_ = false;
  lingers_ = gathered_ != nullptr && gathered_->close();
  lingers_ ? transport_->close_reading() : transport_->close();
}

void stream_core::all_sent() noexcept {
  lingers_ = false;
  transport_->close();
  all_sent_.wake_all();
  if (released_) delete_if_left();
}

void stream_core::release() noexcept {
  if (open_) begin_close();
  released_ = true;
  delete_if_left();
}

void stream_core::delete_if_left() noexcept {
  if (!reading_ && !writing_ && !closing_ && !lingers_)
    delete this;  // NOLINT(cppcoreguidelines-owning-memory): its own end
}

void stream_release::operator()(stream_core* core) const noexcept { core->release(); }

stream make_stream(std::unique_ptr<transport> through, bool gather) {
  return stream(std::unique_ptr<stream_core, stream_release>(
      new stream_core(std::move(through), gather)));  // NOLINT(cppcoreguidelines-owning-memory)
}

}  // namespace weir::detail
