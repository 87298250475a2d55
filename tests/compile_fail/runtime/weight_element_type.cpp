// SPDX-License-Identifier: MIT
// Doubles for a weight of floats.
// expect: binding_mistake::wrong_element_type
// expect: where<(kiln::core::)?text<'w'>
// expect: actual<double>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> b(5);
#ifdef KILN_EXPECT_OK
std::vector<float> w(15);
#else
std::vector<double> w(15);
#endif
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
