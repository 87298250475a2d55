// SPDX-License-Identifier: MIT
// Views of inputs and outputs: what they are made from, sizes that are found, and every refusal.
#include <kiln/runtime/view.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"
#include <array>
#include <string>

using support::layer;
using support::two;
using support::wide;

namespace {

template <class View>
std::int64_t symbol(const View& v, std::size_t s = 0) {
  return v.symbols[s];
}

/// The text of the error of a call.
template <class F>
std::string text_of(F f) {
  try {
    f();
  } catch (const kiln::error& e) {
    return e.what();
  }
  return "no error";
}

const std::string x_expected = "input 'x': expected f32[batch <= 8, 3], actual ";

}  // namespace

static_assert(std::is_trivially_copyable_v<
              kiln::runtime::checked_view<layer, kiln::runtime::role::input, 0>>);

TEST_CASE("the dynamic extent is found from the number of elements") {
  std::vector<float> x(15);
  const auto v = layer::view<"x">(x);
  CHECK(symbol(v) == 5);
  CHECK(v.bound.row_stride == 3);
  CHECK(static_cast<void*>(v.bound.data) == x.data());
  CHECK(symbol(layer::view<"x">(std::span{x})) == 5);
  CHECK(symbol(layer::view<"x">(std::span<const float>{x}.first(3))) == 1);
  CHECK(symbol(layer::view<"x">(std::as_const(x))) == 5);
  std::array<float, 24> flat{};
  CHECK(symbol(layer::view<"x">(flat)) == 8);
  float plain[6] = {};
  CHECK(symbol(layer::view<"x">(plain)) == 2);
  CHECK(symbol(layer::view<"x">(std::span<float, 6>{plain})) == 2);
}

TEST_CASE("nested arrays tell their extents") {
  float x[4][3] = {};
  CHECK(symbol(layer::view<"x">(x)) == 4);
  std::vector<std::array<float, 3>> rows(7);
  CHECK(symbol(layer::view<"x">(rows)) == 7);
  std::array<std::array<float, 6>, 4> a{};
  CHECK(layer::view<"x">(std::span{rows}.first(2)).bytes.end
            - reinterpret_cast<std::uintptr_t>(rows.data())
        == 24);
  CHECK(two::view<"a">(a).bound.row_stride == 6);
}

TEST_CASE("the dynamic extent can be given") {
  std::vector<float> x(15);
  CHECK(symbol(layer::view<"x">(x.data(), kiln::size<"batch">(4))) == 4);
  CHECK(symbol(layer::view<"x">(x, kiln::size<"batch">(5))) == 5);
  CHECK(text_of([&] { (void)layer::view<"x">(x, kiln::size<"batch">(4)); })
        == x_expected + "15 elements");
  CHECK(text_of([&] { (void)layer::view<"x">(x.data(), kiln::size<"batch">(0)); })
        == x_expected + "batch = 0");
  CHECK(text_of([&] { (void)layer::view<"x">(x.data(), kiln::size<"batch">(9)); })
        == x_expected + "batch = 9");
  CHECK(text_of([&] { (void)layer::view<"x">(x.data(), kiln::size<"batch">(-1)); })
        == x_expected + "batch = -1");
  std::vector<kiln::core::bf16> e(12);
  const auto v = wide::view<"x">(e, kiln::size<"cols">(4));
  CHECK(symbol(v, 0) == 3);
  CHECK(symbol(v, 1) == 4);
  CHECK(v.bytes.row_bytes == 8);
  CHECK(text_of([&] { (void)wide::view<"x">(e, kiln::size<"cols">(5)); })
        == "input 'x': expected bf16[rows <= 8, cols <= 40], actual 12 elements");
  CHECK(text_of([&] { (void)wide::view<"x">(e); })
        == "input 'x': expected bf16[rows <= 8, cols <= 40], actual 12 elements; give "
           "kiln::size<\"rows\">(n)");
}

