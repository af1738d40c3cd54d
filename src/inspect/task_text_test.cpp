// SPDX-License-Identifier: MIT
// Tasks as text and as JSON.
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <weir/task_info.hpp>

#include "inspect/json.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;
using detail::json_string;

const void* address(std::uintptr_t number) { return reinterpret_cast<const void*>(number); }

TEST(TaskText, HasALineForEachTaskIndentedBelowItsParent) {
  const std::vector<task_info> tasks{
      {.id = 1, .name = "main", .status = task_status::running},
      {.id = 2, .parent_id = 1, .name = "a", .waiting_for = "sleep", .waiting_since = 1500ms},
      {.id = 3, .parent_id = 1, .status = task_status::ready, .detached = true},
      {.id = 4, .parent_id = 2, .waiting_for = "its start"},
      {.id = 6, .parent_id = 5, .name = "orphan", .status = task_status::done}};
  EXPECT_EQ(to_text(tasks),
            "task 1 \"main\": running\n"
            "  task 2 \"a\": waits for sleep since 1.500 s\n"
            "    task 4: waits for its start\n"
            "  task 3, detached: ready\n"
            "task 6 \"orphan\": done\n");
  EXPECT_EQ(to_text(std::vector<task_info>()), "");
}

TEST(TaskText, HasTheTracebackBelowItsTask) {
  const std::vector<task_info> tasks{
      {.id = 1,
       .status = task_status::ready,
       .traceback = {{.function = "f", .file = "a.cpp", .line = 3, .inlined = true},
                     {.function = "g", .file = "a.cpp"},
                     {.function = "h", .address = address(0x20), .object = "/lib/x.so"},
                     {.address = address(0x30), .object = "/lib/x.so"},
                     {.address = address(0x40)}},
       .traceback_note = "more"}};
  EXPECT_EQ(to_text(tasks),
            "task 1: ready\n"
            "    f (inlined) at a.cpp:3\n"
            "    g at a.cpp\n"
            "    h in /lib/x.so (0x20)\n"
            "    0x30 in /lib/x.so\n"
            "    0x40\n"
            "    (more)\n"
            "(no line numbers in /lib/x.so: it was compiled without -g, or its debug information, "
            "or libdw, is not installed)\n");
  EXPECT_EQ(to_text(tasks[0].traceback).substr(0, 27), "f (inlined) at a.cpp:3\ng at");
}

TEST(TaskText, WritesAnyNameOnOneLine) {
  const std::vector<task_info> tasks{
      {.id = 1, .name = std::string("a\"\n\0ä\xff", 7), .status = task_status::ready}};
  EXPECT_EQ(to_text(tasks), "task 1 \"a\\\"\\n\\x00ä\\xff\": ready\n");
}

TEST(TaskText, TakesTasksInAnyOrderAndWithAnyParents) {
  const std::vector<task_info> tasks{{.id = 3, .parent_id = 2, .status = task_status::ready},
                                     {.id = 2, .parent_id = 3, .status = task_status::ready},
                                     {.id = 1, .parent_id = 1, .status = task_status::ready}};
  EXPECT_EQ(to_text(tasks), "task 2: ready\n  task 3: ready\ntask 1: ready\n");
}

TEST(TaskText, IndentsNoDeeperThanCanBeRead) {
  std::vector<task_info> tasks;
  for (std::uint64_t id = 1; id <= 5000; ++id) {
    tasks.push_back({.id = id, .parent_id = id - 1, .status = task_status::ready});
  }
  EXPECT_LT(to_text(tasks).size(), std::size_t{500'000});
}

TEST(TaskJson, HasAllMembers) {
  const std::vector<task_info> tasks{
      {.id = 7,
       .parent_id = 1,
       .name = "a",
       .detached = true,
       .spawned_from = {.function = "f", .address = address(0x10)},
       .waiting_for = "fd.read (fd 5)",
       .waiting_since = 1500ms,
       .traceback = {{.function = "g", .file = "a.cpp", .line = 3, .inlined = true}},
       .traceback_note = "more"}};
  EXPECT_EQ(to_json(tasks),
            R"([{"id":7,"parent_id":1,"name":"a","status":"waiting","co_status":"suspended",)"
            R"("detached":true,"spawned_at":null,"spawned_from":{"function":"f","file":null,)"
            R"("line":null,"inlined":false,"address":"0x10","object":null},)"
            R"-("waiting_for":"fd.read (fd 5)","waiting_since":1.500000000,)-"
            R"("traceback":[{"function":"g","file":"a.cpp","line":3,"inlined":true,)"
            R"("address":null,"object":null}],"traceback_note":"more"}])");
}

TEST(TaskJson, OfNoTaskIsAnEmptyArray) { EXPECT_EQ(to_json({}), "[]"); }

TEST(TaskJson, EscapesWhatJsonDoesNotAllow) {
  EXPECT_EQ(json_string("a\"b\\c/"), R"("a\"b\\c/")");
  EXPECT_EQ(json_string(std::string("\0\n\x1f\x7f", 4)), R"("\u0000\u000a\u001f\u007f")");
  EXPECT_EQ(json_string("ä€😀"), "\"ä€😀\"");
  EXPECT_EQ(json_string("\xff\xc3"), R"("\ufffd\ufffd")");
}

}  // namespace
}  // namespace weir::testing
