// SPDX-License-Identifier: MIT
// Tests kiln/tensor/dtype.hpp.
#include <kiln/tensor/dtype.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace {

using namespace kiln;

static_assert(tensor::size_of(f32) == sizeof(float)
              && tensor::size_of(s32) == sizeof(std::int32_t));
static_assert(tensor::size_of(bf16) == 2 && tensor::size_of(f16) == 2);
static_assert(tensor::size_of(s8) == 1 && tensor::size_of(u8) == 1);
static_assert(tensor::is_floating(f32) && tensor::is_floating(bf16) && tensor::is_floating(f16));
static_assert(!tensor::is_floating(s32) && !tensor::is_floating(s8) && !tensor::is_floating(u8));

}  // namespace

TEST_CASE("every element type has its own name") {
  std::string names;
  for (const auto t : {f32, bf16, f16, s32, s8, u8}) names += std::string(tensor::name_of(t)) + ' ';
  CHECK(names == "f32 bf16 f16 s32 s8 u8 ");
}
