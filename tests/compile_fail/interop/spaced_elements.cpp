// SPDX-License-Identifier: MIT
// A map that skips elements.
// expect: eigen_mistake::spaced_elements
// expect: where<(kiln::core::)?text<'x'>
// expect: expected<(kiln::interop::)?inner_stride_one>
// expect: actual<Eigen::Map<
#include <kiln/interop/eigen.hpp>

#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> y(15);
#ifdef KILN_EXPECT_OK
Eigen::Matrix<float, 9, 1> matrix;
#else
float numbers[18];
Eigen::Map<Eigen::Matrix<float, 9, 1>, 0, Eigen::InnerStride<2>> matrix(numbers);
#endif
void call(net::context& c) { c.run(net::view<"x">(matrix), net::view<"y">(y)); }
