// SPDX-License-Identifier: MIT
// A number where memory is needed.
// expect: binding_mistake::not_memory
// expect: where<(kiln::core::)?text<'w'>
// expect: actual<int>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> b(5);
#ifdef KILN_EXPECT_OK
std::vector<float> w(15);
#else
int w = 15;
#endif
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
