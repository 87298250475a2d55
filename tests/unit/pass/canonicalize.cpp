// SPDX-License-Identifier: MIT
// One form for each of many ways to write a thing.
#include <kiln/graph/describe.hpp>
#include <kiln/pass/canonicalize.hpp>

#include <doctest/doctest.h>

#include <string>
#include <support/graph_builder.hpp>

namespace {

using namespace kiln;
using tensor::static_type;

constexpr auto before = [] {
  test::graph_builder<8> b;
  const int x = b.input("x", static_type(f32, 2, 8));
  const int w = b.weight("w", static_type(f32, 4, 8));
  const int t = b.add<op::transpose_op>({w}, op::transpose_op::of(1, 0));
  b.output(b.add<op::matmul_op>({x, t}));
  return b.build();
}();
static_assert(graph::describe_into<256>(pass::canonicalize(before)).view() ==
              "%0 = input \"x\" : f32[2, 8]\n"
              "%1 = weight \"w\" : f32[4, 8]\n"
              "%2 = matmul(%0, %1, transpose_b=1) : f32[2, 4]\n"
              "return y = %2\n");

// The lines that make(builder, x) becomes, x being node %0.
template <class Make>
std::string canonical(const tensor::tensor_type& x, Make make) {
  test::graph_builder<32> b;
  b.output(make(b, b.input("x", x)));
  const auto after = pass::canonicalize(b.build());
  CHECK(graph::first_invalid(after) == -1);
  std::string text;
  for (int i = 1; i < after.size; ++i) {
    graph::append_node(text, after, i);
    text += '\n';
  }
  return text + std::to_string(after.outputs[0].node);
}
template <class Op>
std::string number_and_x(float number) {
  return canonical(static_type(f32, 4), [&](auto& b, int x) {
    return b.template add<Op>({b.constant(number), x});
  });
}
std::string is(const std::string& number, const std::string& operation) {
  return "%1 = constant " + number + " : f32\n%2 = " + operation + " : f32[4]\n2";
}

}  // namespace

TEST_CASE("numbers go to the right") {
  CHECK(number_and_x<op::add_op>(2) == is("2", "add(%0, %1)"));
  CHECK(number_and_x<op::mul_op>(2) == is("2", "mul(%0, %1)"));
  CHECK(number_and_x<op::less_op>(2) == is("2", "greater(%0, %1)"));
  CHECK(number_and_x<op::less_equal_op>(2) == is("2", "greater_equal(%0, %1)"));
  CHECK(number_and_x<op::greater_op>(2) == is("2", "less(%0, %1)"));
  CHECK(number_and_x<op::greater_equal_op>(2) == is("2", "less_equal(%0, %1)"));
  CHECK(number_and_x<op::equal_op>(2) == is("2", "equal(%0, %1)"));
  CHECK(number_and_x<op::not_equal_op>(2) == is("2", "not_equal(%0, %1)"));
  CHECK(number_and_x<op::max_op>(2) == is("2", "max(%0, %1)"));
  CHECK(number_and_x<op::min_op>(2) == is("2", "min(%0, %1)"));
  CHECK(number_and_x<op::sub_op>(2) == is("2", "sub(%1, %0)"));
}

TEST_CASE("the sign of a zero counts") {
  CHECK(number_and_x<op::min_op>(0) == is("0", "min(%1, %0)"));
  CHECK(number_and_x<op::max_op>(-0.0F) == is("-0", "max(%1, %0)"));
  CHECK(number_and_x<op::max_op>(0) == "%1 = relu(%0) : f32[4]\n1");
  CHECK(number_and_x<op::sub_op>(-0.0F) == "%1 = negate(%0) : f32[4]\n1");
  CHECK(number_and_x<op::sub_op>(0) == is("0", "sub(%1, %0)"));
}

TEST_CASE("weights stand after what is computed") {
  CHECK(canonical(static_type(f32, 4),
                  [](auto& b, int x) {
                    return b.template add<op::add_op>({b.weight("w", static_type(f32, 4)), x});
                  })
        == "%1 = weight \"w\" : f32[4]\n%2 = add(%0, %1) : f32[4]\n2");
  CHECK(canonical(static_type(f32, 4),
                  [](auto& b, int x) {
                    return b.template add<op::max_op>({b.weight("w", static_type(f32, 4)), x});
                  })
        == "%1 = weight \"w\" : f32[4]\n%2 = max(%1, %0) : f32[4]\n2");
}

