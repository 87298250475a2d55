// SPDX-License-Identifier: MIT
// Panels of filters that the compiler makes are those of pack_filters().
#include <kiln/kernel/conv2d/constant_panel.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

namespace conv2d = kiln::kernel::conv2d;
namespace gemm = kiln::kernel::gemm;
using gemm::arithmetic;

constexpr conv2d::window two{.taps = 2};
constexpr conv2d::sizes plain{.c = 3, .f = 5, .down = two, .across = two};
constexpr conv2d::sizes dilated{.c = 3, .f = 5, .down = two, .across = {.taps = 2, .dilation = 2}};
constexpr conv2d::sizes of_pairs{.c = 3,
                                 .f = 18,
                                 .down = {.taps = 3},
                                 .across = {.taps = 3},
                                 .stack = kiln::tensor::stack_lines(1, 3, 3, 2)};
constexpr conv2d::sizes of_bytes{.c = 3,
                                 .f = 18,
                                 .down = {.taps = 3},
                                 .across = {.taps = 3},
                                 .stack = kiln::tensor::stack_lines(2, 3, 3, 4)};
constexpr conv2d::sizes grouped{.c = 6, .f = 38, .down = two, .across = two, .groups = 2};

static_assert(conv2d::filters_in(plain, 0).count == 5);
static_assert(conv2d::filters_in(grouped, 1).first == 16);
static_assert(conv2d::filters_in(grouped, 1).count == 3);
static_assert(conv2d::filters_in(grouped, 2).first == 19);

template <arithmetic X, conv2d::spacing Spacing>
void check(const conv2d::sizes& s, std::ptrdiff_t apart) {
  using element = gemm::b_element<X>;
  const std::ptrdiff_t depth = s.c / s.groups, channel = s.f * apart;
  std::vector<element> w(static_cast<std::size_t>(s.down.taps * s.across.taps * depth * channel));
  for (std::size_t i = 0; i < w.size(); ++i) std::memset(&w[i], int(i * 37 % 251), sizeof(element));
  const conv2d::filters<element, Spacing> filters{
      w.data(), s.across.taps * depth * channel, depth * channel, channel, apart};
  std::vector<std::byte> expected(conv2d::packed_bytes(X, s));
  conv2d::pack_filters<X>(filters, s, expected.data());
  const std::size_t each = conv2d::panel_bytes(X, s);
  std::vector<element> panel(each / sizeof(element));
  for (std::size_t p = 0; p < conv2d::panels_bytes(X, s) / each; ++p) {
    panel.assign(panel.size(), element{});
    conv2d::make_panel<X>(filters, s, p, panel.data());
    CHECK(std::memcmp(panel.data(), expected.data() + p * each, each) == 0);
  }
}

}  // namespace

TEST_CASE("panels of filters, merged taps, dilated ones and groups") {
  for (const auto& s : {plain, dilated, grouped}) {
    check<arithmetic::f32, conv2d::spacing::contiguous>(s, 1);
    check<arithmetic::f32, conv2d::spacing::strided>(s, 3);
    check<arithmetic::bf16, conv2d::spacing::contiguous>(s, 1);
    check<arithmetic::u8s8, conv2d::spacing::contiguous>(s, 1);
    check<arithmetic::u8s8, conv2d::spacing::strided>(s, 2);
  }
}
TEST_CASE("panels of lines in stacks") {
  check<arithmetic::bf16, conv2d::spacing::contiguous>(of_pairs, 1);
  check<arithmetic::s8s8, conv2d::spacing::strided>(of_bytes, 2);
}
