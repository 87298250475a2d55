// SPDX-License-Identifier: MIT
// Shape rules on types.
#include <kiln/dsl/inference.hpp>
#include <kiln/op/concat.hpp>
#include <kiln/op/matmul.hpp>
#include <kiln/op/slice.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

using kiln::dsl::typed;
constexpr kiln::op::matmul_op::attributes transpose_b{0, 1};
using words = kiln::dsl::encoded<kiln::op::matmul_op, transpose_b>;
static_assert(std::is_same_v<words, kiln::dsl::attributes<0, 1>>);
static_assert(kiln::dsl::words_of<words>[1] == 1 && kiln::dsl::words_of<words>[0] == 0);
static_assert(kiln::dsl::words_of<int> == kiln::op::attribute_words{});

using good = kiln::dsl::
    inference<kiln::op::matmul_op, words, typed<kiln::f32, 4, 8>, typed<kiln::f32, 3, 8>>;
static_assert(good::accepted);
static_assert(std::is_same_v<good::type, typed<kiln::f32, 4, 3>>);

using bad = kiln::dsl::inference<kiln::op::matmul_op,
                                 kiln::dsl::attributes<>,
                                 typed<kiln::f32, 4, 8>,
                                 typed<kiln::f32, 3, 8>>;
static_assert(!bad::accepted);
static_assert(
    std::is_same_v<bad::error<int>,
                   kiln::core::compile_error<kiln::op::mistake::inner_dimensions_differ,
                                             int,
                                             kiln::core::expected<typed<kiln::f32, 8, 8>>,
                                             kiln::core::actual<typed<kiln::f32, 3, 8>>>>);

// Where a dynamic extent is the whole mistake, both types are the same: what is said is the rule.
template <int Factor>
using batch = kiln::dsl::extent<Factor, kiln::dsl::symbol_type<kiln::core::text<'b'>, 8>>;
using open = typed<kiln::f32, batch<1>{}, 8>;
using sliced = kiln::dsl::inference<kiln::op::slice_op, kiln::dsl::attributes<0, 0, 4, 1>, open>;
static_assert(
    std::is_same_v<sliced::error<int>,
                   kiln::core::compile_error<kiln::op::mistake::dynamic_extent,
                                             int,
                                             kiln::core::expected<kiln::dsl::static_extents>,
                                             kiln::core::actual<kiln::dsl::printed<open>>>>);
using joined = kiln::dsl::
    inference<kiln::op::concat_op, kiln::dsl::attributes<>, open, typed<kiln::f32, 4, 8>>;
static_assert(
    std::is_same_v<joined::error<int>,
                   kiln::core::compile_error<kiln::op::mistake::dynamic_extent,
                                             int,
                                             kiln::core::expected<kiln::dsl::printed<open>>,
                                             kiln::core::actual<typed<kiln::f32, 4, 8>>>>);

TEST_CASE("attributes of zeros are no attributes") {
  CHECK(std::is_same_v<kiln::dsl::encoded<kiln::op::matmul_op, kiln::op::matmul_op::attributes{}>,
                       kiln::dsl::attributes<>>);
}

}  // namespace