TEST_CASE("one operator for one thing") {
  CHECK(number_and_x<op::div_op>(1) == "%1 = reciprocal(%0) : f32[4]\n1");
  CHECK(canonical(static_type(f32, 4),
                  [](auto& b, int x) {
                    return b.template add<op::sub_op>({x, b.constant(3)});
                  })
        == is("-3", "add(%0, %1)"));
  CHECK(canonical(static_type(f32, 4),
                  [](auto& b, int x) {
                    return b.template add<op::mul_op>({x, x});
                  })
        == "%1 = square(%0) : f32[4]\n1");
}

TEST_CASE("movement that changes nothing is gone, chains are one") {
  const auto image = static_type(f32, 2, 3, 4);
  CHECK(canonical(image, [&](auto& b, int x) { return b.reshape(x, image); }) == "0");
  CHECK(canonical(
            image,
            [&](auto& b, int x) { return b.reshape(b.reshape(x, static_type(f32, 24)), image); })
        == "0");
  CHECK(canonical(image,
                  [&](auto& b, int x) {
                    return b.reshape(b.reshape(x, static_type(f32, 24)), static_type(f32, 6, 4));
                  })
        == "%1 = reshape(%0) : f32[6, 4]\n1");
  using op::transpose_op;
  CHECK(canonical(image,
                  [&](auto& b, int x) {
                    return b.template add<transpose_op>({x}, transpose_op::of(0, 1, 2));
                  })
        == "0");
  CHECK(canonical(image,
                  [&](auto& b, int x) {
                    const int t = b.template add<transpose_op>({x}, transpose_op::of(1, 2, 0));
                    return b.template add<transpose_op>({t}, transpose_op::of(2, 0, 1));
                  })
        == "0");
  CHECK(canonical(image,
                  [&](auto& b, int x) {
                    const int t = b.template add<transpose_op>({x}, transpose_op::of(1, 2, 0));
                    return b.template add<transpose_op>({t}, transpose_op::of(1, 0, 2));
                  })
        == "%1 = transpose(%0, order=[2, 1, 0]) : f32[4, 3, 2]\n1");
  CHECK(canonical(image,
                  [&](auto& b, int x) {
                    return b.template add<op::slice_op>({x}, {1, 0, 3, 1});
                  })
        == "0");
  CHECK(canonical(static_type(f32, 20),
                  [](auto& b, int x) {
                    const int s = b.template add<op::slice_op>({x}, {0, 3, 19, 2});  // 3 5 ... 17
                    return b.template add<op::slice_op>({s}, {0, 1, 7, 3});          // 5 11
                  })
        == "%1 = slice(%0, axis=0, begin=5, end=12, step=6) : f32[2]\n1");
  CHECK(canonical(image,
                  [](auto& b, int x) {
                    const int s = b.template add<op::slice_op>({x}, {0, 0, 1, 1});
                    return b.template add<op::slice_op>({s}, {1, 0, 1, 1});
                  })
            .find("%2 = slice")
        != std::string::npos);
  CHECK(canonical(image, [](auto& b, int x) { return b.template add<op::concat_op>({x}, {0}); })
        == "0");
}

TEST_CASE("a slice of a concatenation is a slice of the part that it lies in") {
  const auto cut = [](int begin, int end, int step) {
    return canonical(static_type(f32, 4), [&](auto& b, int x) {
      const int both = b.template add<op::concat_op>({x, b.input("z", static_type(f32, 6))}, {0});
      return b.template add<op::slice_op>({both}, {0, begin, end, step});
    });
  };
  const std::string z = "%1 = input \"z\" : f32[6]\n";
  CHECK(cut(0, 4, 1) == z + "0");
  CHECK(cut(4, 10, 1) == z + "1");
  CHECK(cut(1, 3, 1) == z + "%2 = slice(%0, axis=0, begin=1, end=3) : f32[2]\n2");
  CHECK(cut(5, 10, 2) == z + "%2 = slice(%1, axis=0, begin=1, end=6, step=2) : f32[3]\n2");
  CHECK(cut(1, 5, 3) == z + "%2 = concat(%0, %1, axis=0) : f32[10]\n"
                            "%3 = slice(%2, axis=0, begin=1, end=5, step=3) : f32[2]\n3");
  CHECK(cut(1, 4, 4) == z + "%2 = slice(%0, axis=0, begin=1, end=2, step=4) : f32[1]\n2");
}

