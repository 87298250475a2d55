// SPDX-License-Identifier: MIT
// Where the system refuses tiles, a net that needs them says so before anything runs.
#include <kiln/core/error.hpp>
#include <kiln/kiln.hpp>
#include <kiln/simd/amx_use.hpp>

#include <doctest/doctest.h>

#include <cstdint>

namespace {

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::u8>(32_c, 64_c);
constexpr auto y = kiln::matmul(x, kiln::weight<"w", kiln::s8>(64_c, 32_c));
using net = kiln::compile<y>;
constexpr std::int8_t numbers[64 * 32]{1, 2, 3};
constexpr auto packed = net::pack(kiln::bind<"w", numbers>());

}  // namespace

TEST_CASE("neither weights nor contexts of constants are made without permission") {
  kiln::simd::detail::tile_permission = []() noexcept { return false; };
  CHECK_THROWS_AS(net::weights(kiln::bind<"w">(numbers)), kiln::error);
  CHECK_THROWS_AS(net::context{packed}, kiln::error);
  CHECK_THROWS_AS(net::stack_context{packed}, kiln::error);
}
