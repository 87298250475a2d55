// SPDX-License-Identifier: MIT
// A row's result has the same bits at every place of every batch, at every alignment, at every run,
// in every context, and with rows that are apart.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <support/numbers.hpp>
#include <vector>

namespace {

using namespace kiln::literals;
constexpr std::size_t in_cols = 37, out_cols = 11, most = 40;
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"batch", 40>, 37_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(37_c, 50_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(50_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(50_c, 11_c);
constexpr auto h = kiln::sigmoid(kiln::matmul(x, w1) + b1);
constexpr auto y = kiln::softmax(kiln::matmul(h, w2));

// One plan for batches of all sizes; by default, a row on its own has a plan of its own.
struct one_plan : kiln::settings {
  static constexpr auto variants = kiln::plan::one_for_all;
};
using net = kiln::compile<y, one_plan>;
using usual = kiln::compile<y>;

using kiln::test::numbers;

struct fixture {
  std::vector<float> w1_data = numbers(37 * 50, 1), b1_data = numbers(50, 2);
  std::vector<float> w2_data = numbers(50 * 11, 3);
  std::vector<float> rows = numbers(most * in_cols, 4);
  net::weights w{kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  net::context c{w};
  std::vector<float> expected;  // every row on its own

  fixture()
      : expected(most * out_cols) {
    for (std::size_t i = 0; i < most; ++i) {
      c.run(net::view<"x">(std::span{rows}.subspan(i * in_cols, in_cols)),
            net::view<"y">(std::span{expected}.subspan(i * out_cols, out_cols)));
    }
  }
  [[nodiscard]] bool same(const float* row, std::size_t i) const {
    return std::memcmp(row, &expected[i * out_cols], out_cols * sizeof(float)) == 0;
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "batch and place in the batch") {
  for (std::size_t batch = 1; batch <= most; ++batch) {
    for (const std::size_t first : {std::size_t{0}, most - batch}) {
      std::vector<float> out(batch * out_cols);
      c.run(net::view<"x">(std::span{rows}.subspan(first * in_cols, batch * in_cols)),
            net::view<"y">(out));
      for (std::size_t i = 0; i < batch; ++i) REQUIRE(same(&out[i * out_cols], first + i));
    }
  }
}

TEST_CASE_FIXTURE(fixture, "by default, the same for all batches of two rows and more") {
  const usual::weights own{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  usual::context u{own};
  for (std::size_t batch = 2; batch <= most; ++batch) {
    for (const std::size_t first : {std::size_t{0}, most - batch}) {
      std::vector<float> out(batch * out_cols);
      u.run(usual::view<"x">(std::span{rows}.subspan(first * in_cols, batch * in_cols)),
            usual::view<"y">(out));
      for (std::size_t i = 0; i < batch; ++i) REQUIRE(same(&out[i * out_cols], first + i));
    }
  }
}

TEST_CASE_FIXTURE(fixture, "alignment") {
  std::vector<float> in(most * in_cols + 16), out(most * out_cols + 16);
  for (std::size_t shift = 0; shift < 16; ++shift) {
    std::copy(rows.begin(), rows.end(), in.begin() + static_cast<std::ptrdiff_t>(shift));
    c.run(net::view<"x">(std::span{in}.subspan(shift, most * in_cols)),
          net::view<"y">(std::span{out}.subspan(15 - shift, most * out_cols)));
    for (std::size_t i = 0; i < most; ++i) REQUIRE(same(&out[15 - shift + i * out_cols], i));
  }
}

TEST_CASE_FIXTURE(fixture, "rows that are apart") {
  for (const std::size_t gap : {1U, 3U, 16U}) {
    const std::size_t in_stride = in_cols + gap, out_stride = out_cols + 2 * gap;
    std::vector<float> in(most * in_stride, -1e30F), out(most * out_stride, 5.0F);
    for (std::size_t i = 0; i < most; ++i) {
      std::memcpy(&in[i * in_stride], &rows[i * in_cols], in_cols * sizeof(float));
    }
    c.run(net::view<"x">(kiln::rows(in, static_cast<std::int64_t>(in_stride))),
          net::view<"y">(kiln::rows(out, static_cast<std::int64_t>(out_stride))));
    for (std::size_t i = 0; i < most; ++i) {
      REQUIRE(same(&out[i * out_stride], i));
      for (std::size_t k = out_cols; k < out_stride; ++k) REQUIRE(out[i * out_stride + k] == 5.0F);
    }
  }
}

TEST_CASE_FIXTURE(fixture, "runs and contexts; scratch may hold anything") {
  std::vector<float> out(most * out_cols);
  alignas(64) static std::byte scratch[net::scratch_bytes + 64];
  for (const int filling : {0, 0xff, 0x7f}) {  // 0xff: NaN in every word
    std::memset(scratch, filling, sizeof scratch);
    net::context other{w, std::span{scratch}.first(net::scratch_bytes)};
    other.run(net::view<"x">(rows), net::view<"y">(out));
    other.run(net::view<"x">(rows), net::view<"y">(out));
    for (std::size_t i = 0; i < most; ++i) REQUIRE(same(&out[i * out_cols], i));
  }
  for (std::size_t i = net::scratch_bytes; i < sizeof scratch; ++i) {
    REQUIRE(scratch[i] == std::byte{0x7f});  // and not one byte more is written
  }
}
