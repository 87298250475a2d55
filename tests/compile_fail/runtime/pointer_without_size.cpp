// SPDX-License-Identifier: MIT
// A pointer does not tell the batch.
// expect: view_mistake::unknown_size
// expect: where<(kiln::core::)?text<'x'>
// expect: actual<float ?\*>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
#ifdef KILN_EXPECT_OK
void call(net::context& c) {
  c.run(net::view<"x">(x.data(), kiln::size<"batch">(3)), net::view<"y">(y));
}
#else
void call(net::context& c) { c.run(net::view<"x">(x.data()), net::view<"y">(y)); }
#endif
