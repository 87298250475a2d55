// SPDX-License-Identifier: MIT
// Memory against contracts: symbols that are found, symbols that cannot be, values that overflow.
#include <kiln/runtime/match.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>

using kiln::runtime::contract;
using kiln::runtime::match;
using kiln::runtime::matched;
using kiln::runtime::mismatch;
using kiln::runtime::no_symbols;
using kiln::runtime::not_known;
using kiln::runtime::problem;
using kiln::runtime::role;
using kiln::tensor::dim;
using kiln::tensor::memory;
using kiln::tensor::tensor_type;

namespace {

constexpr kiln::tensor::symbol_table symbols{{{"batch", 16}, {"seq", 64}}};
constexpr auto f32 = kiln::tensor::dtype::f32;

constexpr contract input(tensor_type type) { return {role::input, "x", type, &symbols}; }

/// [batch, 2 * seq, 3]
constexpr contract cube = input(
    {f32, 3, {dim{1, kiln::tensor::product_of(0)}, dim{2, kiln::tensor::product_of(1)}, dim{3}}});
/// [batch * seq, 4]
constexpr contract merged = input({f32, 2, {dim{1, kiln::tensor::product_of(0, 1)}, dim{4}}});
/// [batch, batch]
constexpr contract square =
    input({f32, 2, {dim{1, kiln::tensor::product_of(0)}, dim{1, kiln::tensor::product_of(0)}}});
/// [2 * seq * seq, seq, 3]
constexpr contract third_power =
    input({f32,
           3,
           {dim{2, kiln::tensor::product_of(1, 1)}, dim{1, kiln::tensor::product_of(1)}, dim{3}}});
/// [batch * batch, seq]
constexpr contract square_rows =
    input({f32, 2, {dim{1, kiln::tensor::product_of(0, 0)}, dim{1, kiln::tensor::product_of(1)}}});
/// [2, seq]
constexpr contract open_row = input({f32, 2, {dim{2}, dim{1, kiln::tensor::product_of(1)}}});
constexpr contract scalar = input({f32, 0, {}});

alignas(4) float storage[64];

memory elems(std::int64_t n) {
  memory m{};
  m.data = storage;
  m.elems = n;
  return m;
}
memory extents(std::initializer_list<std::int64_t> of) {
  memory m{};
  m.data = storage;
  for (const std::int64_t n : of) m.extents[static_cast<std::size_t>(++m.rank)] = n;
  ++m.rank;
  return m;
}

struct outcome {
  problem what;
  kiln::runtime::symbol_values values = no_symbols;
  matched size;
  std::string text;
};
outcome run(const contract& c,
            const memory& m,
            std::int64_t batch = not_known,
            std::int64_t seq = not_known) {
  outcome r{};
  r.values[0] = batch;
  r.values[1] = seq;
  r.what = match(c, m, r.values, r.size);
  if (r.what.what != mismatch::none) r.text = explain(c, m, r.what);
  return r;
}

}  // namespace

TEST_CASE("rows that the net reads as one have no gaps") {
  contract c = cube;
  c.gapless = true;
  memory m = extents({2, 4, 3});
  m.row_stride = 3;
  CHECK(run(c, m).what.what == mismatch::none);
  m.row_stride = 4;
  CHECK(run(cube, m).what.what == mismatch::none);
  CHECK(run(c, m).text
        == "input 'x': expected f32[batch <= 16, 2 * seq (seq <= 64), 3] without gaps, for it is "
           "reshaped, actual row stride 4");
  const contract one_row = [] {
    contract r = input({f32, 2, {dim{1, kiln::tensor::product_of(0)}, dim{3}}});
    r.gapless = true;
    return r;
  }();
  memory one = extents({1, 3});
  one.row_stride = 5;
  CHECK(run(one_row, one).what.what == mismatch::none);
}

TEST_CASE("one unknown symbol is solved, two are not") {
  CHECK(run(cube, elems(5 * 8 * 3), 5).values[1] == 4);
  CHECK(run(cube, elems(5 * 8 * 3), not_known, 4).values[0] == 5);
  CHECK(run(cube, elems(120)).text
        == "input 'x': expected f32[batch <= 16, 2 * seq (seq <= 64), 3], actual 120 elements; "
           "give kiln::size<\"batch\">(n)");
  CHECK(run(cube, elems(0)).text
        == "input 'x': expected f32[batch <= 16, 2 * seq (seq <= 64), 3], actual 0 elements");
  CHECK(run(cube, elems(121), 5).what.what == mismatch::elems);
  CHECK(run(merged, elems(60 * 4), 15).values[1] == 4);
  CHECK(run(merged, elems(60)).text
        == "input 'x': expected f32[batch * seq (batch <= 16, seq <= 64), 4], actual 60 elements; "
           "give kiln::size<\"batch\">(n)");
  CHECK(run(merged, elems(61), 15).text
        == "input 'x': expected f32[batch * seq (batch <= 16, seq <= 64), 4], actual 61 elements");
}

