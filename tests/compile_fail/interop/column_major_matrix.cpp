// SPDX-License-Identifier: MIT
// A matrix whose columns lie one behind the other; Eigen's default.
// expect: eigen_mistake::column_major_matrix
// expect: where<(kiln::core::)?text<'x'>
// expect: expected<(kiln::interop::)?row_major>
// expect: actual<Eigen::Matrix<
#include <kiln/interop/eigen.hpp>

#include "../../unit/runtime/nets.hpp"

using net = support::layer;  // x: [batch, 3], w: [3, 5], b: [5], y: [batch, 5]

std::vector<float> y(15);
#ifdef KILN_EXPECT_OK
Eigen::Matrix<float, 3, 3, Eigen::RowMajor> matrix;
#else
Eigen::Matrix<float, 3, 3> matrix;
#endif
void call(net::context& c) { c.run(net::view<"x">(matrix), net::view<"y">(y)); }
