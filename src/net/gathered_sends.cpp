// SPDX-License-Identifier: MIT
// Keeping small sends, and sending what was kept.
#include "net/gathered_sends.hpp"

#include <algorithm>

#include <weir/wait.hpp>

#include "base/log.hpp"
#include "core/hub_core.hpp"

namespace weir::detail {

gathered_sends::~gathered_sends() {
  list_hook<gathering_tag>::unlink();
  list_hook<unsent_tag>::unlink();
  if (const std::error_code late = take_late_error()) {
    log(log_level::warning,
        "a stream was closed, and not all that it had gathered could be sent: " + late.message());
  }
}

result<void> gathered_sends::send(std::span<const std::byte> bytes, until until) {
  if (auto made = make_room(bytes.size(), until); !made) return made;
  keep(bytes);
  return {};
}

result<std::size_t> gathered_sends::send_some(std::span<const std::byte> bytes, until until) {
  if (auto made = make_room(1, until); !made) return std::unexpected(made.error());
  const std::size_t count = std::min(bytes.size(), room());
  keep(bytes.first(count));
  return count;
}

/// Has room for `size` more bytes.
result<void> gathered_sends::make_room(std::size_t size, until until) {
  if (size > room()) {
    if (auto flushed = flush(until); !flushed) return flushed;
  }
  if (closed_) return failure(errc::closed);
  if (broken_) return std::unexpected(broken_);
  if (finished_) return std::unexpected(std::make_error_code(std::errc::broken_pipe));
  return {};
}

void gathered_sends::keep(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  if (kept_.empty()) kept_.reserve(most);
  kept_.append(bytes);
  if (!on_its_way() && !list_hook<gathering_tag>::linked()) {
    hub_core::here().keep_back(*this);
  }
}

result<void> gathered_sends::flush(until& until) {
  hand_over();
  if (!kept_.empty()) {
    wait here("send (gathered)", this);
    if (auto woken = here.park(emptied_, until); !woken) return woken;
    until = here.settled(until);
  }
  if (!broken_) return {};
  told_ = true;
  return std::unexpected(broken_);
}

void gathered_sends::hand_over() noexcept {
  list_hook<gathering_tag>::unlink();
  if (kept_.empty() || on_its_way()) return;
  send_kept();
}

void gathered_sends::writable() noexcept { send_kept(); }

void gathered_sends::send_kept() noexcept {
  while (!kept_.empty()) {
    const auto sent = transport_.try_send(kept_.bytes());
    if (!sent) return give_up(sent.error());
    if (*sent == 0) {
      if (!on_its_way()) hub_core::here().unsent.push_back(*this);
      return transport_.when_writable(*this);
    }
    kept_.drop(*sent);
  }
  settle();
}

void gathered_sends::give_up(std::error_code why) noexcept {
  broken_ = why;
  kept_.clear();
  settle();
}

/// Nothing is kept any more.
void gathered_sends::settle() noexcept {
  hub_core& hub = hub_core::here();
  if (armed()) hub.disarm_limit(*this);
  const bool was_late = on_its_way();
  if (was_late) hub.nothing_unsent(*this);
  if (finished_ && !broken_) {
    if (auto told = transport_.finish_sending(); !told) broken_ = told.error();
  }
  emptied_.wake_all();
  if (was_late && closed_) owner_.all_sent();
}

result<void> gathered_sends::finish() noexcept {
  hand_over();
  finished_ = true;
  if (!kept_.empty()) return {};
  if (const std::error_code late = take_late_error()) return std::unexpected(late);
  return transport_.finish_sending();
}

bool gathered_sends::close() noexcept {
  closed_ = true;
  if (this_hub == nullptr) {  // a forked child: the parent sends them
    kept_.clear();
    return false;
  }
  emptied_.wake_all(errc::closed);
  hand_over();
  if (kept_.empty()) return false;
  limit();
  return !kept_.empty();
}

void gathered_sends::limit() noexcept {
  hub_core& hub = hub_core::here();
  const until length = hub.options.linger;
  if (armed() || length.never()) return;
  const bool set = hub.arm_limit(*this, length, [](timer& passed) noexcept {
    auto& self = static_cast<gathered_sends&>(passed);
    hub_core::here().disarm_limit(self);
    self.give_up(make_error_code(errc::timed_out));
  });
  if (!set) give_up(std::make_error_code(std::errc::not_enough_memory));
}

std::error_code gathered_sends::take_late_error() noexcept {
  if (told_) return {};
  told_ = static_cast<bool>(broken_);
  return broken_;
}

}  // namespace weir::detail