TEST_CASE("rows with gaps") {
  std::vector<float> x(4 * 10);
  const auto v = layer::view<"x">(kiln::rows(x.data(), 4, 10));
  CHECK(symbol(v) == 4);
  CHECK(v.bound.row_stride == 10);
  CHECK(symbol(layer::view<"x">(kiln::rows(x, 10))) == 4);
  CHECK(symbol(layer::view<"x">(kiln::rows(std::span{x}.first(33), 10))) == 4);
  CHECK(symbol(layer::view<"x">(kiln::rows(std::span{x}.first(32), 10))) == 3);
  CHECK(text_of([&] { (void)layer::view<"x">(kiln::rows(x, 2)); }) == x_expected + "row stride 2");
  CHECK(text_of([&] { (void)layer::view<"x">(kiln::rows(x, 0)); }) == x_expected + "row stride 0");
  CHECK(text_of([&] { (void)layer::view<"x">(kiln::rows(x, -3)); })
        == x_expected + "row stride -3");
  CHECK(text_of([&] { (void)layer::view<"x">(kiln::rows(x.data(), 0, 10)); })
        == x_expected + "0 rows");
  CHECK(text_of([&] { (void)layer::view<"x">(kiln::rows(x.data(), 9, 10)); })
        == x_expected + "batch = 9");
  CHECK(text_of([&] { (void)layer::view<"x">(kiln::rows(x.data(), 2, std::int64_t{1} << 62)); })
        == x_expected + "row stride 4611686018427387904");
  CHECK(text_of([&] { (void)two::view<"a">(kiln::rows(std::span{x}.first(35), 10)); })
        == "input 'a': expected f32[4, 6], actual 35 elements at row stride 10");
  CHECK(text_of([&] { (void)two::view<"a">(kiln::rows(x.data(), 5, 8)); })
        == "input 'a': expected f32[4, 6], actual 5 rows");
  CHECK(text_of([&] { (void)two::view<"a">(kiln::rows(std::span{x}.first(2), 8)); })
        == "input 'a': expected f32[4, 6], actual 2 elements at row stride 8");
}

TEST_CASE("wrong sizes") {
  std::vector<float> x(30);
  const auto of = [&](std::size_t n) {
    return text_of([&] { (void)layer::view<"x">(std::span{x}.first(n)); });
  };
  CHECK(of(24) == "no error");
  CHECK(of(0) == x_expected + "0 elements");
  CHECK(of(1) == x_expected + "1 element");
  CHECK(of(14) == x_expected + "14 elements");
  CHECK(of(27) == x_expected + "batch = 9");
  std::vector<std::array<float, 3>> none;
  CHECK(text_of([&] { (void)layer::view<"x">(none); }) == x_expected + "0 elements");
  const auto output = [&](std::size_t n) {
    return text_of([&] { (void)two::view<"sum">(std::span{x}.first(n)); });
  };
  CHECK(output(24) == "no error");
  CHECK(output(23) == "output 'sum': expected f32[4, 6], actual 23 elements");
  CHECK(output(25) == "output 'sum': expected f32[4, 6], actual 25 elements");
  std::vector<std::array<float, 6>> rows(5);
  CHECK(text_of([&] { (void)two::view<"sum">(rows); })
        == "output 'sum': expected f32[4, 6], actual extent 5 at axis 0");
}

TEST_CASE("null and misaligned pointers") {
  CHECK(text_of([] { (void)two::view<"a">(static_cast<const float*>(nullptr)); })
        == "input 'a': expected f32[4, 6], actual a null pointer");
  alignas(8) std::byte bytes[100]{};
  CHECK(text_of([&] { (void)two::view<"a">(reinterpret_cast<float*>(bytes + 2)); })
        == "input 'a': expected f32[4, 6], actual an address that is not a multiple of 4");
  CHECK(text_of([&] { (void)two::view<"a">(reinterpret_cast<float*>(bytes + 4)); }) == "no error");
}

TEST_CASE("memory whose type is known at run time only") {
  std::vector<float> x(24);
  kiln::tensor::memory m = kiln::tensor::memory_access<std::vector<float>>::of(x);
  CHECK(text_of([&] { (void)two::view<"sum">(m); }) == "no error");
  m.is_const = true;
  CHECK(text_of([&] { (void)two::view<"a">(m); }) == "no error");
  CHECK(text_of([&] { (void)two::view<"sum">(m); })
        == "output 'sum': expected f32[4, 6], actual memory that must not be written");
  m.element = kiln::s32;
  CHECK(text_of([&] { (void)two::view<"a">(m); })
        == "input 'a': expected f32[4, 6], actual elements of s32");
  m.foreign = "F64";
  CHECK(text_of([&] { (void)two::view<"a">(m); })
        == "input 'a': expected f32[4, 6], actual elements of F64");
  m = {};
  m.data = x.data();
  CHECK(text_of([&] { (void)layer::view<"x">(m); })
        == x_expected + "memory that does not tell 'batch'; give kiln::size<\"batch\">(n)");
}
