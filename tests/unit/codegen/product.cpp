// SPDX-License-Identifier: MIT
// Tests kiln/codegen/product.hpp.
#include <kiln/codegen/product.hpp>
#include <kiln/core/error.hpp>
#include <kiln/plan/trivial.hpp>
#include <kiln/simd/amx_use.hpp>

#include <doctest/doctest.h>

#include <support/graph_builder.hpp>
#include <support/run_plan.hpp>
#include <type_traits>

namespace {

using namespace kiln;

using test::shape;

struct batched {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 3, 5, 9));
    int y = b.input("z", shape(2, 3, 9, 7));
    b.output(b.add<op::relu_op>({b.add<op::matmul_op>({x, y})}));
    return b.build();
  }
};
struct batched_and_broadcast {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 3, 5, 9));
    int y = b.input("z", shape(3, 7, 9));
    b.output(b.add<op::matmul_op>({x, y}, {0, 1}));
    return b.build();
  }
};
struct transposed_left {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(9, 5));
    int y = b.weight("w", shape(9, 7));
    b.output(b.add<op::matmul_op>({x, y}, {1, 0}));
    return b.build();
  }
};
struct n_d_times_matrix {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 3, 9));
    int y = b.weight("w", shape(9, 7));
    int bb = b.weight("b", shape(7));
    b.output(b.add<op::add_op>({b.add<op::matmul_op>({x, y}), bb}));
    return b.build();
  }
};
struct bf16_operands {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(4, 9));
    int w = b.weight("w", shape(9, 17));
    int xb = b.add<op::cast_op>({x}, {1});
    int wb = b.add<op::cast_op>({w}, {1});
    b.output(b.add<op::cast_op>({b.add<op::matmul_op>({xb, wb})}, {0}));
    return b.build();
  }
};
struct f16_times_bf16 {
  static constexpr auto make() {
    test::graph_builder<40> b;
    int x = b.input("x", shape(2, 4, 9));
    int w = b.input("z", shape(2, 9, 17));
    int xb = b.add<op::cast_op>({x}, {2});
    int wb = b.add<op::cast_op>({w}, {1});
    b.output(b.add<op::matmul_op>({xb, wb}));
    return b.build();
  }
};

// Bytes run on the matrix unit where there is one, f32 never does.
template <tensor::dtype A, tensor::dtype B>
constexpr auto product_of = [] {
  test::graph_builder<16> b;
  const int x = b.input("x", tensor::static_type(A, 32, 64));
  b.output(b.add<op::matmul_op>({x, b.weight("w", tensor::static_type(B, 64, 48))}));
  return plan::trivial(b.build());
}();
constexpr core::target with_tiles() {
  core::target m = core::native;
  m.tiles = true;
  return m;
}
static_assert(codegen::uses_tiles(product_of<u8, s8>, with_tiles()));
static_assert(!codegen::uses_tiles(product_of<f32, f32>, with_tiles()));
static_assert(codegen::uses_tiles(product_of<u8, s8>) == core::native.tiles);
static_assert(std::is_empty_v<codegen::held_tiles<false>>);

}  // namespace

TEST_CASE("batched") { test::check_plan<test::scheduled<batched>>(); }
TEST_CASE("batched and broadcast") { test::check_plan<test::scheduled<batched_and_broadcast>>(); }
TEST_CASE("transposed left") { test::check_plan<test::scheduled<transposed_left>>(); }
TEST_CASE("n d times matrix") { test::check_plan<test::scheduled<n_d_times_matrix>>(); }
TEST_CASE("bf16 operands") { test::check_plan<test::scheduled<bf16_operands>>(); }
TEST_CASE("f16 times bf16") { test::check_plan<test::scheduled<f16_times_bf16>>(); }

TEST_CASE("a net that needs tiles says so where there are none") {
  codegen::require_units(product_of<f32, f32>);
  if (!core::native.tiles || simd::may_use_tiles()) {
    codegen::require_units(product_of<u8, s8>);
  } else {
    CHECK_THROWS_AS(codegen::require_units(product_of<u8, s8>), kiln::error);
  }
}
