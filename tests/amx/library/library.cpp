// SPDX-License-Identifier: MIT
// The library's net. Compiled with hidden names, so that the linker shares no variable of kiln.
#include "library.hpp"

#include <kiln/kiln.hpp>
#include <kiln/simd/amx_use.hpp>

namespace {

using namespace kiln::literals;
constexpr auto product =
    kiln::matmul(kiln::input<"x", kiln::u8>(17_c, 70_c), kiln::weight<"w", kiln::s8>(70_c, 20_c));
using net = kiln::compile<product>;

}  // namespace

[[gnu::visibility("default")]] void library_let_tiles_be_used() {
  kiln::simd::detail::tile_permission = []() noexcept { return true; };
}

[[gnu::visibility("default")]] void library_multiply(std::span<const std::uint8_t> x,
                                                     std::span<const std::int8_t> w,
                                                     std::span<std::int32_t> y) {
  const net::weights weights{kiln::bind<"w">(w)};
  net::context context{weights};
  context.run(net::view<"x">(x), net::view<"y">(y));
}
