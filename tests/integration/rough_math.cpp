// SPDX-License-Identifier: MIT
// settings::rough_math: functions may lose digits that a short result does not show, and only
// there.
#include <kiln/core/half.hpp>
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::core::bf16;

struct rough : kiln::settings {
  static constexpr bool rough_math = true;
};

constexpr auto x = kiln::input<"x", kiln::f32>(1000_c);
constexpr auto y = kiln::gelu(x);
constexpr auto y_short = kiln::cast<kiln::bf16>(y);

std::vector<float> arguments() {
  std::vector<float> v(1000);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = (static_cast<float>(i) - 500) * 0.017F;
  return v;
}
template <class Net, class Element>
std::vector<Element> results() {
  const auto from = arguments();
  std::vector<Element> to(from.size());
  const typename Net::weights none{};
  typename Net::context context{none};
  context.run(Net::template view<"x">(from), Net::template view<"y">(to));
  return to;
}

}  // namespace

TEST_CASE("short results are at most one step off, some of them are") {
  const auto exact = results<kiln::compile<y_short>, bf16>();
  const auto fast = results<kiln::compile<y_short, rough>, bf16>();
  int differ = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const float a = kiln::core::to_float(exact[i]), b = kiln::core::to_float(fast[i]);
    CHECK(std::fabs(a - b) <= 0x1p-7F * std::fabs(a));
    differ += a != b ? 1 : 0;
  }
  CHECK(differ > 0);
  CHECK(differ < 100);
}
TEST_CASE("f32 results do not change") {
  CHECK(results<kiln::compile<y>, float>() == results<kiln::compile<y, rough>, float>());
}
