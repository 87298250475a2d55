// SPDX-License-Identifier: MIT
// What kiln says of the commonest mistakes: of shapes when the program is compiled, of data when it
// runs. tests/compile_fail pins the texts of many more.
#include <kiln/kiln.hpp>

#include <cstring>
#include <iostream>
#include <span>
#include <vector>

using namespace kiln::literals;

constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"batch", 8>, 16_c);
constexpr auto w = kiln::weight<"w", kiln::f32>(16_c, 4_c);
constexpr auto b = kiln::weight<"b", kiln::f32>(4_c);
constexpr auto y = kiln::relu(kiln::matmul(x, w) + b);
using net = kiln::compile<y>;

// Each of these lines stops the compiler with one error that says what, where, expected, actual.
//
//   kiln::matmul(x, kiln::weight<"v", kiln::f32>(9_c, 4_c))
//     inner_dimensions_differ, where<matmul_op, 'v'>, expected<f32, 16, 4>, actual<f32, 9, 4>
//   y + kiln::weight<"v", kiln::f32>(3_c)
//     cannot_broadcast, where<add_op, 'v'>: extents are equal or 1, counted from the last
//   x * 0.1
//     constant_does_not_fit_f32: no float is 0.1; write 0.1F
//   kiln::matmul(y, kiln::weight<"w", kiln::f32>(4_c, 4_c))
//     duplicate_name: another weight is 'w'; kiln::scope<"layer1">(f, x) gives a prefix
//   net::weights{kiln::bind<"w">(data)}
//     missing_weight, 'b'

/// True if f() throws an error with this text.
template <class F>
bool says(const char* text, F f) {
  try {
    f();
  } catch (const kiln::error& e) {
    std::cout << e.what() << "\n\n";
    return std::strcmp(e.what(), text) == 0;
  }
  std::cout << "no error: " << text << "\n";
  return false;
}

int main() {
  const std::vector<float> w_data(16 * 4), b_data(4), short_data(3);
  std::vector<float> images(9 * 16), classes(8 * 4);
  const net::weights weights{kiln::bind<"w">(w_data), kiln::bind<"b">(b_data)};
  net::context context{weights};
  const auto few = std::span(images).first(2 * 16);

  // Every mistake of a binding at once.
  bool right = says(
      "2 weights do not fit:\n  weight 'w': expected f32[16, 4], actual 3 elements\n"
      "  weight 'b': expected f32[4], actual 3 elements",
      [&] {
        net::weights{kiln::bind<"w">(short_data), kiln::bind<"b">(short_data)};
      });
  // More rows than dim<"batch", 8> allows.
  right &= says("input 'x': expected f32[batch <= 8, 16], actual batch = 9",
                [&] { static_cast<void>(net::view<"x">(images)); });
  // Inputs and outputs that do not belong together: 2 rows in, 8 out.
  right &= says("output 'y': expected batch = 2 as in input 'x', actual batch = 8",
                [&] { context.run(net::view<"x">(few), net::view<"y">(classes)); });
  // A result over its input.
  right &= says("output 'y': expected memory of its own, actual overlaps input 'x'", [&] {
    context.run(net::view<"x">(few), net::view<"y">(std::span(images).first(2 * 4)));
  });
  // After an error everything is as it was.
  context.run(net::view<"x">(few), net::view<"y">(std::span(classes).first(2 * 4)));
  return right ? 0 : 1;
}
