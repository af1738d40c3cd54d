// SPDX-License-Identifier: MIT
// Starting, cancelling and waiting for the children of a family.
#include <weir/detail/family.hpp>

#include <stdexcept>

#include "core/hub_core.hpp"

namespace weir::detail {

void family::require_task() {
  const hub_face& hub = need_hub();
  if (hub_core::here().is_loop(*hub.current)) {
    throw std::logic_error("weir: a logger called by the hub itself cannot wait for tasks");
  }
}

bool family::is_refused() {
  hub_face& hub = need_hub();
  task_record& self = *hub.current;
  if (!self.cancelled && !hub_core::here().is_loop(self)) return false;  // the loop cannot wait
  finish_switch(self, begin_refusal());
  return true;
}

void family::add(child_record& child, stack& stack, const spawn_place& place,
                 task_options* options) noexcept {
  child.parents = this;
  child.spawned_from = place.address;
  if (options != nullptr) {
    child.name = std::move(options->name);
    child.stack_size = options->stack_size;
  }
  children_.push_back(child);
  hub_core& hub = hub_core::here();
  hub.queue_new(child, stack, place.where);
  if (cancelled_) hub.cancel(child);
}

void family::not_started(const void* slot, const spawn_place& place,
                         task_options* options) noexcept {
  const std::error_code error = spawn_error();
  task_identity who{.spawned_at = place.where,
                    .spawned_from = place.address,
                    .was_cancelled = error == errc::cancelled};
  if (options != nullptr) who.name = std::move(options->name);
  if (decided_) {
    report_failure(who, error, {});
  } else {
    keep_failure(error, {});
    who_ = std::move(who);
    decide(slot);
  }
  task_record& self = *hub_core::here().current;
  finish_switch(self, begin_failed_spawn());
}

void family::ended(child_record& child, bool failed, std::error_code error,
                   const std::exception_ptr& exception) noexcept {
  // Both may park: it is a child as yet. A logger may ask for its values, so they go second.
  const bool reported = failed && decided_;
  if (reported) report_failure(child, error, exception);
  if (failed && child.has_extras) drop_values(child);
  if (!decided_ && (failed || decision_ == decided_by::first_end)) {
    child.list_hook<family_tag>::unlink();
    if (failed) keep_failure(error, exception);
    if (failed && decision_ == decided_by::joined_failure) who_ = identify(child);
    decide(child.slot);
  } else if (failed && !reported) {  // another has decided while its values were destroyed
    report_failure(child, error, exception);
  }
  child.list_hook<family_tag>::unlink();
  if (children_.empty() && waiting_ != nullptr) waiting_->wake();
}

void family::keep_failure(std::error_code error, const std::exception_ptr& exception) noexcept {
  failed_ = true;
  error_ = error;
  exception_ = exception;
}

void family::decide(const void* slot) noexcept {
  decided_ = true;
  winner_ = slot;
  if (decision_ != decided_by::joined_failure) cancel();
}

std::unexpected<std::error_code> family::failure() {
  decided_ = false;
  failed_ = false;
  if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  return std::unexpected(error_);
}

void family::report_unread() noexcept {
  if (!failed_) return;
  report_failure(who_.value_or(task_identity{}), error_, exception_);
}

void family::wait_for_children() noexcept {
  task_record& self = *hub_core::here().current;
  if (children_.empty()) return finish_switch(self, begin_return(*this_hub));
  if (self.cancelled) cancel();
  while (!children_.empty()) {
    family_wait here(what_, *this);
    waiting_ = &here;
    static_cast<void>(here.park());
    waiting_ = nullptr;
  }
}

void family::join() noexcept {
  if (failed_) cancel();
  const decided_by before = std::exchange(decision_, decided_by::first_failure);
  wait_for_children();
  decision_ = before;
}

const cancel_token& family::token() {
  if (!token_) token_.emplace();
  return *token_;
}

void family::cancel() noexcept {
  next = nullptr;
  cancel_all(this);
}

void family::cancel_all(family* first) noexcept {
  while (first != nullptr) {
    family& each = *std::exchange(first, first->next);
    if (std::exchange(each.cancelled_, true)) continue;
    if (each.token_) detail::cancel(*each.token_->state(), first);
    for (child_record* child = each.children_.first(); child != nullptr;
         child = each.children_.after(*child)) {
      hub_core::here().cancel_alone(*child, first);
    }
  }
}

task_record* family::ended_by(task_record& waiting) noexcept {
  family* first = nullptr;
  const auto look_at = [&first](const task_record& task) noexcept {
    if (task.parked_on == nullptr || !task.parked_on->passes_on()) return;
    family& joined = *static_cast<family_wait&>(*task.parked_on).parents;
    joined.next = std::exchange(first, &joined);
  };
  const auto can_be_told = [](const task_record& task) noexcept {
    return task.parked_on != nullptr && task.parked_on->cancellable();
  };
  if (can_be_told(waiting)) return &waiting;
  look_at(waiting);
  while (first != nullptr) {
    family& each = *std::exchange(first, first->next);
    for (child_record* child = each.children_.first(); child != nullptr;
         child = each.children_.after(*child)) {
      if (can_be_told(*child)) return child;
      look_at(*child);
    }
  }
  return nullptr;
}

}  // namespace weir::detail
