// SPDX-License-Identifier: MIT
// A weight of the net without a constant.
// expect: binding_mistake::missing_weight
// expect: where<(kiln::core::)?text<'b'>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

constexpr float w[15] = {}, b[5] = {};
#ifdef KILN_EXPECT_OK
constexpr auto packed = net::pack(kiln::bind<"w", w>(), kiln::bind<"b", b>());
#else
constexpr auto packed = net::pack(kiln::bind<"w", w>());
#endif
