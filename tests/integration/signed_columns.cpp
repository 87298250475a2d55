// SPDX-License-Identifier: MIT
// Few rows of s8 by many weights of s8: columns are shared out, with what corrects each of them.
#include <kiln/kiln.hpp>
#include <kiln/reference/interpret_graph.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using namespace kiln::literals;
using kiln::s8;

template <int Rows>
constexpr auto sums = kiln::matmul(kiln::input<"x", s8>(boost::hana::int_c<Rows>, 1152_c),
                                   kiln::weight<"w", s8>(1152_c, 1152_c));

// The product of the plan for one thread, which teams share out: along its columns.
template <class Net>
constexpr bool cuts_columns() {
  const auto& s = Net::plan.stages[Net::plan.stages.size - 1];
  return s.slices[0].loop >= 0 && s.slices[0].axis == s.rank - 2;
}
static_assert(cuts_columns<kiln::compile<sums<1>>>() && cuts_columns<kiln::compile<sums<3>>>());

template <int Rows>
void check() {
  using net = kiln::compile<sums<Rows>>;
  std::mt19937 engine(3);
  const auto bytes = [&](std::size_t n) {
    std::vector<std::int8_t> v(n);
    for (auto& e : v) e = static_cast<std::int8_t>(engine());
    return v;
  };
  const auto x = bytes(Rows * 1152), w = bytes(1152 * 1152);
  std::vector<std::int32_t> alone(Rows * 1152), together(Rows * 1152);
  const typename net::weights weights{kiln::bind<"w">(w)};
  typename net::context{weights}.run(net::template view<"x">(x), net::template view<"y">(alone));
  kiln::runtime::thread_pool pool(2);
  typename net::context{weights, pool}.run(net::template view<"x">(x),
                                           net::template view<"y">(together));
  CHECK(alone == together);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < 1152; ++k) sum += x[i / 1152 * 1152 + k] * w[k * 1152 + i % 1152];
    REQUIRE(alone[i] == sum);
  }
}

}  // namespace

TEST_CASE("one row, and three") {
  check<1>();
  check<3>();
}
