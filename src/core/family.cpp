// SPDX-License-Identifier: MIT
// Starting, cancelling and waiting for the children of a family.
#include <weir/detail/family.hpp>

#include "core/hub_core.hpp"

namespace weir::detail {

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

void family::ended(child_record& child, bool failed, std::error_code error,
                   const std::exception_ptr& exception) noexcept {
  const bool decides = failed || decision_ == decided_by::first_end;
  if (decides && decided_ == nullptr) {
    child.list_hook<family_tag>::unlink();
    decide(child.slot, failed, error, exception);
  } else if (failed) {
    report_failure(child, error, exception);  // which may park: it is a child as yet
  }
  child.list_hook<family_tag>::unlink();
  if (children_.empty() && waiting_ != nullptr) waiting_->wake();
}

void family::decide(const void* slot, bool failed, std::error_code error,
                    const std::exception_ptr& exception) noexcept {
  decided_ = slot;
  failed_ = failed;
  error_ = error;
  exception_ = exception;
  cancel();
}

std::unexpected<std::error_code> family::failure() {
  if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  return std::unexpected(error_);
}

void family::wait_for_children() noexcept {
  if (hub_core::here().current->cancelled) cancel();
  while (!children_.empty()) {
    family_wait here(what_, *this);
    waiting_ = &here;
    static_cast<void>(here.park());
    waiting_ = nullptr;
  }
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
    if (each.token_) each.token_->cancel();
    for (child_record* child = each.children_.first(); child != nullptr;
         child = each.children_.after(*child)) {
      hub_core::here().cancel_alone(*child, first);
    }
  }
}

}  // namespace weir::detail
