// SPDX-License-Identifier: MIT
// Tests of reference/contract.hpp.
#include <kiln/reference/contract.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <support/random_graph.hpp>

namespace {

using kiln::reference::dot_product;
using kiln::reference::tensor;

TEST_CASE("contract: the bound of a sum holds in f32, in any order") {
  kiln::test::random_source random(3);
  for (int k : {1, 2, 7, 64, 1000}) {
    dot_product sum;
    float forward = 0;
    std::vector<float> products;
    for (int i = 0; i < k; ++i) {
      const float a = random.between(-1, 1), b = random.between(-1, 1);
      sum.add(static_cast<double>(a), 0, static_cast<double>(b), 0);
      forward += a * b;
      products.push_back(a * b);
    }
    float backward = 0;
    for (int i = k; i-- > 0;) backward += products[static_cast<std::size_t>(i)];
    CHECK(std::fabs(static_cast<double>(forward) - sum.value()) <= sum.bound());
    CHECK(std::fabs(static_cast<double>(backward) - sum.value()) <= sum.bound());
    CHECK(sum.bound() < 1e-7 * (k + 3) * k);
  }
}

TEST_CASE("contract: operand bounds, infinities and NaN go through") {
  dot_product sum;
  sum.add(2, 0.5, 3, 0.25);
  CHECK(sum.bound() >= 0.5 * 3 + 0.25 * 2 + 0.5 * 0.25);
  CHECK(sum.bound() < 2.126);
  const double inf = std::numeric_limits<double>::infinity();
  dot_product infinite;
  infinite.add(inf, 0, 1, 0);
  infinite.add(1, 0, 1, 0.5);
  CHECK(infinite.value() == inf);
  dot_product undefined;
  undefined.add(inf, 0, 0, 0);
  CHECK(std::isnan(undefined.value()));
  CHECK(undefined.bound() == 0);
  dot_product overflow;
  overflow.add(1e30, 0, 1e30, 0);
  CHECK(overflow.bound() == inf);
  dot_product unknown;
  unknown.add(1, inf, 1, 0);
  CHECK(unknown.bound() == inf);
}

TEST_CASE("contract: matmul with broadcast batch and either side transposed") {
  const tensor a({2, 1, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const tensor b({2, 2, 1}, {1, -1, 2, 3});
  tensor out({2, 2, 2, 1});
  kiln::reference::matmul({0, 0}, a, b, out);
  CHECK(out.value == std::vector<double>{-1, -1, 8, 18, -1, -1, 28, 38});
  kiln::reference::matmul({1, 0}, a, b, out);
  CHECK(out.value == std::vector<double>{-2, -2, 11, 16, -2, -2, 31, 36});
  const tensor b_rows({2, 1, 2}, b.value);
  kiln::reference::matmul({0, 1}, a, b_rows, out);
  CHECK(out.value == std::vector<double>{-1, -1, 8, 18, -1, -1, 28, 38});
}

TEST_CASE("contract: conv2d with padding, stride, dilation and groups") {
  // One row of pixels 1 2 3 4 5, two channels: x and 10 x.
  const tensor x({1, 1, 5, 2}, {1, 10, 2, 20, 3, 30, 4, 40, 5, 50});
  const tensor both({1, 3, 2, 1}, {1, 0, 2, 0, 3, 1});
  tensor same({1, 1, 5, 1});
  kiln::reference::conv2d({1, 1, 0, 1, 0, 1, 1, 1, 1}, x, both, same);
  CHECK(same.value == std::vector<double>{28, 44, 60, 76, 14});
  tensor strided({1, 1, 2, 1});
  kiln::reference::conv2d({1, 2, 0, 0, 0, 0, 1, 1, 1}, x, both, strided);
  CHECK(strided.value == std::vector<double>{44, 76});
  tensor dilated({1, 1, 1, 1});
  kiln::reference::conv2d({1, 1, 0, 0, 0, 0, 1, 2, 1}, x, both, dilated);
  CHECK(dilated.value == std::vector<double>{1 + 6 + 15 + 50});
  // Depthwise with two filters a channel: channel 0 times 1 and 2, channel 1 times 3 and 4.
  const tensor each({1, 1, 1, 4}, {1, 2, 3, 4});
  tensor depthwise({1, 1, 5, 4});
  kiln::reference::conv2d({1, 1, 0, 0, 0, 0, 1, 1, 2}, x, each, depthwise);
  CHECK(std::vector<double>(depthwise.value.begin(), depthwise.value.begin() + 4)
        == std::vector<double>{1, 2, 30, 40});
}

}  // namespace
