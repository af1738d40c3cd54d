// SPDX-License-Identifier: MIT
// Two streams joined in memory.
#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

#include <weir/detail/face.hpp>
#include <weir/testing.hpp>
#include <weir/wait.hpp>

#include "net/byte_queue.hpp"
#include "net/stream_core.hpp"
#include "net/transport.hpp"

namespace weir::testing {
namespace {

/// Bytes on their way from one end to the other; both ends keep it.
struct lane {
  explicit lane(std::size_t size) noexcept : capacity(size) {}

  [[nodiscard]] std::size_t room() const noexcept { return capacity - bytes.size(); }

  std::size_t capacity;
  detail::byte_queue bytes;
  bool ended = false;      ///< nothing more will be sent
  bool abandoned = false;  ///< nobody will receive
  waiting_place receiver;  ///< one at most, while there is nothing to receive
  waiting_place sender;    ///< one at most, while there is no room
  detail::writable_listener* listener = nullptr;  ///< instead of a sender that waits

  /// There is room, or never will be any more.
  void let_send() {
    sender.wake_one();
    if (auto* const told = std::exchange(listener, nullptr)) told->writable();
  }
};

class memory_transport final : public detail::transport {
 public:
  memory_transport(std::shared_ptr<lane> in, std::shared_ptr<lane> out) noexcept
      : in_(std::move(in)), out_(std::move(out)) {}
  memory_transport(const memory_transport&) = delete;
  memory_transport& operator=(const memory_transport&) = delete;
  ~memory_transport() override { memory_transport::close(); }

  [[nodiscard]] result<std::size_t> receive(std::span<std::byte> into, until& until) override {
    return perform("recv", in_->receiver, until, [this, into] { return try_receive(into); });
  }
  [[nodiscard]] result<std::size_t> send(std::span<const std::byte> bytes, until& until) override {
    return perform("send", out_->sender, until, [this, bytes]() -> answer {
      const auto sent = try_send(bytes);
      if (sent && *sent == 0) return std::nullopt;
      return sent;
    });
  }
  [[nodiscard]] result<std::size_t> try_send(std::span<const std::byte> bytes) noexcept override;
  void when_writable(detail::writable_listener& listener) noexcept override {
    out_->listener = &listener;
  }
  void close_reading() noexcept override {
    reading_ = false;
    in_->receiver.wake_one(errc::closed);
  }
  [[nodiscard]] result<void> finish_sending() override;
  void close() noexcept override;

  [[nodiscard]] address local() const override { return {}; }
  [[nodiscard]] address remote() const override { return {}; }

 private:
  /// What a call results in at once; nothing where it has to wait.
  using answer = std::optional<result<std::size_t>>;

  [[nodiscard]] answer try_receive(std::span<std::byte> into);
  template <class Call>
  [[nodiscard]] result<std::size_t> perform(const char* name, waiting_place& place, until& until,
                                            Call call);

  std::shared_ptr<lane> in_;
  std::shared_ptr<lane> out_;
  bool open_ = true;
  bool reading_ = true;
};

template <class Call>
result<std::size_t> memory_transport::perform(const char* name, waiting_place& place, until& until,
                                              Call call) {
  detail::hub_face& hub = detail::need_hub();
  detail::task_record& self = *hub.current;
  detail::finish_switch(self, detail::begin_return(hub));
  for (;;) {
    if (detail::is_refused(self, until)) {
      detail::finish_switch(self, detail::begin_refusal());
      return failure(errc::cancelled);
    }
    if (!open_) return failure(errc::closed);
    if (const answer at_once = call()) return *at_once;
    wait here(name, this);
    if (auto woken = here.park(place, until); !woken) return std::unexpected(woken.error());
    until = here.settled(until);
  }
}

memory_transport::answer memory_transport::try_receive(std::span<std::byte> into) {
  if (!reading_) return failure(errc::closed);
  const std::size_t count = in_->bytes.take(into);
  if (count == 0 && !in_->ended) return std::nullopt;
  if (count > 0) in_->let_send();
  return count;
}

result<std::size_t> memory_transport::try_send(std::span<const std::byte> bytes) noexcept {
  if (out_->ended || out_->abandoned) {
    return std::unexpected(std::make_error_code(std::errc::broken_pipe));
  }
  const std::size_t count = std::min(bytes.size(), out_->room());
  if (count == 0) return 0;
  try {
    out_->bytes.append(bytes.first(count));
  } catch (const std::bad_alloc&) {
    return std::unexpected(std::make_error_code(std::errc::not_enough_memory));
  }
  out_->receiver.wake_one();
  return count;
}

result<void> memory_transport::finish_sending() {
  out_->ended = true;
  out_->sender.wake_one();
  out_->receiver.wake_one();
  return {};
}

void memory_transport::close() noexcept {
  if (!std::exchange(open_, false)) return;
  in_->abandoned = true;
  in_->bytes = {};
  out_->ended = true;
  in_->receiver.wake_one(errc::closed);
  out_->sender.wake_one(errc::closed);
  out_->listener = nullptr;
  in_->let_send();
  out_->receiver.wake_one();
}

}  // namespace

std::pair<stream, stream> stream_pair(const stream_pair_options& options) {
  const auto size = std::max(options.capacity, std::size_t{1});
  const auto there = std::make_shared<lane>(size);
  const auto back = std::make_shared<lane>(size);
  return {detail::make_stream(std::make_unique<memory_transport>(back, there), options.gather),
          detail::make_stream(std::make_unique<memory_transport>(there, back), options.gather)};
}

}  // namespace weir::testing
