// SPDX-License-Identifier: MIT
// Memory that is gone before run is called.
// expect: view_mistake::temporary_memory
// expect: where<(kiln::core::)?text<'x'>
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(std::vector<float>(9)), net::view<"y">(y)); }
#endif
