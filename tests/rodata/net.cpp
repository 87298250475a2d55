// SPDX-License-Identifier: MIT
// A net whose weights the compiler packs; with KILN_BIND_AT_START, one that binds them at start.
#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <array>
#include <cstddef>

namespace {

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(1_c, 13_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(13_c, 37_c);
constexpr auto b = kiln::weight<"b", kiln::f32>(37_c);
constexpr auto y = kiln::relu(kiln::matmul(x, w) + b);

constexpr auto w_data = [] {
  std::array<float, 13 * 37> r{};
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = static_cast<float>(i * 37 % 100) * 0.01F;
  return r;
}();
constexpr std::array<float, 37> b_data{1, 2, 3};
constexpr std::array<std::array<float, 2>, 1> ranges{{{-1, 1}}};

using net = kiln::compile<y>;
using int8_net = kiln::compile<y, kiln::in_int8_with<ranges>>;
#ifdef KILN_BIND_AT_START
const net::weights packed{kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
const int8_net::weights int8_packed{kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
#else
constexpr auto packed = net::pack(kiln::bind<"w", w_data>(), kiln::bind<"b", b_data>());
constexpr auto int8_packed = int8_net::pack(kiln::bind<"w", w_data>(), kiln::bind<"b", b_data>());
static_assert(sizeof packed == 2688 && sizeof int8_packed == 1536);  // as CMakeLists.txt says
#endif

template <class Net, class Weights>
void run_on(const Weights& weights, const float* from, float* to) {
  typename Net::stack_context context{weights};
  context.run(Net::template view<"x">(from), Net::template view<"y">(to));
}

}  // namespace

void run(const float* from, float* to) {
  run_on<net>(packed, from, to);
  run_on<int8_net>(int8_packed, from, to);
}