TEST_CASE("a cast back is none when nothing was lost") {
  const auto through = [](tensor::dtype from, tensor::dtype middle, tensor::dtype to) {
    test::graph_builder<8> b;
    const int x = b.input("x", static_type(from, 4));
    const int m = b.add<op::cast_op>({x}, op::cast_op::to(middle));
    b.output(b.add<op::cast_op>({m}, op::cast_op::to(to)));
    return pass::canonicalize(b.build()).size - 1;
  };
  CHECK(through(bf16, f32, bf16) == 0);
  CHECK(through(f16, f32, f16) == 0);
  CHECK(through(u8, s32, u8) == 0);
  CHECK(through(s8, bf16, f32) == 1);
  CHECK(through(f32, bf16, f32) == 2);
  CHECK(through(f16, bf16, f16) == 2);
  CHECK(through(s32, f32, s32) == 2);
  CHECK(through(f32, f32, f32) == 0);
}

TEST_CASE("a store of integers rounds, and those of u8 cut off at 0") {
  const auto left = [](tensor::dtype from, tensor::dtype to, bool relu) {
    test::graph_builder<8> b;
    const int x = b.input("x", static_type(from, 4));
    const int y = relu ? b.add<op::relu_op>({x}) : b.add<op::round_op>({x});
    b.output(b.add<op::cast_op>({y}, op::cast_op::to(to)));
    return pass::canonicalize(b.build()).size - 2;
  };
  CHECK(left(f32, u8, false) == 0);
  CHECK(left(f32, s32, false) == 0);
  CHECK(left(bf16, s8, false) == 0);
  CHECK(left(f32, bf16, false) == 1);
  CHECK(left(f32, u8, true) == 0);
  CHECK(left(f32, s8, true) == 1);
}

TEST_CASE("a transpose of the last two axes is an attribute of the product") {
  const auto batch = static_type(f32, 2, 3, 4);
  CHECK(canonical(batch,
                  [](auto& b, int x) {
                    const int t =
                        b.template add<op::transpose_op>({x}, op::transpose_op::of(0, 2, 1));
                    return b.template add<op::matmul_op>({t, t}, {1, 0});
                  })
        == "%1 = matmul(%0, %0, transpose_b=1) : f32[2, 3, 3]\n1");
  CHECK(canonical(batch,
                  [](auto& b, int x) {
                    const int t =
                        b.template add<op::transpose_op>({x}, op::transpose_op::of(1, 2, 0));
                    return b.template add<op::matmul_op>({t, t}, {1, 0});
                  })
            .find("transpose(%0")
        != std::string::npos);
}

TEST_CASE("a 1 x 1 convolution is a product") {
  const auto convolved = [](const op::conv2d_op::attributes& at) {
    return canonical(static_type(f32, 1, 4, 4, 6), [&](auto& b, int x) {
      const int w = b.weight("w", static_type(f32, 1, 1, 6 / at.groups, 2));
      return b.template add<op::conv2d_op>({x, w}, at);
    });
  };
  CHECK(convolved({}) ==
        "%1 = weight \"w\" : f32[1, 1, 6, 2]\n"
        "%2 = reshape(%1) : f32[6, 2]\n"
        "%3 = matmul(%0, %2) : f32[1, 4, 4, 2]\n3");
  CHECK(convolved({.stride_h = 2}).find("conv2d") != std::string::npos);
  CHECK(convolved({.groups = 2}).find("conv2d") != std::string::npos);
  CHECK(convolved({.dilation_h = 2}).find("matmul") != std::string::npos);
}

TEST_CASE("a rule that would change a type does not fire") {
  // of two scalars the first decides the element type
  test::graph_builder<8> b;
  const int x = b.input("x", static_type(bf16));
  b.output(b.add<op::add_op>({b.constant(1), x}));
  CHECK(graph::same(pass::canonicalize(b.build()), b.build()));
}
