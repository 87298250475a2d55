// SPDX-License-Identifier: MIT
// An array whose length the compiler knows.
// expect: binding_mistake::wrong_size
// expect: where<(kiln::core::)?text<'b'>
// expect: dtype::f32, 5>
// expect: actual<kiln::runtime::(\w+::)?elements<4>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> w(15);
#ifdef KILN_EXPECT_OK
std::array<float, 5> b;
#else
std::array<float, 4> b;
#endif
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
