// SPDX-License-Identifier: MIT
// Data that only run time knows, where the compiler is to pack.
// expect: packing_mistake::not_a_constant
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

constexpr float w[15] = {}, b[5] = {};
std::vector<float> loaded(5);
#ifdef KILN_EXPECT_OK
const auto packed = net::pack(kiln::bind<"w", w>(), kiln::bind<"b", b>());
#else
const auto packed = net::pack(kiln::bind<"w", w>(), kiln::bind<"b">(loaded));
#endif
