// SPDX-License-Identifier: MIT
// A run without one of its outputs.
// expect: run_mistake::missing_output
// expect: where<(kiln::core::)?text<'y'>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(x)); }
#endif
