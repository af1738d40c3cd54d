// SPDX-License-Identifier: MIT
// Boost.Context's jump_fcontext: the barest switch there is in a library, without a scheduler or a
// queue.
#include <vector>

#include <boost/context/detail/fcontext.hpp>

#include "bench.hpp"

namespace {

namespace context = boost::context::detail;

const bench::benchmark switch_round("switch", [] {
  constexpr int jumps = 40'000'000;
  std::vector<char> stack(65'536);
  const auto jump_back = [](context::transfer_t from) {
    while (true) {
      from = context::jump_fcontext(from.fctx, nullptr);
    }
  };
  context::fcontext_t other =
      context::make_fcontext(stack.data() + stack.size(), stack.size(), jump_back);
  return bench::timed(jumps, [&] {
    for (int i = 0; i < jumps; i += 2) {  // there and back
      other = context::jump_fcontext(other, nullptr).fctx;
    }
  });
});

}  // namespace

int main(int count, char** arguments) {
  return bench::run("jump_fcontext", {arguments, static_cast<std::size_t>(count)});
}
