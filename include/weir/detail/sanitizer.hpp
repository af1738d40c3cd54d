// SPDX-License-Identifier: MIT
// What AddressSanitizer and ThreadSanitizer must be told of a switch; nothing in a plain build.
//
// The names below live in an inline namespace that tells how the code was compiled, so a program
// that mixes sanitized and plain code does not link.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define WEIR_ADDRESS_SANITIZER 1
#elif defined(__SANITIZE_THREAD__)
#define WEIR_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEIR_ADDRESS_SANITIZER 1
#elif __has_feature(thread_sanitizer)
#define WEIR_THREAD_SANITIZER 1
#endif
#endif

#if defined(WEIR_ADDRESS_SANITIZER)
extern "C" void __sanitizer_start_switch_fiber(void** fake_stack, const void* bottom, size_t size);
extern "C" void __sanitizer_finish_switch_fiber(void* fake_stack, const void** bottom_old,
                                                size_t* size_old);
#define WEIR_BUILD_KIND built_with_address_sanitizer
#elif defined(WEIR_THREAD_SANITIZER)
extern "C" void __tsan_switch_to_fiber(void* fiber, unsigned flags);
#define WEIR_BUILD_KIND built_with_thread_sanitizer
#else
#define WEIR_BUILD_KIND built_plain
#endif

namespace weir::detail {

/// What a sanitizer keeps of a stack; set when the stack is first entered, and by a sanitized build
/// only: a plain one neither reads nor writes it.
struct sanitizer_state {
  const void* stack_bottom;
  std::size_t stack_size;
  void* fake_stack;  ///< AddressSanitizer's, while the stack is parked
  void* fiber;       ///< ThreadSanitizer's name for the stack
};

inline namespace WEIR_BUILD_KIND {

#if defined(WEIR_ADDRESS_SANITIZER)
inline constexpr bool address_sanitized = true;
inline constexpr bool thread_sanitized = false;
#elif defined(WEIR_THREAD_SANITIZER)
inline constexpr bool address_sanitized = false;
inline constexpr bool thread_sanitized = true;
#else
inline constexpr bool address_sanitized = false;
inline constexpr bool thread_sanitized = false;
#endif

/// Defined once in the library, for the way it was compiled; every user's object file refers to it.
extern const bool compiled_alike;
[[gnu::used]] inline const bool* const must_be_compiled_alike = &compiled_alike;

/// To be called right before a switch. `from` is null when its stack is done.
[[gnu::always_inline]] inline void before_switch([[maybe_unused]] sanitizer_state* from,
                                                 [[maybe_unused]] sanitizer_state& to) noexcept {
#if defined(WEIR_ADDRESS_SANITIZER)
  __sanitizer_start_switch_fiber(from == nullptr ? nullptr : &from->fake_stack, to.stack_bottom,
                                 to.stack_size);
#elif defined(WEIR_THREAD_SANITIZER)
  __tsan_switch_to_fiber(to.fiber, 0);
#endif
}

/// To be called right after a switch, on the stack of `here`.
[[gnu::always_inline]] inline void after_switch([[maybe_unused]] sanitizer_state& here) noexcept {
#if defined(WEIR_ADDRESS_SANITIZER)
  __sanitizer_finish_switch_fiber(here.fake_stack, nullptr, nullptr);
#endif
}

}  // namespace WEIR_BUILD_KIND
}  // namespace weir::detail

#undef WEIR_ADDRESS_SANITIZER
#undef WEIR_THREAD_SANITIZER
