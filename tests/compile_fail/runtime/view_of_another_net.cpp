// SPDX-License-Identifier: MIT
// A view that was checked against another net.
// expect: run_mistake::view_of_another_net
// expect: wide_graph
#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> x(9), y(15);
std::vector<kiln::core::bf16> other(9);
#ifdef KILN_EXPECT_OK
void call(net::context& c) { c.run(net::view<"x">(x), net::view<"y">(y)); }
#else
void call(net::context& c) { c.run(net::view<"x">(x), support::wide::view<"y">(other)); }
#endif
