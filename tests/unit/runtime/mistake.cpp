// SPDX-License-Identifier: MIT
// What types alone tell of memory, and how verdicts spell tensors.
#include <kiln/runtime/mistake.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"
#include <span>

using kiln::runtime::contract_of;
using kiln::runtime::elements;
using kiln::runtime::extents;
using kiln::runtime::may_fit;
using kiln::runtime::may_read;
using kiln::runtime::role;
using kiln::runtime::spelled_memory;
using kiln::runtime::spelled_tensor;
using kiln::runtime::tensor_of;
using kiln::tensor::dtype;

static_assert(
    std::is_same_v<spelled_tensor<support::layer, role::weight, 0>, tensor_of<dtype::f32, 3, 5>>);
static_assert(
    std::is_same_v<spelled_tensor<support::layer, role::input, 0>, tensor_of<dtype::f32, -1, 3>>);
static_assert(std::is_same_v<spelled_memory<float[7]>, elements<7>>);
static_assert(std::is_same_v<spelled_memory<std::array<float, 7>>, elements<7>>);
static_assert(std::is_same_v<spelled_memory<float[7][2]>, extents<7, 2>>);
static_assert(std::is_same_v<spelled_memory<std::vector<std::array<float, 2>>>, extents<-1, 2>>);

namespace {
constexpr const auto& fixed = contract_of<support::layer, role::weight, 0>;  // [3, 5]
constexpr const auto& open = contract_of<support::layer, role::input, 0>;    // [batch, 3]
}  // namespace

static_assert(may_fit<std::vector<float>>(fixed) && may_fit<float*>(fixed));
static_assert(may_fit<std::array<float, 15>>(fixed) && !may_fit<std::array<float, 16>>(fixed));
static_assert(may_fit<std::span<float, 15>>(fixed) && !may_fit<std::span<float, 14>>(fixed));
static_assert(may_fit<float[3][5]>(fixed) && !may_fit<float[5][3]>(fixed));
static_assert(!may_fit<float[3][5][1]>(fixed)
              && !may_fit<std::vector<std::array<float, 3>>>(fixed));
static_assert(may_fit<float[6]>(open) && !may_fit<float[7]>(open) && !may_fit<float[7][2]>(open));
static_assert(may_fit<std::vector<std::array<float, 3>>>(open));

static_assert(may_read<float>(dtype::f32, false) && may_read<const float>(dtype::f32, false));
static_assert(!may_read<double>(dtype::f32, true) && !may_read<int>(dtype::f32, true));
static_assert(may_read<kiln::core::bf16>(dtype::f32, true), "weights widen");
static_assert(!may_read<kiln::core::bf16>(dtype::f32, false), "inputs do not");
static_assert(!may_read<float>(dtype::bf16, true), "nothing is narrowed");
static_assert(may_read<void>(dtype::f32, false), "run time knows");

namespace {
struct void_hint {
  using weight_hint = void;
};
struct some_hint {
  struct weight_hint {
    static constexpr std::string_view weight = "ranges";
  };
};
}  // namespace
static_assert(!kiln::runtime::has_hint<support::layer>("w"));
static_assert(!kiln::runtime::has_hint<void_hint>("ranges"));
static_assert(kiln::runtime::has_hint<some_hint>("ranges"));
static_assert(!kiln::runtime::has_hint<some_hint>("w"));

TEST_CASE("verdicts are types") { CHECK(true); }
