// SPDX-License-Identifier: MIT
// Nets of one convolution, in every form that plans and kernels tell apart.
#pragma once

#include <support/products.hpp>

namespace kiln::test {

/// What a convolution of the tests is: image [2, h, w, c], filters [r, s, c / groups, f].
struct convolution_case final {
  int h, w, c, f;
  int r = 1, s = 1;
  op::conv2d_op::attributes at{};
  bool bound = true;            // filters are weights, else an input
  int cut = 0;                  // so many lines and pixels are cut off the image, on both sides
  bool channels_first = false;  // the image is [2, c, h, w], seen through a transpose
};

/// y = relu(conv(x, w) + b) of floats, y = conv(x, w) of integers.
template <tensor::dtype X, tensor::dtype W, convolution_case C>
struct convolution {
  static constexpr int cut(graph_builder<40>& b, int x) {
    if (C.cut == 0) return x;
    const int lines = b.add<op::slice_op>({x}, {1, C.cut, C.cut + C.h, 1});
    return b.add<op::slice_op>({lines}, {2, C.cut, C.cut + C.w, 1});
  }
  static constexpr auto make() {
    graph_builder<40> b;
    const int image =
        C.channels_first
            ? b.add<op::transpose_op>({b.input("x", tensor::static_type(X, 2, C.c, C.h, C.w))},
                                      op::transpose_op::of(0, 2, 3, 1))
            : cut(b,
                  b.input("x", tensor::static_type(X, 2, C.h + 2 * C.cut, C.w + 2 * C.cut, C.c)));
    const auto type = tensor::static_type(W, C.r, C.s, C.c / C.at.groups, C.f);
    const int filters = C.bound ? b.weight("w", type) : b.input("w", type);
    const int sum = b.add<op::conv2d_op>({image, filters}, C.at);
    if constexpr (is_floating(X)) {
      const int bias = b.weight("b", shape(C.f));
      b.output(b.add<op::relu_op>({b.add<op::add_op>({sum, bias})}));
    } else {
      b.output(sum);
    }
    return b.build();
  }
};

/// Runs a convolution of several pairs of element types.
template <convolution_case C>
void check_floats() {
  check_meaning<convolution<tensor::dtype::f32, tensor::dtype::f32, C>>();
  check_meaning<convolution<tensor::dtype::bf16, tensor::dtype::bf16, C>>();
}
template <convolution_case C>
void check_integers() {
  check_meaning<convolution<tensor::dtype::u8, tensor::dtype::s8, C>>();
#if !defined(KILN_NO_SWEEPS)  // the kernels of u8 and a shift: also in convolution_oracle.cpp
  check_meaning<convolution<tensor::dtype::s8, tensor::dtype::s8, C>>();
#endif
}

// The cases; stride, padding, dilation and groups in the order of the attributes.
inline constexpr convolution_case small_3x3{
    .h = 9, .w = 11, .c = 5, .f = 20, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 1}};
inline constexpr convolution_case deep_3x3{
    .h = 7, .w = 7, .c = 96, .f = 35, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 1}};
inline constexpr convolution_case first_layer{
    .h = 19, .w = 18, .c = 3, .f = 16, .r = 7, .s = 7, .at = {2, 2, 3, 3, 2, 3, 1, 1, 1}};
inline constexpr convolution_case one_by_one{.h = 6, .w = 5, .c = 33, .f = 40};
inline constexpr convolution_case strided_one_by_one{
    .h = 9, .w = 8, .c = 17, .f = 33, .at = {2, 2, 0, 0, 0, 0, 1, 1, 1}};
inline constexpr convolution_case unpadded{.h = 8, .w = 30, .c = 100, .f = 16, .r = 2, .s = 3};
inline constexpr convolution_case dilated{
    .h = 12, .w = 13, .c = 6, .f = 18, .r = 3, .s = 3, .at = {1, 2, 2, 2, 2, 2, 2, 3, 1}};
inline constexpr convolution_case grouped{
    .h = 7, .w = 6, .c = 12, .f = 51, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 3}};
inline constexpr convolution_case small_groups{
    .h = 7, .w = 6, .c = 12, .f = 8, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 4}};
inline constexpr convolution_case depthwise_3x3{
    .h = 9, .w = 10, .c = 37, .f = 37, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 37}};
inline constexpr convolution_case depthwise_5x5{
    .h = 11, .w = 12, .c = 19, .f = 19, .r = 5, .s = 5, .at = {2, 2, 2, 2, 1, 2, 1, 1, 19}};
inline constexpr convolution_case depthwise_9x9{
    .h = 11, .w = 12, .c = 18, .f = 18, .r = 9, .s = 9, .at = {1, 1, 4, 4, 4, 4, 1, 1, 18}};
inline constexpr convolution_case run_time_filters{.h = 6,
                                                   .w = 9,
                                                   .c = 10,
                                                   .f = 21,
                                                   .r = 3,
                                                   .s = 3,
                                                   .at = {1, 1, 1, 1, 1, 1, 1, 1, 1},
                                                   .bound = false};
inline constexpr convolution_case channels_first{.h = 6,
                                                 .w = 7,
                                                 .c = 11,
                                                 .f = 17,
                                                 .r = 3,
                                                 .s = 3,
                                                 .at = {1, 1, 1, 1, 1, 1, 1, 1, 1},
                                                 .channels_first = true};
inline constexpr convolution_case crowded{.h = 3, .w = 5, .c = 1024, .f = 17};
inline constexpr convolution_case cut_one_by_one{.h = 6, .w = 5, .c = 16, .f = 20, .cut = 2};
inline constexpr convolution_case cut_first_layer{
    .h = 12, .w = 11, .c = 3, .f = 16, .r = 5, .s = 5, .at = {1, 1, 2, 2, 2, 2, 1, 1, 1}, .cut = 1};
inline constexpr convolution_case wide_depthwise{
    .h = 40, .w = 6, .c = 17, .f = 17, .r = 3, .s = 3, .at = {1, 1, 12, 1, 12, 1, 12, 1, 17}};
inline constexpr convolution_case one_dimensional{
    .h = 1, .w = 40, .c = 6, .f = 10, .r = 1, .s = 5, .at = {1, 1, 0, 4, 0, 0, 1, 1, 1}};

}  // namespace kiln::test
