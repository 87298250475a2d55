// SPDX-License-Identifier: MIT
// Data that no name was given to.
// expect: binding_mistake::not_a_binding
// expect: std::vector<float
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> w(15), b(5);
#ifdef KILN_EXPECT_OK
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
#else
const net::weights weights{w, b};
#endif
