// SPDX-License-Identifier: MIT
// Tests of reference/reduce.hpp.
#include <kiln/reference/reduce.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <support/random_graph.hpp>
#include <support/tolerance.hpp>

namespace {

using kiln::reference::tensor;
using kiln::test::compare_f32;

TEST_CASE("reduce: axes, kept or not") {
  const tensor x({2, 3}, {1, 2, 3, 4, 5, 6});
  tensor rows({2});
  kiln::reference::reduce<kiln::op::reduce_sum_op>({0b10, 0}, x, rows);
  CHECK(rows.value == std::vector<double>{6, 15});
  tensor columns({1, 3});
  kiln::reference::reduce<kiln::op::reduce_mean_op>({0b01, 1}, x, columns);
  CHECK(columns.value == std::vector<double>{2.5, 3.5, 4.5});
  tensor all(kiln::reference::extents_list{});
  kiln::reference::reduce<kiln::op::reduce_max_op>({0b11, 0}, x, all);
  CHECK(all.value == std::vector<double>{6});
  CHECK(all.bound[0] == 0);
}

TEST_CASE("reduce: the bound holds for f32 sums in two orders and is tight") {
  kiln::test::random_source random(5);
  const int n = 1000;
  tensor x({n});
  float forward = 0;
  float halves[2] = {0, 0};
  for (int i = 0; i < n; ++i) {
    const float v = random.between(-1, 1);
    x.value[static_cast<std::size_t>(i)] = static_cast<double>(v);
    forward += v;
    halves[i % 2] += v;
  }
  tensor sum(kiln::reference::extents_list{});
  kiln::reference::reduce<kiln::op::reduce_sum_op>({1, 0}, x, sum);
  const float other = halves[0] + halves[1];
  CHECK(compare_f32(sum, &forward));
  CHECK(compare_f32(sum, &other));
  CHECK(sum.bound[0] < 1e-7 * n * n);
  const float wrong = forward + 1e-1F;
  CHECK_FALSE(compare_f32(sum, &wrong));
}

TEST_CASE("reduce: pooling counts or skips the padding") {
  const tensor x({1, 2, 2, 1}, {-1, -2, -3, -4});
  tensor most({1, 2, 2, 1});
  kiln::reference::pool<kiln::op::max_pool_op>({2, 2, 1, 1, 0, 0, 1, 1, 0}, x, most);
  CHECK(most.value == std::vector<double>{-1, -2, -3, -4});
  tensor mean({1, 2, 2, 1});
  kiln::reference::pool<kiln::op::avg_pool_op>({2, 2, 1, 1, 0, 0, 1, 1, 0}, x, mean);
  CHECK(mean.value == std::vector<double>{-2.5, -3, -3.5, -4});
  kiln::reference::pool<kiln::op::avg_pool_op>({2, 2, 1, 1, 0, 0, 1, 1, 1}, x, mean);
  CHECK(mean.value == std::vector<double>{-2.5, -1.5, -1.75, -1});
}

TEST_CASE("reduce: softmax and its logarithm along either axis") {
  const tensor x({2, 2}, {0, std::log(3.0), 100, 100});
  tensor out({2, 2});
  kiln::reference::softmax(1, false, x, out);
  CHECK(out.value[0] == doctest::Approx(0.25));
  CHECK(out.value[1] == doctest::Approx(0.75));
  CHECK(out.value[2] == doctest::Approx(0.5));
  CHECK(out.bound[1] < 1e-5);
  kiln::reference::softmax(1, true, x, out);
  CHECK(out.value[0] == doctest::Approx(std::log(0.25)));
  kiln::reference::softmax(0, false, x, out);
  CHECK(out.value[2] == doctest::Approx(1.0));
  const tensor masked({1, 2}, {-std::numeric_limits<double>::infinity(), 0});
  tensor weights({1, 2});
  kiln::reference::softmax(1, false, masked, weights);
  CHECK(weights.value == std::vector<double>{0, 1});
  const tensor nothing({1, 1}, {-std::numeric_limits<double>::infinity()});
  tensor none({1, 1});
  kiln::reference::softmax(1, false, nothing, none);
  CHECK(std::isnan(none.value[0]));
  CHECK(none.bound[0] == 0);
}

TEST_CASE("reduce: norms with vector and scalar parameters") {
  const tensor x({1, 4}, {1, 3, 5, 7});
  const tensor gamma({4}, {1, 1, 1, 2});
  const tensor beta({}, {0.5});
  const tensor epsilon({}, {0});
  tensor out({1, 4});
  kiln::reference::layer_norm(x, gamma, beta, epsilon, out);
  CHECK(out.value[0] == doctest::Approx(-3 / std::sqrt(5.0) + 0.5));
  CHECK(out.value[3] == doctest::Approx(6 / std::sqrt(5.0) + 0.5));
  CHECK(out.bound[3] < 1e-5);
  kiln::reference::rms_norm(x, gamma, epsilon, out);
  CHECK(out.value[0] == doctest::Approx(1 / std::sqrt(21.0)));
  CHECK(out.value[3] == doctest::Approx(14 / std::sqrt(21.0)));
}

// f32 evaluations as kernels do them: online, with a rescaled sum; in two passes, with a
// reciprocal.
std::vector<float> online_softmax(const std::vector<float>& x) {
  float greatest = -std::numeric_limits<float>::infinity();
  float sum = 0;
  for (const float v : x) {
    const float next = std::max(greatest, v);
    sum = sum * std::exp(greatest - next) + std::exp(v - next);
    greatest = next;
  }
  std::vector<float> y;
  for (const float v : x) y.push_back(std::exp(v - greatest) * (1 / sum));
  return y;
}

std::vector<float> layer_norm_f32(const std::vector<float>& x, float gamma, float epsilon) {
  float sum = 0;
  for (const float v : x) sum += v;
  const float mean = sum / static_cast<float>(x.size());
  float squares = 0;
  for (const float v : x) squares += (v - mean) * (v - mean);
  const float factor = 1 / std::sqrt(squares / static_cast<float>(x.size()) + epsilon);
  std::vector<float> y;
  for (const float v : x) y.push_back((v - mean) * (factor * gamma) + 0.5F);
  return y;
}

TEST_CASE("reduce: f32 softmax and norms stay within the bound, which is tight") {
  kiln::test::random_source random(9);
  for (const int n : {1, 2, 17, 128, 500}) {
    for (const float size : {1.0F, 20.0F}) {
      CAPTURE(n);
      CAPTURE(size);
      std::vector<float> x;
      tensor row({1, n});
      for (std::size_t i = 0; i < row.elems(); ++i) {
        x.push_back(random.between(-size, size));
        row.value[i] = static_cast<double>(x[i]);
      }
      tensor y({1, n});
      kiln::reference::softmax(1, false, row, y);
      const auto soft = compare_f32(y, online_softmax(x).data());
      CHECK_MESSAGE(soft.problem.empty(), soft.problem);
      CHECK(soft.checked == row.elems());
      // A row of one element has an exponential and a division too: as much as one of two.
      for (std::size_t i = 0; i < y.elems(); ++i)
        CHECK(y.bound[i] <= 1e-5 * (n < 2 ? 2 : n) * y.value[i] + 1e-37);
      const tensor gamma({}, {1.5});
      const tensor beta({}, {0.5});
      const tensor epsilon({}, {static_cast<double>(1e-3F)});
      kiln::reference::layer_norm(row, gamma, beta, epsilon, y);
      const auto norm = compare_f32(y, layer_norm_f32(x, 1.5F, 1e-3F).data());
      CHECK_MESSAGE(norm.problem.empty(), norm.problem);
      CHECK(norm.checked == row.elems());
      for (std::size_t i = 0; i < y.elems(); ++i)
        CHECK(y.bound[i] < 1e-5 * (n + 1) * static_cast<double>(size));
    }
  }
}

}  // namespace
