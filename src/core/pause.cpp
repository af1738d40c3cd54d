// SPDX-License-Identifier: MIT
// Finding paused tasks, and sleeping.
#include <weir/pause.hpp>

#include <weir/cancel_token.hpp>
#include <weir/sleep.hpp>

#include "core/hub_core.hpp"

namespace weir {

detail::task_record* task_ref::find() const noexcept {
  if (id_ == 0 || detail::this_hub == nullptr) return nullptr;
  detail::hub_core& hub = detail::hub_core::here();
  if (hub.serial != hub_) return nullptr;
  detail::task_record* const task = stack_ == nullptr ? &hub.thread_task() : stack_->occupant;
  return task != nullptr && task->id == id_ ? task : nullptr;
}

task_ref current() {
  detail::task_record& self = *detail::need_hub().current;
  return {self, detail::hub_core::here().serial};
}

result<void> sleep(until until) {
  wait here("sleep");
  const auto ended = here.park(until);
  if (!ended && ended.error() == errc::timed_out) return {};
  return ended;
}

result<void> sleep(until until, const cancel_token& token) { return sleep({until, token}); }

namespace detail {

result<void> refused() {
  task_record& self = *this_hub->current;
  ++this_hub->calls_left;  // a yield uses up none
  finish_switch(self, begin_refusal());
  return failure(errc::cancelled);
}

pause_wait* find_paused(const task_ref& ref, const void* type) noexcept {
  const task_record* const task = ref.find();
  if (task == nullptr || task->parked_on == nullptr) return nullptr;
  wait& parked = *task->parked_on;
  if (parked.what() != paused) return nullptr;
  if (type != nullptr && parked.object() != type) return nullptr;
  return &static_cast<pause_wait&>(parked);
}

result<void> resume_found(pause_wait* found) noexcept {
  if (found == nullptr) return failure(errc::not_paused);
  found->wake();
  return {};
}

task_record* begin_switch_to(wait& target) noexcept {
  hub_core& hub = hub_core::here();
  if (hub.is_loop(*hub.current)) {  // a logger's call: the loop cannot wait for its turn
    target.wake();
    return nullptr;
  }
  return hub.queue_current_and_pick(target.claim());
}

namespace {

pause_wait* find_and_fail(const task_ref& ref, std::error_code error) noexcept {
  pause_wait* const found = find_paused(ref, nullptr);
  if (found != nullptr) found->error = error;
  return found;
}

}  // namespace
}  // namespace detail

result<void> resume(const task_ref& ref) {
  return detail::resume_found(detail::find_paused(ref, &detail::type_mark<void>));
}

result<void> resume(const task_ref& ref, std::unexpected<std::error_code> error) {
  return detail::resume_found(detail::find_and_fail(ref, error.error()));
}

result<void> switch_to(const task_ref& ref) {
  return detail::switch_to_found(detail::find_paused(ref, &detail::type_mark<void>));
}

result<void> switch_to(const task_ref& ref, std::unexpected<std::error_code> error) {
  return detail::switch_to_found(detail::find_and_fail(ref, error.error()));
}

}  // namespace weir
