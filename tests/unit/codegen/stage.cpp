// SPDX-License-Identifier: MIT
// Tests kiln/codegen/stage.hpp.
#include <kiln/codegen/stage.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace {

using namespace kiln;
using codegen::crossing;
using codegen::stage_form;

// c[i, j] = a[i, j] * b[j]
struct getter {
  static constexpr stage_form value() {
    stage_form f{};
    f.rank = f.kept = 2;
    f.loads = 2;
    f.instructions = 1;
    f.stores = 1;
    f.views[0] = {crossing::contiguous, f32, true};
    f.views[1] = {crossing::contiguous, f32, false};
    f.views[2] = {crossing::contiguous, f32, true};
    f.lines[0] = {op::kind_of<op::mul_op>, 2, 0, -1, {0, 1}};
    f.stored[0] = 2;
    return f;
  }
};
using product = codegen::code_of<getter>;

struct pack_getter {
  static constexpr stage_form value() {
    stage_form f{};
    f.kind = plan::anchor::pack;
    f.rank = f.kept = 3;
    f.operands = f.stores = 1;
    return f;
  }
};
using packing = codegen::code_of<pack_getter>;

template <class T>
char* bytes(T* p) {
  return reinterpret_cast<char*>(const_cast<std::remove_const_t<T>*>(p));
}

}  // namespace

TEST_CASE("a map covers every row and every tail, and nothing else") {
  constexpr std::ptrdiff_t rows = 3, stride = 2 * simd::lanes + 5;
  for (std::ptrdiff_t n = 1; n <= static_cast<std::ptrdiff_t>(2 * simd::lanes) + 1; ++n) {
    std::vector<float> a(rows * stride), b(static_cast<std::size_t>(n)), c(rows * stride, -1.0F);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i % 13) - 6.0F;
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<float>(i) + 0.5F;
    codegen::arguments_of<product> x;
    x.base = {bytes(a.data()), bytes(b.data()), bytes(c.data())};
    x.stride = {{{stride, 1}, {0, 1}, {stride, 1}}};
    x.extent = {rows, n};
    codegen::run_map<product>(x, codegen::callables<>{});
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
      for (std::ptrdiff_t j = 0; j < stride; ++j) {
        const auto at = static_cast<std::size_t>(i * stride + j);
        CHECK(c[at] == (j < n ? a[at] * b[static_cast<std::size_t>(j)] : -1.0F));
      }
    }
  }
}

TEST_CASE("a pack writes panels of sixteen columns") {
  constexpr std::ptrdiff_t k = 3, n = 18;
  std::vector<float> b(k * n);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<float>(i);
  std::vector<float> panels(kernel::gemm::packed_elems(k, n), -1.0F);
  codegen::arguments_of<packing> x;
  x.base = {bytes(b.data()), bytes(panels.data())};
  x.stride = {{{0, 1, n}, {0, 0, 0}}};
  x.extent = {1, n, k};
  codegen::run_pack<packing>(x);
  for (std::size_t row = 0; row < k; ++row) {
    for (std::size_t column = 0; column < 32; ++column) {
      const float expected = column < n ? b[row * n + column] : 0.0F;
      CHECK(panels[column / 16 * 16 * k + row * 16 + column % 16] == expected);
    }
  }
}
