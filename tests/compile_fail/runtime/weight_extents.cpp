// SPDX-License-Identifier: MIT
// Nested arrays of the right length and the wrong extents.
// expect: binding_mistake::wrong_size
// expect: where<(kiln::core::)?text<'w'>
// expect: dtype::f32, 3, 5>
// expect: extents<5, 3>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

float b[5];
#ifdef KILN_EXPECT_OK
float w[3][5];
#else
float w[5][3];
#endif
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
