// SPDX-License-Identifier: MIT
// Two bindings of one name.
// expect: binding_mistake::bound_twice
// expect: where<(kiln::core::)?text<'w'>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> w(15), b(5);
#ifdef KILN_EXPECT_OK
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
#else
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b), kiln::bind<"w">(w)};
#endif
