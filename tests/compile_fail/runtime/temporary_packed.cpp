// SPDX-License-Identifier: MIT
// A context of packed constants that are gone at once.
// expect: deleted
// expect: context
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

constexpr float w[15] = {}, b[5] = {};
#ifdef KILN_EXPECT_OK
constexpr auto packed = net::pack(kiln::bind<"w", w>(), kiln::bind<"b", b>());
const net::context context{packed};
#else
const net::context context{net::pack(kiln::bind<"w", w>(), kiln::bind<"b", b>())};
#endif
