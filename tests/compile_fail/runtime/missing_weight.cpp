// SPDX-License-Identifier: MIT
// A weight of the net that nothing is bound to.
// expect: binding_mistake::missing_weight
// expect: where<(kiln::core::)?text<'b'>
// expect: expected<kiln::runtime::(\w+::)?tensor_of<kiln::tensor::dtype::f32, 5>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> w(15), b(5);
#ifdef KILN_EXPECT_OK
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
#else
const net::weights weights{kiln::bind<"w">(w)};
#endif
