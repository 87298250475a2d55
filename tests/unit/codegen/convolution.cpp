// SPDX-License-Identifier: MIT
// Tests kiln/codegen/convolution.hpp: each way a convolution runs, and which one is chosen.
#include <kiln/codegen/convolution.hpp>
#include <kiln/codegen/product.hpp>

#include <support/convolutions.hpp>

namespace {

using namespace kiln;
using codegen::convolution_way;
using test::convolution_case;

constexpr convolution_case strided{
    .h = 7, .w = 6, .c = 5, .f = 18, .r = 3, .s = 3, .at = {2, 1, 1, 1, 1, 1, 1, 1, 1}};
constexpr convolution_case depthwise{
    .h = 7, .w = 6, .c = 18, .f = 18, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 18}};
constexpr convolution_case small_groups{
    .h = 7, .w = 6, .c = 6, .f = 4, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 2}};

template <tensor::dtype X, tensor::dtype W, convolution_case C>
using net = test::scheduled<test::convolution<X, W, C>>;

/// The form of a net's convolution.
template <class Net>
constexpr codegen::stage_form form_of_net() {
  for (int i = 0; i < Net::plan.stages.size; ++i) {
    if (Net::plan.stages[i].kind == plan::anchor::convolution) {
      return codegen::form_of(Net::plan, Net::graph, i);
    }
  }
  return {};
}

static_assert(form_of_net<net<f32, f32, strided>>().way == convolution_way::packed);
static_assert(form_of_net<net<f32, f32, strided>>().packed.copies == 1);
static_assert(form_of_net<net<f32, f32, depthwise>>().way == convolution_way::own_channels);
static_assert(form_of_net<net<u8, s8, depthwise>>().way == convolution_way::own_channels);
static_assert(form_of_net<net<f32, f32, small_groups>>().way == convolution_way::direct);
static_assert(form_of_net<net<s8, s8, small_groups>>().way == convolution_way::packed);
static_assert(form_of_net<net<s8, s8, small_groups>>().packed.product.compensated == 1);

// On the matrix unit, where there is one.
constexpr int words = core::native.tiles ? 12 : 0;
static_assert(form_of_net<net<u8, s8, test::deep_3x3>>().packed.words == words);
static_assert(form_of_net<net<f32, f32, test::deep_3x3>>().packed.words == 0);
static_assert(codegen::uses_tiles(net<u8, s8, test::deep_3x3>::plan) == core::native.tiles);
static_assert(!codegen::uses_tiles(net<f32, f32, test::deep_3x3>::plan));

/// Forms survive the way through a key.
template <class Net>
struct getter {
  static constexpr codegen::stage_form value() { return form_of_net<Net>(); }
};
template <class Net>
constexpr codegen::stage_form decoded = codegen::code_of<getter<Net>>::form;
static_assert(decoded<net<f32, f32, strided>>.packed
              == form_of_net<net<f32, f32, strided>>().packed);
static_assert(decoded<net<s8, s8, test::deep_3x3>>.packed
              == form_of_net<net<s8, s8, test::deep_3x3>>().packed);
static_assert(decoded<net<u8, s8, depthwise>>.own_channels
              == form_of_net<net<u8, s8, depthwise>>().own_channels);

}  // namespace

TEST_CASE("packed filters") { test::check_meaning<test::convolution<f32, f32, strided>>(); }
TEST_CASE("channels of their own") {
  test::check_meaning<test::convolution<f32, f32, depthwise>>();
}
TEST_CASE("filters as they come") {
  test::check_meaning<test::convolution<f32, f32, small_groups>>();
}
