// SPDX-License-Identifier: MIT
// A name that is neither input nor output; the error lists those.
// expect: view_mistake::unknown_name
// expect: expected<(kiln::core::)?text<'x'>, (kiln::core::)?text<'y'>
// expect: actual<(kiln::core::)?text<'z'>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"z">(y)); }
#endif
