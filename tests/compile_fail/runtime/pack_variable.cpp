// SPDX-License-Identifier: MIT
// An array of static storage whose numbers may change, where the compiler is to pack.
// expect: packing_mistake::not_a_constant
// expect: where<(kiln::core::)?text<'b'>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

constexpr float w[15] = {}, b[5] = {};
std::array<float, 5> changing{};
#ifdef KILN_EXPECT_OK
const auto packed = net::pack(kiln::bind<"w", w>(), kiln::bind<"b", b>());
#else
const auto packed = net::pack(kiln::bind<"w", w>(), kiln::bind<"b", changing>());
#endif
