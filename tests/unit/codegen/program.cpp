// SPDX-License-Identifier: MIT
// Tests kiln/codegen/program.hpp.
#include <kiln/codegen/program.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstring>

namespace {

using namespace kiln;
using codegen::crossing;
using codegen::stage_form;
using codegen::view_form;

// r2 = r0 + r1; r3 = f(r2, r0); r4 = bf16(r3)
struct getter {
  static constexpr stage_form value() {
    stage_form f{};
    f.loads = 2;
    f.instructions = 3;
    f.lines[0] = {op::kind_of<op::add_op>, 2, 0, -1, {0, 1}};
    f.lines[1] = {op::kind_of<op::map_op>, 2, 0, -1, {2, 0}};
    f.lines[2] = {op::kind_of<op::cast_op>, 1, static_cast<std::int8_t>(bf16), -1, {3}};
    return f;
  }
};
using code = codegen::code_of<getter>;

struct scale_first final {
  float by;
  float operator()(float x, float y) const { return by * x - y; }
};

template <view_form Form>
void check_view(std::ptrdiff_t stride) {
  using element = codegen::element_t<Form.element>;
  std::array<element, 3 * simd::lanes + 1> from{}, to{};
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::array<float, simd::lanes> filled = [i] {
      std::array<float, simd::lanes> a{};
      a.fill(static_cast<float>(i % 50));
      return a;
    }();
    std::array<element, simd::lanes> stored{};
    simd::store_as(stored.data(), simd::from_array(filled));
    from[i] = stored[0];
  }
  for (std::size_t n = 1; n <= simd::lanes; ++n) {
    to.fill(element{});
    const simd::mask m = simd::first(n);
    const simd::pack v =
        codegen::load_view<Form>(reinterpret_cast<const char*>(from.data()), stride, m);
    codegen::store_view<Form>(reinterpret_cast<char*>(to.data()), stride, v, m);
    for (std::size_t i = 0; i < to.size(); ++i) {
      const auto step = static_cast<std::size_t>(stride);
      const bool written = Form.inner == crossing::broadcast    ? i == 0
                           : Form.inner == crossing::contiguous ? i < n
                                                                : i % step == 0 && i / step < n;
      const element expected = written ? from[i] : element{};
      CHECK(std::memcmp(&to[i], &expected, sizeof(element)) == 0);
    }
  }
}

}  // namespace

TEST_CASE("lines run in order; a user's callable and a cast are lines like others") {
  codegen::program<code>::registers r;
  std::array<float, simd::lanes> a{}, b{};
  for (std::size_t i = 0; i < simd::lanes; ++i) {
    a[i] = static_cast<float>(i) + 0.125F;
    b[i] = 3.0F - static_cast<float>(i);
  }
  r[0] = simd::from_array(a);
  r[1] = simd::from_array(b);
  const scale_first f{1.75F};
  const codegen::callables<scale_first> users{f, {}};
  codegen::program<code>::run(r, users);
  const auto mapped = simd::to_array(r[3]), rounded = simd::to_array(r[4]);
  for (std::size_t i = 0; i < simd::lanes; ++i) {
    CHECK(mapped[i] == f(a[i] + b[i], a[i]));
    CHECK(rounded[i] == core::to_float(core::to_bf16(mapped[i])));
  }
}

TEST_CASE("views of every element type and crossing touch their own elements only") {
  check_view<view_form{crossing::contiguous, f32, true}>(1);
  check_view<view_form{crossing::strided, f32, true}>(3);
  check_view<view_form{crossing::broadcast, f32, false}>(1);
  check_view<view_form{crossing::contiguous, bf16, true}>(1);
  check_view<view_form{crossing::strided, bf16, true}>(2);
  check_view<view_form{crossing::broadcast, f16, true}>(1);
  check_view<view_form{crossing::contiguous, s8, true}>(1);
  check_view<view_form{crossing::strided, u8, true}>(3);
  check_view<view_form{crossing::contiguous, s32, true}>(1);
}

TEST_CASE("the lanes of a mask are counted") {
  for (std::size_t n = 0; n <= simd::lanes; ++n) CHECK(codegen::lanes_of(simd::first(n)) == n);
  CHECK(codegen::lanes_of(simd::all_lanes{}) == simd::lanes);
}
