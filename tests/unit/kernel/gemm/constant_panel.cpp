// SPDX-License-Identifier: MIT
// Panels that the compiler lays out are those of pack_b().
#include <kiln/kernel/gemm/constant_panel.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

using namespace kiln::kernel::gemm;
namespace core = kiln::core;

// Two columns of three rows, in words of two.
constexpr auto laid_out = [] {
  constexpr std::int8_t b[] = {1, 2, 3, 4, 5, 6};
  std::array<std::int8_t, 4 * panel> out{};
  for (std::size_t i = 0; i < 3; ++i) {
    put_in_panel<2>(b, static_cast<std::ptrdiff_t>(2 * i), 1, 2, i, out.data());
  }
  return out;
}();
static_assert(laid_out[0] == 1 && laid_out[1] == 3 && laid_out[2] == 2 && laid_out[3] == 4);
static_assert(laid_out[2 * panel] == 5 && laid_out[2 * panel + 1] == 0);
static_assert(std::count(laid_out.begin(), laid_out.end(), 0) == 4 * panel - 6);

template <arithmetic X>
void check_panels(std::ptrdiff_t k_stride, std::ptrdiff_t n_stride, std::size_t k, std::size_t n) {
  using element = b_element<X>;
  std::vector<element> b(k * n);
  for (std::size_t i = 0; i < b.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(i * 37 + 11);
    std::memset(&b[i], byte, sizeof(element));
  }
  std::vector<element> expected(packed_elems(X, k, n)), actual(expected.size());
  pack_b<X>(b.data(), k_stride, n_stride, k, n, expected.data());
  const std::size_t each = core::round_up(k, neighbours(X)) * panel;
  for (std::size_t j = 0; j < n; j += panel) {
    for (std::size_t i = 0; i < k; ++i) {
      const auto from =
          static_cast<std::ptrdiff_t>(i) * k_stride + static_cast<std::ptrdiff_t>(j) * n_stride;
      put_in_panel<neighbours(X)>(
          b.data(), from, n_stride, std::min(panel, n - j), i, actual.data() + j / panel * each);
    }
  }
  CHECK(std::memcmp(actual.data(), expected.data(), expected.size() * sizeof(element)) == 0);
  if constexpr (sums_integers(X)) {
    std::vector<std::int32_t> sums(core::round_up(n, panel)), own(sums.size());
    compensate<X>(expected.data(), k, n, sums.data());
    for (std::size_t j = 0; j < n; j += panel) {
      compensate_panel(actual.data() + j / panel * each, each, own.data() + j);
    }
    CHECK(own == sums);
  }
}

}  // namespace

TEST_CASE("panels are those of pack_b, with their sums") {
  for (const std::size_t k : {1U, 3U, 4U, 17U}) {
    for (const std::size_t n : {1U, 16U, 37U}) {
      const auto rows = static_cast<std::ptrdiff_t>(n), columns = static_cast<std::ptrdiff_t>(k);
      check_panels<arithmetic::f32>(rows, 1, k, n);
      check_panels<arithmetic::f32>(1, columns, k, n);
      check_panels<arithmetic::f32_f16>(rows, 1, k, n);
      check_panels<arithmetic::bf16>(rows, 1, k, n);
      check_panels<arithmetic::bf16>(1, columns, k, n);
      check_panels<arithmetic::s8s8>(rows, 1, k, n);
      check_panels<arithmetic::s8s8>(1, columns, k, n);
    }
  }
}
