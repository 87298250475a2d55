// SPDX-License-Identifier: MIT
// Tests of lanes, masks and memory, the latter between guard pages.
#include <kiln/core/target.hpp>
#include <kiln/simd/pack.hpp>

#include <doctest/doctest.h>

#include "guarded.hpp"
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace simd = kiln::simd;
using kiln::test::guarded;
using simd::lanes;

static_assert(lanes == static_cast<std::size_t>(kiln::core::native.lanes));
static_assert(std::is_trivially_copyable_v<simd::pack>);
static_assert(std::is_convertible_v<float, simd::pack> && std::is_convertible_v<int, simd::pack>);
static_assert(!std::is_convertible_v<simd::pack, float>);
static_assert(simd::tail_mask<simd::mask> && simd::tail_mask<simd::all_lanes>);
static_assert(!simd::tail_mask<simd::lane_mask>);
static_assert(simd::storage_element<kiln::core::bf16> && !simd::storage_element<double>);

namespace {

constexpr float untouched = -77.0F;

template <class T>
void count_up(T* p, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) p[i] = static_cast<T>(i + 1);
}

}  // namespace

TEST_CASE("numbers fill every lane") {
  for (const float x : simd::to_array(simd::pack(3))) CHECK(x == 3.0F);
  for (const float x : simd::to_array(simd::zero())) CHECK(x == 0.0F);
  const float number = 2.5F;
  for (const float x : simd::to_array(simd::broadcast(&number))) CHECK(x == 2.5F);
  std::array<std::int32_t, lanes> numbers{};
  simd::store(numbers.data(), simd::lane_numbers());
  for (std::size_t i = 0; i < lanes; ++i) CHECK(numbers[i] == static_cast<std::int32_t>(i));
}

TEST_CASE("loads and stores need no alignment") {
  std::array<float, 2 * lanes + 1> from{};
  std::array<float, 2 * lanes + 1> to{};
  count_up(from.data(), from.size());
  simd::store(to.data() + 1, simd::load(from.data() + 1));
  for (std::size_t i = 0; i < lanes; ++i) CHECK(to[i + 1] == from[i + 1]);
  CHECK(to[0] == 0.0F);
  CHECK(to[lanes + 1] == 0.0F);
}

TEST_CASE("a masked load reads its lanes and nothing else") {
  for (std::size_t n = 0; n <= lanes; ++n) {
    guarded<float> room(n);
    guarded<std::int32_t> integers(n);
    count_up(room.data(), n);
    count_up(integers.data(), n);
    const auto x = simd::to_array(simd::load(room.data(), simd::first(n)));
    std::array<std::int32_t, lanes> k{};
    simd::store(k.data(), simd::load(integers.data(), simd::first(n)));
    for (std::size_t i = 0; i < lanes; ++i) {
      CHECK(x[i] == (i < n ? static_cast<float>(i + 1) : 0.0F));
      CHECK(k[i] == (i < n ? static_cast<std::int32_t>(i + 1) : 0));
    }
  }
}

TEST_CASE("a masked store writes its lanes and nothing else") {
  std::array<float, lanes> x{};
  count_up(x.data(), lanes);
  for (std::size_t n = 0; n <= lanes; ++n) {
    guarded<float> room(n);
    simd::store(room.data(), simd::from_array(x), simd::first(n));
    for (std::size_t i = 0; i < n; ++i) CHECK(room.data()[i] == x[i]);

    std::array<float, lanes> wide{};
    std::array<std::int32_t, lanes> integers{};
    wide.fill(untouched);
    integers.fill(-77);
    simd::store(wide.data(), simd::from_array(x), simd::first(n));
    simd::store(integers.data(), simd::lane_numbers(), simd::first(n));
    for (std::size_t i = 0; i < lanes; ++i) {
      CHECK(wide[i] == (i < n ? x[i] : untouched));
      CHECK(integers[i] == (i < n ? static_cast<std::int32_t>(i) : -77));
    }
  }
}

TEST_CASE("a mask of more lanes than there are is full") {
  std::array<float, lanes> x{};
  count_up(x.data(), lanes);
  for (const std::size_t n : {lanes, lanes + 1, std::size_t{64}, ~std::size_t{0}}) {
    CHECK(simd::to_array(simd::load(x.data(), simd::first(n))) == x);
  }
}

TEST_CASE("strided loads and stores touch their elements and nothing else") {
  for (const std::ptrdiff_t stride : {1, 2, 3, 17, -1, -5}) {
    for (std::size_t n = 1; n <= lanes; ++n) {
      const auto step = static_cast<std::size_t>(stride < 0 ? -stride : stride);
      const std::size_t count = (n - 1) * step + 1;
      guarded<float> room(count);
      count_up(room.data(), count);
      const std::size_t start = stride < 0 ? count - 1 : 0;
      float* p = room.data() + start;
      const auto at = [&](std::size_t i) { return stride < 0 ? start - i * step : i * step; };

      const auto x = simd::to_array(simd::load_strided(p, stride, simd::first(n)));
      for (std::size_t i = 0; i < lanes; ++i) {
        CHECK(x[i] == (i < n ? static_cast<float>(at(i) + 1) : 0.0F));
      }
      for (std::size_t i = 0; i < count; ++i) room.data()[i] = untouched;
      simd::store_strided(p, stride, simd::from_array(x), simd::first(n));
      std::vector<float> expected(count, untouched);
      for (std::size_t i = 0; i < n; ++i) expected[at(i)] = x[i];
      CHECK(std::vector<float>(room.data(), room.data() + count) == expected);
    }
  }
}

TEST_CASE("strided access without a mask covers all lanes") {
  std::array<float, 3 * lanes> from{};
  std::array<float, 3 * lanes> to{};
  count_up(from.data(), from.size());
  simd::store_strided(to.data(), 3, simd::load_strided(from.data(), 3));
  for (std::size_t i = 0; i < from.size(); ++i) CHECK(to[i] == (i % 3 == 0 ? from[i] : 0.0F));
}

TEST_CASE("strides beyond 32-bit indices work") {
  // One lane takes part, so that no memory of that size is needed.
  float one = 5.0F;
  const std::ptrdiff_t far = std::ptrdiff_t{1} << 40;
  CHECK(simd::to_array(simd::load_strided(&one, far, simd::first(1)))[0] == 5.0F);
  simd::store_strided(&one, far, simd::pack(6), simd::first(1));
  CHECK(one == 6.0F);
}

TEST_CASE("hints change nothing") {
  float x = 1.0F;
  float* p = &x;
  simd::prefetch(p);
  simd::prefetch(nullptr);
  simd::keep_in_register(p);
  CHECK(p == &x);
}
