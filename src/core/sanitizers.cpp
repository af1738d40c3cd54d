// SPDX-License-Identifier: MIT
// The calls to the sanitizers' and Valgrind's interfaces.
#include "core/sanitizers.hpp"

#include <pthread.h>

#include <weir/detail/record.hpp>
#include <weir/detail/sanitizer.hpp>

#include "core/fork_guard.hpp"

#ifdef WEIR_HAVE_VALGRIND
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) 0U
#define VALGRIND_STACK_DEREGISTER(name) static_cast<void>(name)
#endif

// From <sanitizer/asan_interface.h>, <sanitizer/lsan_interface.h>, <sanitizer/tsan_interface.h>.
extern "C" {
void __asan_unpoison_memory_region(const volatile void* begin, std::size_t size);
void __lsan_register_root_region(const void* begin, std::size_t size);
void __lsan_unregister_root_region(const void* begin, std::size_t size);
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void* __tsan_get_current_fiber();
}

namespace weir::detail {

inline namespace WEIR_BUILD_KIND {
const bool compiled_alike = true;
}

void remember_stack(stack& made) noexcept {
  made.valgrind_name = VALGRIND_STACK_REGISTER(made.limit(), made.top);
}

void forget_stack(stack& gone) noexcept {
  VALGRIND_STACK_DEREGISTER(gone.valgrind_name);
  if constexpr (address_sanitized) {
    __asan_unpoison_memory_region(gone.limit(), static_cast<std::size_t>(gone.top - gone.limit()));
  }
  if constexpr (thread_sanitized) {
    if (gone.fiber != nullptr) __tsan_destroy_fiber(gone.fiber);
  }
}

void remember_root([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t size) noexcept {
  if constexpr (address_sanitized) __lsan_register_root_region(begin, size);
}

void forget_root([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t size) noexcept {
  if constexpr (address_sanitized) __lsan_unregister_root_region(begin, size);
}

void enter_stack_sanitized([[maybe_unused]] task_record& task) noexcept {
  if constexpr (address_sanitized) {
    stack& entered = *task.stack;
    const auto size = static_cast<std::size_t>(entered.top - entered.limit());
    __asan_unpoison_memory_region(entered.limit(), size);
    task.sanitizer.stack_bottom = entered.limit();
    task.sanitizer.stack_size = size;
    task.sanitizer.fake_stack = nullptr;
  }
  if constexpr (thread_sanitized) {
    // The last task that ran here left its fiber's shadow stack as it was: a new one each time.
    if (task.stack->fiber != nullptr) __tsan_destroy_fiber(task.stack->fiber);
    task.stack->fiber = __tsan_create_fiber(0);
    task.sanitizer.fiber = task.stack->fiber;
  }
}

namespace {

/// Where the stack lies that the calling thread stands on.
[[maybe_unused]] void find_thread_stack(sanitizer_state& found) noexcept {
  found = {};
  if (const task_record* const forked = task_that_forked()) {
    found.stack_bottom = forked->sanitizer.stack_bottom;
    found.stack_size = forked->sanitizer.stack_size;
    return;
  }
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
  void* bottom = nullptr;
  if (::pthread_attr_getstack(&attributes, &bottom, &found.stack_size) == 0) {
    found.stack_bottom = bottom;
  }
  ::pthread_attr_destroy(&attributes);
}

}  // namespace

void enter_thread_stack([[maybe_unused]] task_record& task) noexcept {
  if constexpr (address_sanitized) find_thread_stack(task.sanitizer);
  if constexpr (thread_sanitized) task.sanitizer.fiber = __tsan_get_current_fiber();
}

}  // namespace weir::detail
