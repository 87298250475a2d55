// SPDX-License-Identifier: MIT
// Doubles for an input of floats.
// expect: view_mistake::wrong_element_type
// expect: where<(kiln::core::)?text<'x'>
// expect: actual<double>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
std::vector<double> doubles(9);
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(doubles), net::view<"y">(y)); }
#endif
