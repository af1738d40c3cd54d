// SPDX-License-Identifier: MIT
// Looking code up while others ask, fork and unload.
#include "inspect/symbol_cache.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>
#include <unistd.h>

#include "inspect/symbols.hpp"
#include "testing/child_process.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

/// Says of each address where it is.
class counting_source final : public detail::symbol_source {
 public:
  detail::named_frames look_up(const void* address) override {
    ++asked;
    meanwhile();
    detail::named_frames frames(1);
    frames[0].shown.address = address;
    return frames;
  }
  void objects_unloaded() override { ++told_of_unloads; }

  std::function<void()> meanwhile = [] {};
  int asked = 0;
  int told_of_unloads = 0;
};

constexpr std::array code{'a', 'b'};

/// Of the C library, and used by nobody.
void load_and_unload_an_object() {
  void* const object = ::dlopen("libBrokenLocale.so.1", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(object, nullptr) << ::dlerror();
  ASSERT_EQ(::dlclose(object), 0);
}

TEST(SymbolCache, AsksForEachAddressOnce) {
  counting_source source;
  detail::symbol_cache cache(source);
  EXPECT_EQ(cache.find(&code[0]), nullptr);
  EXPECT_EQ(cache.look_up(&code[0])->front().shown.address, &code[0]);
  EXPECT_EQ(cache.look_up(&code[0])->front().shown.address, &code[0]);
  EXPECT_EQ(cache.find(&code[0])->front().shown.address, &code[0]);
  EXPECT_EQ(cache.find(&code[1]), nullptr);
  EXPECT_EQ(source.asked, 1);
  EXPECT_EQ(cache.look_up(&code[1])->front().shown.address, &code[1]);
  EXPECT_NE(cache.find(&code[0]), nullptr);
  EXPECT_EQ(source.asked, 2);
}

TEST(SymbolCache, WhoAsksForWhatIsKnownDoesNotWaitForALookUp) {
  counting_source source;
  detail::symbol_cache cache(source);
  cache.look_up(&code[0]);
  std::promise<void> answered;
  std::jthread other;  // joined when the look-up is over, for one that had to wait for it
  bool in_time = false;
  source.meanwhile = [&] {
    other = std::jthread([&] {
      EXPECT_TRUE(cache.is_current());
      EXPECT_NE(cache.find(&code[0]), nullptr);
      answered.set_value();
    });
    in_time = answered.get_future().wait_for(30s) == std::future_status::ready;
  };
  cache.look_up(&code[1]);
  EXPECT_TRUE(in_time);
}

TEST(SymbolCache, ForgetsAllWhenAnObjectWasUnloaded) {
  counting_source source;
  detail::symbol_cache cache(source);
  cache.look_up(&code[0]);
  const int told_before = source.told_of_unloads;
  EXPECT_TRUE(cache.is_current());
  load_and_unload_an_object();
  EXPECT_FALSE(cache.is_current());
  cache.look_up(&code[1]);
  EXPECT_TRUE(cache.is_current());
  EXPECT_EQ(source.told_of_unloads, told_before + 1);
  EXPECT_EQ(cache.find(&code[0]), nullptr);
}

/// An address that nobody has asked for yet, in this program.
const void* fresh_address() {
  static std::atomic<std::uintptr_t> next =
      reinterpret_cast<std::uintptr_t>(&load_and_unload_an_object);
  return reinterpret_cast<const void*>(next.fetch_add(1));
}

/// A copy of an object of the C library, from its construction to its destruction.
class loaded_copy {
 public:
  loaded_copy(const char* original, std::filesystem::path path) : path_(std::move(path)) {
    void* const opened = ::dlopen(original, RTLD_LAZY | RTLD_LOCAL);
    link_map* found = nullptr;
    if (opened == nullptr || ::dlinfo(opened, RTLD_DI_LINKMAP, &found) != 0) return;
    std::filesystem::copy_file(found->l_name, path_);
    ::dlclose(opened);
    object_ = ::dlopen(path_.c_str(), RTLD_LAZY | RTLD_LOCAL);
  }
  loaded_copy(const loaded_copy&) = delete;
  loaded_copy& operator=(const loaded_copy&) = delete;
  ~loaded_copy() {
    if (object_ != nullptr) ::dlclose(object_);
    std::filesystem::remove(path_);
  }

  [[nodiscard]] bool is_loaded() const { return object_ != nullptr; }
  /// One past where the function begins; null where there is none.
  [[nodiscard]] const char* in_function(const char* name) const {
    const auto* const found = static_cast<const char*>(::dlsym(object_, name));
    return found == nullptr ? nullptr : found + 1;
  }
  [[nodiscard]] const void* anywhere() const {
    link_map* found = nullptr;
    return ::dlinfo(object_, RTLD_DI_LINKMAP, &found) == 0 ? found->l_ld : nullptr;
  }

 private:
  std::filesystem::path path_;
  void* object_ = nullptr;
};

TEST(Symbols, AnObjectIsNotTakenForTheOneThatWasLoadedThereBefore) {
  const auto path = std::filesystem::path(::testing::TempDir()) /
                    ("weir_object_" + std::to_string(::getpid()) + ".so");
  detail::look_up(std::array{fresh_address()});  // loads what it needs, so that no room is taken
  {
    const loaded_copy former("libutil.so.1", path);  // of the same size in memory as the other
    ASSERT_TRUE(former.is_loaded());
    detail::look_up(std::array{former.anywhere()});
  }
  const loaded_copy present("libBrokenLocale.so.1", path);
  ASSERT_TRUE(present.is_loaded());
  const std::array<const void*, 1> trace{present.in_function("__ctype_get_mb_cur_max")};
  ASSERT_NE(trace[0], nullptr);
  detail::look_up(trace);
  EXPECT_EQ(detail::symbolize(trace).front().function, "__ctype_get_mb_cur_max");
}

TEST(Symbols, AChildForkedDuringALookUpLooksUpByItself) {
  std::atomic<bool> ended = false;
  std::jthread other([&ended] {
    while (!ended) {
      const std::array trace{fresh_address()};
      detail::look_up(trace);
    }
  });
  for (int i = 0; i < 3 && !::testing::Test::HasFailure(); ++i) {
    const child_outcome child = in_child([] {
      ::alarm(30);
      const std::array trace{fresh_address()};
      detail::look_up(trace);
      return detail::is_known(trace) ? EXIT_SUCCESS : EXIT_FAILURE;
    });
    EXPECT_TRUE(child.exited_with(EXIT_SUCCESS)) << child.said;
  }
  ended = true;
}

}  // namespace
}  // namespace weir::testing
