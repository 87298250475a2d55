// SPDX-License-Identifier: MIT
// Tests kiln/codegen/store_program.hpp.
#include <kiln/codegen/store_program.hpp>
#include <kiln/kernel/gemm/epilogue.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace {

using namespace kiln;
using codegen::crossing;
using codegen::stage_form;

// c = (product + bias[j]) * scale[i], and the sum before scaling as a second result if Observed.
template <bool Observed>
struct getter {
  static constexpr stage_form value() {
    stage_form f{};
    f.kind = plan::anchor::matmul;
    f.operation = op::kind_of<op::matmul_op>;
    f.rank = 3;
    f.kept = 2;
    f.operands = 2;
    f.loads = 2;
    f.instructions = 2;
    f.stores = Observed ? 2 : 1;
    f.views[2] = {crossing::contiguous, f32, false};
    f.views[3] = {crossing::broadcast, f32, true};
    f.views[4] = f.views[5] = {crossing::contiguous, f32, true};
    f.lines[0] = {op::kind_of<op::add_op>, 2, 0, -1, {2, 0}};
    f.lines[1] = {op::kind_of<op::mul_op>, 2, 0, -1, {3, 1}};
    f.stored[0] = 4;
    f.stored[1] = 2;  // the product itself
    return f;
  }
};
using plain = codegen::code_of<getter<false>>;
using observed = codegen::code_of<getter<true>>;
using none = codegen::callables<>;

static_assert(kernel::gemm::epilogue<codegen::store_program<plain, none>>);
// Accumulators start from the bias, unless somebody wants the product without it.
static_assert(codegen::store_program<plain, none>::bias == 0);
static_assert(codegen::store_program<observed, none>::bias == -1);

}  // namespace

TEST_CASE("an accumulator that started from the bias is scaled and stored") {
  constexpr std::size_t n = simd::lanes + 3;
  std::vector<float> bias(n), scale(2), c(2 * n);
  for (std::size_t i = 0; i < n; ++i) bias[i] = static_cast<float>(i);
  scale = {2.0F, -3.0F};
  codegen::arguments_of<plain> a{};
  a.base[2] = reinterpret_cast<char*>(bias.data());
  a.base[3] = reinterpret_cast<char*>(scale.data());
  a.base[4] = reinterpret_cast<char*>(c.data());
  a.stride[2] = {0, 1, 0};
  a.stride[3] = {1, 0, 0};
  a.stride[4] = {n, 1, 0};
  const none users{};
  const codegen::store_program<plain, none> ep(a, a.base, 0, 1, users);
  for (std::size_t row = 0; row < 2; ++row) {
    for (std::size_t column = 0; column < n; column += simd::lanes) {
      const simd::mask m = simd::first(n - column);
      auto state = ep.columns(column, m);
      ep.finish(state, row, column, ep.start(state, row, column, m) + simd::pack(10.0F), m);
    }
  }
  for (std::size_t row = 0; row < 2; ++row) {
    for (std::size_t j = 0; j < n; ++j) CHECK(c[row * n + j] == (bias[j] + 10.0F) * scale[row]);
  }
}

TEST_CASE("two packs at once are finished as one after the other") {
  constexpr std::size_t n = 2 * simd::lanes;
  std::vector<float> bias(n), scale{2.0F, -3.0F}, once(4 * n), twice(4 * n);
  for (std::size_t i = 0; i < n; ++i) bias[i] = static_cast<float>(i);
  const none users{};
  const auto program_to = [&](std::vector<float>& c) {
    codegen::arguments_of<observed> a{};
    a.base[2] = reinterpret_cast<char*>(bias.data());
    a.base[3] = reinterpret_cast<char*>(scale.data());
    a.base[4] = reinterpret_cast<char*>(c.data());
    a.base[5] = reinterpret_cast<char*>(c.data() + 2 * n);
    a.stride[2] = {0, 1, 0};
    a.stride[3] = {1, 0, 0};
    a.stride[4] = a.stride[5] = {n, 1, 0};
    return codegen::store_program<observed, none>(a, a.base, 0, 1, users);
  };
  const auto two = program_to(once), one = program_to(twice);
  constexpr simd::all_lanes all{};
  for (std::size_t row = 0; row < 2; ++row) {
    const auto left = one.columns(0, all), right = one.columns(simd::lanes, all);
    const simd::pack v(10.0F), w(-7.0F);
    kernel::gemm::finish_two(two, left, right, row, 0, v, w);
    one.finish(left, row, 0, v, all);
    one.finish(right, row, simd::lanes, w, all);
  }
  CHECK(once == twice);
  CHECK(once[0] == 20.0F);
  CHECK(once[4 * n - 1] == -7.0F);
}
