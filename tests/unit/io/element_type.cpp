// SPDX-License-Identifier: MIT
// The table of element types is in order and complete; sizes of shapes cannot wrap around.
#include <kiln/io/element_type.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string_view>

namespace io = kiln::io;
using io::element_type;

static_assert([] {
  for (std::size_t i = 0; i < io::element_types.size(); ++i) {
    if (static_cast<std::size_t>(io::element_types[i].type) != i) return false;
  }
  return true;
}());
static_assert(io::compute_type(element_type::s8) == kiln::s8);
static_assert(!io::compute_type(element_type::f64) && !io::compute_type(element_type::boolean));

namespace {

constexpr std::size_t huge = static_cast<std::size_t>(1) << 62;

constexpr auto bytes_of(element_type type, std::initializer_list<std::size_t> shape) {
  return io::byte_count(type, {shape.begin(), shape.size()});
}
static_assert(bytes_of(element_type::f32, {}) == 4);
static_assert(bytes_of(element_type::u8, {2, 3}) == 6);
static_assert(bytes_of(element_type::f64, {2, 0, 3}) == 0);
static_assert(bytes_of(element_type::u8, {huge, 2}) == std::nullopt);
static_assert(bytes_of(element_type::f32, {huge}) == std::nullopt);
static_assert(bytes_of(element_type::u8, {huge, 1}) == huge);
// A zero extent must not let the others overflow.
static_assert(bytes_of(element_type::u8, {0, huge, huge}) == std::nullopt);
static_assert(bytes_of(element_type::u8, {huge, huge, 0}) == std::nullopt);

}  // namespace

TEST_CASE("each spelling names one type") {
  for (const io::element_info& a : io::element_types) {
    for (const io::element_info& b : io::element_types) {
      if (a.type == b.type) continue;
      CHECK(a.safetensors != b.safetensors);
      CHECK((a.npy.empty() || a.npy != b.npy));
    }
    // numpy spells the size out.
    if (!a.npy.empty()) CHECK(a.npy.back() - '0' == static_cast<int>(a.bytes));
  }
}
