// SPDX-License-Identifier: MIT
// The concept of an epilogue, and the one that only stores.
#include <kiln/kernel/gemm/epilogue.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <unit/kernel/gemm/product.hpp>

namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using product_test::guarded;

namespace {
struct cannot_finish final {
  template <class Lanes>
  int columns(std::size_t, Lanes) const;
  template <class Lanes>
  simd::pack start(int, std::size_t, std::size_t, Lanes) const;
};
}  // namespace

static_assert(gemm::epilogue<gemm::plain_store>);
static_assert(!gemm::epilogue<cannot_finish> && !gemm::epilogue<int>);

TEST_CASE("plain_store starts at zero or at c, and stores nothing behind a mask") {
  guarded c(3 * simd::lanes);
  for (std::size_t i = 0; i < c.size(); ++i) c.data()[i] = static_cast<float>(i);
  const auto stride = static_cast<std::ptrdiff_t>(simd::lanes);
  const gemm::plain_store plain{.c = c.data(), .row_stride = stride};
  const gemm::plain_store adds{.c = c.data(), .row_stride = stride, .accumulate = true};
  const auto m = simd::mask::first(simd::lanes - 1);

  CHECK(simd::to_array(plain.start({}, 1, 0, simd::all_lanes{}))[0] == 0.0F);
  CHECK(simd::to_array(adds.start({}, 1, 0, simd::all_lanes{}))[0] == c.data()[simd::lanes]);
  plain.finish({}, 2, 0, simd::pack(-1.0F), m);
  CHECK(c.data()[3 * simd::lanes - 1] == static_cast<float>(3 * simd::lanes - 1));
  plain.finish({}, 2, 0, simd::pack(-1.0F), simd::all_lanes{});
  CHECK(c.data()[3 * simd::lanes - 1] == -1.0F);
  CHECK(c.data()[2 * simd::lanes - 1] == static_cast<float>(2 * simd::lanes - 1));
}

TEST_CASE("an epilogue that finishes one pack at a time finishes two of them in turn") {
  guarded c(2 * simd::lanes);
  const gemm::plain_store plain{.c = c.data(), .row_stride = 0};
  gemm::no_state left, right;
  gemm::finish_two(plain, left, right, 0, 0, simd::pack(1.0F), simd::pack(2.0F));
  CHECK(c.data()[0] == 1.0F);
  CHECK(c.data()[simd::lanes - 1] == 1.0F);
  CHECK(c.data()[simd::lanes] == 2.0F);
  CHECK(c.data()[2 * simd::lanes - 1] == 2.0F);
}