TEST_CASE("extents say more than a number of elements") {
  const outcome r = run(cube, extents({5, 8, 3}));
  CHECK(r.what.what == mismatch::none);
  CHECK(r.values[0] == 5);
  CHECK(r.values[1] == 4);
  CHECK(r.size.rows == 40);
  CHECK(r.size.cols == 3);
  CHECK(run(square, extents({7, 7})).values[0] == 7);
  CHECK(run(square, extents({7, 6})).text
        == "input 'x': expected f32[batch <= 16, batch <= 16], actual extent 6 at axis 1");
  CHECK(run(cube, extents({5, 7, 3})).text
        == "input 'x': expected f32[batch <= 16, 2 * seq (seq <= 64), 3], actual memory that does "
           "not tell 'seq'");
  CHECK(run(cube, extents({5, 8, 4})).what.what == mismatch::extent);
  CHECK(run(cube, extents({17, 8, 3})).text
        == "input 'x': expected f32[batch <= 16, 2 * seq (seq <= 64), 3], actual batch = 17");
  CHECK(run(cube, extents({5, 8})).what.what == mismatch::axes);
}

TEST_CASE("sizes whose product no number holds are said") {
  using kiln::tensor::product_of;
  constexpr contract large = input(
      {f32, 4, {dim{1, product_of(0)}, dim{1, product_of(1)}, dim{1, product_of(1)}, dim{8}}});
  constexpr auto huge = std::int64_t{1} << 30;
  CHECK(run(large, elems(64), 2 * huge, huge).text.find("actual batch = 2147483648")
        != std::string::npos);
  CHECK(run(large, elems(64), huge, huge).text.find("actual batch = 1073741824")
        != std::string::npos);
  CHECK(run(large, elems(64), 4, huge).text.find("actual seq = 1073741824") != std::string::npos);
}
TEST_CASE("a symbol that is there several times is a root") {
  CHECK(run(square, elems(49), 7).what.what == mismatch::none);
  CHECK(run(square, elems(48), 7).what.what == mismatch::elems);
  for (std::int64_t n = 1; n <= 16; ++n) CHECK(run(square, elems(n * n)).values[0] == n);
  for (std::int64_t n = 1; n <= 64; ++n)
    CHECK(run(third_power, elems(6 * n * n * n)).values[1] == n);
  CHECK(run(square_rows, elems(9 * 5), not_known, 5).values[0] == 3);
  // No value fits, so that there is nothing to give.
  for (const std::int64_t n : {2, 8, 48, 50, 255}) {
    CHECK(run(square, elems(n)).text
          == "input 'x': expected f32[batch <= 16, batch <= 16], actual " + std::to_string(n)
                 + " elements");
  }
  CHECK(run(square, elems(17 * 17)).text
        == "input 'x': expected f32[batch <= 16, batch <= 16], actual batch = 17");
  CHECK(run(third_power, elems(6 * 9)).what.what == mismatch::elems);
  CHECK(run(square_rows, elems(45)).text
        == "input 'x': expected f32[batch * batch (batch <= 16), seq <= 64], actual "
           "45 elements; give kiln::size<\"batch\">(n)");
  for (const std::int64_t root : {46341, 65536, 2147483647}) {
    CHECK(run(square, elems(root * root)).what.what == mismatch::symbol_bound);
    CHECK(run(square, elems(root * root - 1)).what.what == mismatch::elems);
  }
  CHECK(run(square, elems(std::numeric_limits<std::int64_t>::max())).what.what == mismatch::elems);
}

TEST_CASE("values beyond all bounds do not overflow") {
  for (const std::int64_t huge : {std::int64_t{1} << 31,
                                  std::int64_t{1} << 40,
                                  std::numeric_limits<std::int64_t>::max(),
                                  std::numeric_limits<std::int64_t>::min() + 1}) {
    CHECK(run(cube, elems(120), huge).what.what != mismatch::none);
    CHECK(run(cube, elems(120), 5, huge).what.what == mismatch::symbol_bound);
    CHECK(run(merged, elems(120), huge, huge).what.what == mismatch::symbol_bound);
    CHECK(run(cube, extents({huge, huge, huge})).what.what != mismatch::none);
    memory m = elems(120);
    m.row_stride = huge;
    CHECK(run(open_row, m, not_known, huge).what.what != mismatch::none);
  }
}

TEST_CASE("gaps between rows need known columns") {
  memory m = elems(64);
  m.row_stride = 40;
  CHECK(run(open_row, m, not_known, 24).size.row_stride == 40);
  CHECK(run(open_row, m, not_known, 25).what.what == mismatch::gaps);
  CHECK(run(open_row, m, not_known, 41).text
        == "input 'x': expected f32[2, seq <= 64], actual row stride 40");
  CHECK(run(open_row, m).text
        == "input 'x': expected f32[2, seq <= 64], actual 64 elements at row stride 40; give "
           "kiln::size<\"seq\">(n)");
}

TEST_CASE("a scalar is one element") {
  CHECK(run(scalar, elems(1)).what.what == mismatch::none);
  CHECK(run(scalar, elems(2)).text == "input 'x': expected f32[], actual 2 elements");
  memory m{};
  m.data = storage;
  CHECK(run(scalar, m).what.what == mismatch::none);
  m.rows = 1;
  m.row_stride = 5;
  CHECK(run(scalar, m).what.what == mismatch::none);
}
