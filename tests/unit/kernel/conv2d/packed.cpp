// SPDX-License-Identifier: MIT
// Packed filters element by element, from weights as they lie and from spaced ones.
#include <kiln/kernel/conv2d/packed.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <unit/kernel/gemm/product.hpp>
#include <vector>

namespace {

namespace conv2d = kiln::kernel::conv2d;
namespace gemm = kiln::kernel::gemm;
using gemm::arithmetic;
using product_test::guarded_of;

constexpr conv2d::window two{.taps = 2};
constexpr conv2d::sizes plain{.c = 3, .f = 5, .down = two, .across = two};
constexpr conv2d::sizes dilated{.c = 3, .f = 5, .down = two, .across = {.taps = 2, .dilation = 2}};
constexpr conv2d::sizes grouped{.c = 6, .f = 38, .down = two, .across = two, .groups = 2};

static_assert(conv2d::merges_taps(plain) && !conv2d::merges_taps(dilated));
static_assert(!conv2d::merges_taps(grouped));
static_assert(conv2d::runs_of(plain).cols == 1 && conv2d::runs_of(plain).elems == 6);
static_assert(conv2d::runs_of(dilated).cols == 2 && conv2d::runs_of(dilated).elems == 3);
static_assert(conv2d::packed_bytes(arithmetic::f32, plain) == 12 * 16 * 4);
static_assert(conv2d::packed_bytes(arithmetic::u8s8, plain) == 2 * 8 * 16);
static_assert(conv2d::packed_bytes(arithmetic::u8s8, dilated) == 4 * 4 * 16);
static_assert(conv2d::packed_bytes(arithmetic::bf16, grouped) == 2 * 2 * 4 * 4 * 16 * 2);

std::int8_t weight(std::ptrdiff_t r, std::ptrdiff_t s, std::ptrdiff_t c, std::ptrdiff_t f) {
  return static_cast<std::int8_t>((r * 31 + s * 17 + c * 7 + f * 3) % 251 - 125);
}

// What a step holds: which taps and channels the layout says.
template <arithmetic X, conv2d::spacing Spacing>
void check(const conv2d::sizes& s, std::ptrdiff_t apart) {
  const std::ptrdiff_t depth = s.c / s.groups;
  const std::ptrdiff_t channel = s.f * apart;
  guarded_of<std::int8_t> w(
      static_cast<std::size_t>(s.down.taps * s.across.taps * depth * channel));
  const conv2d::filters<std::int8_t, Spacing> filters{
      w.data(), s.across.taps * depth * channel, depth * channel, channel, apart};
  for (std::ptrdiff_t r = 0; r < s.down.taps; ++r) {
    for (std::ptrdiff_t q = 0; q < s.across.taps; ++q) {
      for (std::ptrdiff_t c = 0; c < depth; ++c) {
        for (std::ptrdiff_t f = 0; f < s.f; ++f) {
          w.data()[r * filters.row + q * filters.pixel + c * channel + f * apart] =
              weight(r, q, c, f);
        }
      }
    }
  }
  guarded_of<std::byte> packed(conv2d::packed_bytes(X, s, true));
  conv2d::pack_filters<X>(filters, s, packed.data(), true);
  const auto* bytes = reinterpret_cast<const std::int8_t*>(packed.data());
  const auto* sums = reinterpret_cast<const std::int32_t*>(packed.data() + panels_bytes(X, s));
  const conv2d::tap_runs runs = conv2d::runs_of(s);
  const std::ptrdiff_t per_group = s.f / s.groups;
  const std::ptrdiff_t run = (static_cast<std::ptrdiff_t>(runs.elems) + 3) / 4 * 4;
  for (std::ptrdiff_t f = 0; f < s.f; ++f) {
    const std::ptrdiff_t in_group = f % per_group;
    const std::ptrdiff_t panel = f / per_group * ((per_group + 15) / 16) + in_group / 16;
    const auto* at = bytes + panel * static_cast<std::ptrdiff_t>(conv2d::panel_bytes(X, s));
    std::int32_t sum = 0;
    for (std::ptrdiff_t r = 0; r < s.down.taps; ++r) {
      for (std::ptrdiff_t q = 0; q < s.across.taps; ++q) {
        for (std::ptrdiff_t c = 0; c < depth; ++c) {
          const bool merged = conv2d::merges_taps(s);
          const std::ptrdiff_t k =
              merged ? r * run + q * s.c + c : (r * s.across.taps + q) * run + c;
          CHECK(at[k / 4 * 64 + in_group % 16 * 4 + k % 4] == weight(r, q, c, f));
          sum += weight(r, q, c, f);
        }
      }
    }
    CHECK(sums[f] == -128 * sum);
  }
}

}  // namespace

TEST_CASE("every weight is where a step looks for it") {
  for (const auto& s : {plain, dilated, grouped}) {
    check<arithmetic::u8s8, conv2d::spacing::contiguous>(s, 1);
    check<arithmetic::u8s8, conv2d::spacing::strided>(s, 3);
  }
}
