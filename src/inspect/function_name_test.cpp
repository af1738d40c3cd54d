// SPDX-License-Identifier: MIT
// Names of functions as they are shown, and which frames are shown at all.
#include "inspect/function_name.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inspect/folding.hpp"

namespace weir::testing {
namespace {

using detail::folded;
using detail::named_frame;
using detail::named_frames;
using detail::readable;
using detail::short_name;
using ::testing::ElementsAre;

TEST(FunctionName, IsAsWrittenInAProgram) {
  EXPECT_EQ(readable("_ZN3app5serveERNS_4connE"), "app::serve(app::conn&)");
  EXPECT_EQ(readable("main"), "main");
  EXPECT_EQ(readable("_Znonsense"), "_Znonsense");
  EXPECT_EQ(readable("_Z1fRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"),
            "f(std::string const&)");
}

TEST(FunctionName, OfWhatTheDemanglerDoesNotKnowHasItsScopes) {
  EXPECT_EQ(readable("_ZN4weir12with_timeoutITkSt9invocableZ4mainE3$_0EEDaNS_5untilEOT_"),
            "weir::with_timeout");
  EXPECT_EQ(readable("_ZNK3appITkE"), "app");
  EXPECT_EQ(readable("_ZN9999999app"), "app");
}

TEST(FunctionName, InShortHasNeitherResultNorParametersNorItsOwnArguments) {
  EXPECT_EQ(short_name("weir::receiver<int>::recv(weir::until)"), "weir::receiver<int>::recv");
  EXPECT_EQ(short_name("auto weir::with_timeout<main::{lambda()#1}>(weir::until, X&&)"),
            "weir::with_timeout");
  EXPECT_EQ(short_name("std::expected<std::tuple<a, b>, c> weir::all<f(int)::{lambda()#1}>(d)"),
            "weir::all");
  EXPECT_EQ(short_name("weir::detail::task_body<a, b>::run(weir::detail::task_record&)"),
            "weir::detail::task_body<a, b>::run");
  EXPECT_EQ(short_name("weir::(anonymous namespace)::f(int)::{lambda()#1}::operator()() const"),
            "weir::(anonymous namespace)::f");
  EXPECT_EQ(short_name("weir::yield"), "weir::yield");
  EXPECT_EQ(short_name("void weir::f<1>()"), "weir::f");
}

TEST(FunctionName, InShortKeepsWhatOperatorsAreWrittenWith) {
  EXPECT_EQ(short_name("weir::task_local<int>::operator*() const"),
            "weir::task_local<int>::operator*");
  EXPECT_EQ(short_name("weir::a::operator()(int)"), "weir::a::operator()");
  EXPECT_EQ(short_name("weir::a::operator bool() const"), "weir::a::operator bool");
  EXPECT_EQ(short_name("weir::a::operator<=>(weir::a const&)"), "weir::a::operator<=>");
  EXPECT_EQ(short_name("weir::a<int>::operator->() const"), "weir::a<int>::operator->");
}

named_frame frame(std::string linkage) {
  named_frame made{.shown = {.function = readable(linkage), .file = "a.cpp"}, .linkage = {}};
  made.linkage = std::move(linkage);
  return made;
}

std::vector<std::string> names(const std::vector<stack_frame>& trace) {
  std::vector<std::string> found;
  for (const stack_frame& each : trace) found.push_back(each.function);
  return found;
}

const named_frame user = frame("_ZN3app5serveEv");
const named_frame other_user = frame("_ZN3app3runEv");
const named_frame recv = frame("_ZN4weir8receiverIiE4recvENS_5untilE");
const named_frame inner = frame("_ZN4weir6detail14switch_to_taskERNS0_11task_recordES2_");
const named_frame local = frame("_ZZN4weir5yieldEvENKUlvE_clEv");
const named_frame invoke = frame("_ZSt8__invokeIRFvvEJEEvOT_DpOT0_");
const named_frame body = frame("_ZN4weir6detail9task_bodyIiiE3runEi");
const named_frame entry = frame("weir_task_entry");

TEST(Folding, KeepsOfWeirsFramesTheOneThatOtherCodeCalled) {
  EXPECT_THAT(names(folded({inner, local, recv, user, inner, recv, other_user})),
              ElementsAre(recv.shown.function, user.shown.function, recv.shown.function,
                          other_user.shown.function));
}

TEST(Folding, LeavesOutWhatOfTheStandardLibraryWeirCalls) {
  EXPECT_THAT(names(folded({inner, invoke, recv, user, invoke, inner, other_user})),
              ElementsAre(recv.shown.function, user.shown.function, inner.shown.function,
                          other_user.shown.function));
}

TEST(Folding, KeepsTheStandardLibraryWhereOtherCodeCallsIt) {
  EXPECT_THAT(names(folded({recv, invoke, user})),
              ElementsAre(recv.shown.function, invoke.shown.function, user.shown.function));
  EXPECT_THAT(names(folded({invoke, user})),
              ElementsAre(invoke.shown.function, user.shown.function));
}

TEST(Folding, LeavesOutWhatEveryTaskBeginsWith) {
  EXPECT_THAT(names(folded({recv, user, invoke, body, entry})),
              ElementsAre(recv.shown.function, user.shown.function));
}

TEST(Folding, KeepsTheBodyOfATaskWithoutDebugInformationSinceItMayHoldTheUsersFunction) {
  named_frame bare = body;
  bare.shown.file.clear();
  EXPECT_THAT(names(folded({recv, user, invoke, bare, entry})),
              ElementsAre(recv.shown.function, user.shown.function, bare.shown.function));
}

TEST(Folding, TakesTestsAndFunctionsThatOnlyMentionWeirForOthers) {
  const named_frame test = frame("_ZN4weir7testing12_GLOBAL__N_14testEv");
  const named_frame mentions = frame("_Z5serveN4weir6streamE");
  EXPECT_THAT(names(folded({inner, test, inner, mentions})),
              ElementsAre(inner.shown.function, test.shown.function, inner.shown.function,
                          mentions.shown.function));
}

TEST(Folding, GoesByTheReadableNameWhereTheLinkerHasNone) {
  const named_frame unlinked{.shown = {.function = "weir::detail::of<main()::<lambda()> >"},
                             .linkage = {}};
  const named_frame lambda{.shown = {.function = "main::{lambda}::operator()"}, .linkage = {}};
  EXPECT_THAT(names(folded({inner, unlinked, lambda, unlinked, entry})),
              ElementsAre(unlinked.shown.function, lambda.shown.function));
}

TEST(Folding, GoesByTheFileWhereNamesHaveNoScopes) {
  const named_frame weirs{.shown = {.function = "f<app::x>", .file = "/a/include/weir/x.hpp"},
                          .linkage = {}};
  const named_frame lambda{.shown = {.function = "operator()", .file = "/a/x.cpp"}, .linkage = {}};
  EXPECT_THAT(names(folded({inner, weirs, lambda, weirs, entry})),
              ElementsAre(weirs.shown.function, lambda.shown.function));
}

TEST(Folding, LeavesNothingOutWhereNothingWouldRemain) {
  EXPECT_THAT(names(folded({inner, body, entry})),
              ElementsAre(inner.shown.function, body.shown.function, entry.shown.function));
  EXPECT_TRUE(folded({}).empty());
}

}  // namespace
}  // namespace weir::testing
