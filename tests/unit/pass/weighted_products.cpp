// SPDX-License-Identifier: MIT
// Which products other element types may compute.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/pass.hpp>
#include <kiln/pass/weighted_products.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <unit/pass/two_layers.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr const auto& net = test::two_layers;

static_assert(pass::detail::count_weighted_products(net) == 2);

template <tensor::dtype A, tensor::dtype W>
constexpr int products() {
  test::graph_builder<8> b;
  const int x = b.input("x", static_type(A, 4, 8));
  b.output(b.add<op::matmul_op>({x, b.weight("w", static_type(W, 8, 4))}));
  return pass::detail::count_weighted_products(b.build());
}
static_assert(products<f32, f32>() == 1 && products<f32, bf16>() == 1);
static_assert(products<bf16, bf16>() == 0 && products<u8, s8>() == 0);

constexpr int convolutions = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", static_type(f32, 1, 5, 5, 3));
  b.output(b.add<op::conv2d_op>({x, b.weight("w", static_type(f32, 3, 3, 3, 4))}));
  b.add<op::conv2d_op>({x, b.weight("unused", static_type(f32, 3, 3, 3, 4))});
  return pass::detail::count_weighted_products(b.build());
}();

// What is dequantised stays what it is, through reshapes and transposes, too.
enum class place { nowhere, input, weights };
constexpr int products_of_sequences(place quantized) {
  test::graph_builder<16> b;
  const int zero = b.constant(0), step = b.constant(0.1F);
  const auto tensor = [&](int real, int integers, bool is_quantized) {
    return is_quantized ? b.add<op::dequantize_op>({integers, step, zero}) : real;
  };
  const int x = tensor(b.input("x", static_type(f32, 2, 7, 4)),
                       b.input("xq", static_type(u8, 2, 7, 4)),
                       quantized == place::input);
  const int w = tensor(b.weight("w", static_type(f32, 3, 4, 5)),
                       b.weight("wq", static_type(s8, 3, 4, 5)),
                       quantized == place::weights);
  b.output(b.add<op::conv2d_op>(
      {b.reshape(x, static_type(f32, 2, 1, 7, 4)), b.reshape(w, static_type(f32, 1, 3, 4, 5))}));
  return pass::detail::count_weighted_products(b.build());
}
static_assert(products_of_sequences(place::nowhere) == 1);
static_assert(products_of_sequences(place::input) == 0);
static_assert(products_of_sequences(place::weights) == 0);

}  // namespace

TEST_CASE("a dead convolution has no range") { CHECK(convolutions == 1); }
