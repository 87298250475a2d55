// SPDX-License-Identifier: MIT
// Convolutions of one tap, of every stride, type and layout, against the meaning of the graph: some
// become products of all pixels, the others stay convolutions.
#include <kiln/pass/optimize.hpp>

#include <support/convolutions.hpp>

namespace {

using namespace kiln;
using test::convolution_case;

/// The graph as compile() plans it: after the passes.
template <tensor::dtype X, tensor::dtype W, convolution_case C>
struct optimized final {
  static constexpr auto make() { return pass::optimize(test::convolution<X, W, C>::make()); }
  static constexpr bool is_product() {
    const auto g = make();
    for (int i = 0; i < g.size; ++i) {
      if (g[i].template is<op::conv2d_op>()) return false;
    }
    return true;
  }
};

using tensor::dtype;

template <convolution_case C, bool IsProduct>
void check_two() {
  static_assert(optimized<dtype::f32, dtype::f32, C>::is_product() == IsProduct);
  static_assert(optimized<dtype::u8, dtype::s8, C>::is_product() == IsProduct);
  test::check_meaning<optimized<dtype::f32, dtype::f32, C>>();
  test::check_meaning<optimized<dtype::u8, dtype::s8, C>>();
}
template <convolution_case C, bool IsProduct>
void check_all() {
  check_two<C, IsProduct>();
  test::check_meaning<optimized<dtype::f32, dtype::f16, C>>();
  test::check_meaning<optimized<dtype::bf16, dtype::bf16, C>>();
  test::check_meaning<optimized<dtype::s8, dtype::s8, C>>();
}

constexpr convolution_case dense{.h = 5, .w = 4, .c = 18, .f = 21};
constexpr convolution_case halved{
    .h = 7, .w = 6, .c = 18, .f = 21, .at = {2, 2, 0, 0, 0, 0, 1, 1, 1}};
constexpr convolution_case lines{
    .h = 7, .w = 5, .c = 18, .f = 21, .at = {3, 1, 0, 0, 0, 0, 1, 1, 1}};
constexpr convolution_case columns{
    .h = 3, .w = 8, .c = 18, .f = 21, .at = {1, 2, 0, 0, 0, 0, 1, 1, 1}};
constexpr convolution_case grouped{
    .h = 4, .w = 5, .c = 8, .f = 34, .at = {1, 1, 0, 0, 0, 0, 1, 1, 2}};

}  // namespace

TEST_CASE("dense: a product") { check_all<dense, true>(); }
TEST_CASE("every second pixel") { check_all<halved, false>(); }
TEST_CASE("every third line") { check_two<lines, false>(); }
TEST_CASE("every second column") { check_two<columns, false>(); }
TEST_CASE("in groups") { check_two<grouped, false>(); }
