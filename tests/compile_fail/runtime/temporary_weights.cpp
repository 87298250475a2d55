// SPDX-License-Identifier: MIT
// A context of weights that are gone at once.
// expect: deleted
// expect: context
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> w(15), b(5);
#ifdef KILN_EXPECT_OK
const net::weights weights{kiln::bind<"w">(w), kiln::bind<"b">(b)};
const net::context context{weights};
#else
const net::context context{net::weights{kiln::bind<"w">(w), kiln::bind<"b">(b)}};
#endif
