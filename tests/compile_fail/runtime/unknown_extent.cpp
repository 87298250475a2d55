// SPDX-License-Identifier: MIT
// A size of an extent that the tensor does not have.
// expect: view_mistake::unknown_extent
// expect: where<(kiln::core::)?text<'x'>
// expect: actual<(kiln::core::)?text<'b', 'a', 'c', 'h'>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x, kiln::size<"batch">(3)), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(x, kiln::size<"bach">(3)), net::view<"y">(y)); }
#endif
