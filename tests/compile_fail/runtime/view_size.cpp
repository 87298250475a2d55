// SPDX-License-Identifier: MIT
// An array that no batch makes fit.
// expect: view_mistake::wrong_size
// expect: where<(kiln::core::)?text<'x'>
// expect: dtype::f32, -1, 3>
// expect: elements<14>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
float odd[14];
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(odd), net::view<"y">(y)); }
#endif
