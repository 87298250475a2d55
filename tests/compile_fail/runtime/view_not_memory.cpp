// SPDX-License-Identifier: MIT
// A number where memory is needed.
// expect: view_mistake::not_memory
// expect: where<(kiln::core::)?text<'x'>
// expect: actual<int>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
int number;
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(number), net::view<"y">(y)); }
#endif
