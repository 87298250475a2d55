// SPDX-License-Identifier: MIT
// Products by weights in groups: which are found, what they become, and that they mean the same.
#include <kiln/dsl/dsl.hpp>
#include <kiln/dsl/lower.hpp>
#include <kiln/graph/describe.hpp>
#include <kiln/pass/drop_dead.hpp>
#include <kiln/pass/grouped_products.hpp>

#include <doctest/doctest.h>

namespace {

using namespace kiln::literals;
using kiln::f16, kiln::f32, kiln::s8, kiln::u8;
namespace graph = kiln::graph;
namespace pass = kiln::pass;

constexpr auto x = kiln::input<"x", f32>(3_c, 32_c);
constexpr auto p = kiln::weight<"p", u8>(16_c, 5_c);
constexpr auto w = kiln::weight<"w", s8>(32_c, 5_c);
constexpr auto s = kiln::weight<"s", f32>(2_c, 5_c);
constexpr auto z = kiln::weight<"z", u8>(2_c, 5_c);

template <class Y>
constexpr auto passed(const Y& y) {
  return pass::grouped_products(graph::compact<64>(kiln::dsl::lower(y)));
}
template <class Y>
constexpr int found(const Y& y) {
  return graph::count<kiln::op::grouped_matmul_op>(passed(y));
}

static_assert(graph::describe_into<1024>(
                  pass::drop_dead(passed(kiln::matmul(x, kiln::dequantize_int4<16>(p, s)))))
                  .view()
              == "%0 = weight \"p\" : u8[16, 5]\n"
                 "%1 = weight \"s\" : f32[2, 5]\n"
                 "%2 = input \"x\" : f32[3, 32]\n"
                 "%3 = constant 8 : f32\n"
                 "%4 = grouped_matmul(%2, %0, %1, %3, bits=4, group=16) : f32[3, 5]\n"
                 "return y = %4\n");
static_assert(graph::describe_into<1024>(
                  pass::drop_dead(passed(kiln::matmul(x, kiln::dequantize_grouped<16>(w, s, z)))))
                  .view()
              == "%0 = weight \"w\" : s8[32, 5]\n"
                 "%1 = weight \"z\" : u8[2, 5]\n"
                 "%2 = weight \"s\" : f32[2, 5]\n"
                 "%3 = input \"x\" : f32[3, 32]\n"
                 "%4 = cast(%1) : f32[2, 5]\n"
                 "%5 = constant 128 : f32\n"
                 "%6 = add(%4, %5) : f32[2, 5]\n"
                 "%7 = cast(%6) : f16[2, 5]\n"
                 "%8 = cast(%0) : f32[32, 5]\n"
                 "%9 = constant 128 : f32\n"
                 "%10 = add(%8, %9) : f32[32, 5]\n"
                 "%11 = cast(%10) : u8[32, 5]\n"
                 "%12 = grouped_matmul(%3, %11, %2, %7, group=16) : f32[3, 5]\n"
                 "return y = %12\n");

// Scales and zero points of every kind.
constexpr auto half = kiln::weight<"h", f16>(2_c, 5_c);
constexpr auto real = kiln::weight<"r", f32>(2_c, 5_c);
static_assert(found(kiln::matmul(x, kiln::dequantize_int4<16>(p, half, real))) == 1);
static_assert(found(kiln::matmul(x, kiln::dequantize_int4<16>(p, s, 7.5F))) == 1);
static_assert(found(kiln::matmul(x, kiln::dequantize_grouped<16>(w, s, -3))) == 1);
static_assert(found(kiln::matmul(kiln::input<"y", kiln::bf16>(2_c, 4_c, 32_c),
                                 kiln::dequantize_grouped<16>(w, s)))
              == 1);

// What would be rounded, has no whole words, or is not the right-hand side.
static_assert(found(kiln::matmul(x, kiln::dequantize_grouped<16>(w, s, real))) == 0);
static_assert(found(kiln::matmul(x, kiln::dequantize_grouped<16>(w, s, 0.5F))) == 0);
static_assert(found(kiln::matmul(x, kiln::dequantize_int4<4>(p, kiln::weight<"q", f32>(8_c, 5_c))))
              == 0);
static_assert(
    found(kiln::matmul(kiln::dequantize_int4<16>(p, s), kiln::input<"right", f32>(5_c, 4_c))) == 0);
static_assert(found(kiln::matmul<kiln::transposed::b>(kiln::input<"t", f32>(4_c, 5_c),
                                                      kiln::dequantize_int4<16>(p, s)))
              == 0);
static_assert(
    found(kiln::matmul(x, kiln::dequantize_int4<16>(kiln::input<"changes", u8>(16_c, 5_c), s)))
    == 0);

// Without room nothing changes; a second time nothing changes either.
constexpr auto lowered = kiln::dsl::lower(kiln::matmul(x, kiln::dequantize_int4<16>(p, s)));
static_assert(graph::count<kiln::op::grouped_matmul_op>(
                  pass::grouped_products(graph::compact<std::size_t{lowered.size}>(lowered)))
              == 0);
constexpr auto once = passed(kiln::matmul(x, kiln::dequantize_int4<16>(p, s)));
static_assert(pass::grouped_products.room(once) == 0);

}  // namespace

TEST_CASE("grouped_products: the rules above hold when compiled") { CHECK(once.size > 0); }
