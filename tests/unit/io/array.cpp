// SPDX-License-Identifier: MIT
// Arrays of every element type: read in place, copied, converted; texts of what is refused.
#include <kiln/io/array.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

namespace io = kiln::io;
using io::element_type;

static_assert(io::element<float> && io::element<std::int8_t> && io::element<kiln::core::bf16>);
static_assert(!io::element<bool> && !io::element<char> && !io::element<const char*>);

namespace {

template <class T, std::size_t N>
io::array array_over(const T (&values)[N], element_type type) {
  return {.source = "file",
          .name = "w",
          .type = type,
          .shape = {N},
          .data = std::as_bytes(std::span{values})};
}

template <class T, std::size_t N>
std::vector<float> as_f32(const T (&values)[N], element_type type) {
  std::vector<float> to(N);
  array_over(values, type).copy_f32(to);
  return to;
}

using floats = std::vector<float>;

}  // namespace

TEST_CASE("elements of every type become f32") {
  CHECK(as_f32({1.0, -0.1, 1e300}, element_type::f64) == floats{1.0F, -0.1F, INFINITY});
  CHECK(as_f32({1.5F, -2.0F}, element_type::f32) == floats{1.5F, -2.0F});
  CHECK(as_f32<std::int64_t>({-5, 1LL << 40}, element_type::s64) == floats{-5.0F, 0x1p40F});
  CHECK(as_f32<std::int32_t>({-5, 16777217}, element_type::s32) == floats{-5.0F, 16777216.0F});
  CHECK(as_f32<std::int16_t>({-5, 32767}, element_type::s16) == floats{-5.0F, 32767.0F});
  CHECK(as_f32<std::int8_t>({-128, 127}, element_type::s8) == floats{-128.0F, 127.0F});
  CHECK(as_f32<std::uint64_t>({5, ~0ULL}, element_type::u64) == floats{5.0F, 0x1p64F});
  CHECK(as_f32<std::uint32_t>({5, ~0U}, element_type::u32) == floats{5.0F, 0x1p32F});
  CHECK(as_f32<std::uint16_t>({5, 65535}, element_type::u16) == floats{5.0F, 65535.0F});
  CHECK(as_f32<std::uint8_t>({5, 255}, element_type::u8) == floats{5.0F, 255.0F});
  CHECK(as_f32<std::uint8_t>({0, 1}, element_type::boolean) == floats{0.0F, 1.0F});
  CHECK(as_f32<std::uint16_t>({0x3f80, 0xc000, 0x0001}, element_type::bf16)
        == floats{1.0F, -2.0F, 0x1p-133F});
  CHECK(as_f32<std::uint16_t>({0x3c00, 0xc000, 0x0001, 0x7c00}, element_type::f16)
        == floats{1.0F, -2.0F, 0x1p-24F, INFINITY});
  CHECK_THROWS_WITH_AS(as_f32<std::uint8_t>({1}, element_type::f8_e4m3),
                       "file: tensor 'w': expected a type that converts to F32, found F8_E4M3",
                       kiln::error);
}

TEST_CASE("misaligned elements are copied, not pointed at") {
  alignas(8) std::byte bytes[9] = {};
  const float stored[2] = {3.0F, -4.0F};
  std::memcpy(bytes + 1, stored, sizeof stored);
  const io::array array{.source = "file",
                        .name = "w",
                        .type = element_type::f32,
                        .shape = {2},
                        .data = std::span{bytes}.subspan(1)};
  CHECK(!array.is_aligned<float>());
  CHECK(array.is_aligned<std::int8_t>());
  float copied[2] = {};
  array.copy_to<float>(copied);
  CHECK(copied[0] == 3.0F);
  CHECK(copied[1] == -4.0F);
  floats converted(2);
  array.copy_f32(converted);
  CHECK(converted == floats{3.0F, -4.0F});
  CHECK_THROWS_WITH_AS(array.values<float>(),
                       "file: tensor 'w': expected an address that is a multiple of 4, found a "
                       "misaligned one; copy_to() reads it",
                       kiln::error);
}

TEST_CASE("aligned elements are read where they lie") {
  const float stored[2] = {3.0F, -4.0F};
  const io::array array = array_over(stored, element_type::f32);
  CHECK(array.elems() == 2);
  CHECK(array.values<float>().data() == stored);
  CHECK(array.values<float>().size() == 2);
  CHECK_THROWS_WITH_AS(
      array.values<std::int32_t>(), "file: tensor 'w': expected I32, found F32", kiln::error);
  float few[1];
  CHECK_THROWS_WITH_AS(array.copy_to<float>(few),
                       "file: tensor 'w': expected a buffer of 2 elements, found 1",
                       kiln::error);
  float many[3];  // what is left over would be read as if it were data
  CHECK_THROWS_WITH_AS(array.copy_to<float>(many),
                       "file: tensor 'w': expected a buffer of 2 elements, found 3",
                       kiln::error);
  CHECK_THROWS_WITH_AS(array.copy_f32(few),
                       "file: tensor 'w': expected a buffer of 2 elements, found 1",
                       kiln::error);
}

TEST_CASE("no elements are no pointer to look at") {
  const io::array none{
      .source = "file", .name = {}, .type = element_type::f32, .shape = {0}, .data = {}};
  CHECK(none.elems() == 0);
  CHECK(none.values<float>().empty());
  none.copy_to(std::span<float>{});
  none.copy_f32({});
}
