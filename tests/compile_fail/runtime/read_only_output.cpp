// SPDX-License-Identifier: MIT
// An output in memory that must not be written.
// expect: view_mistake::read_only_output
// expect: where<(kiln::core::)?text<'y'>
// expect: actual<const float>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
const std::vector<float> constant(15);
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(constant)); }
#endif
