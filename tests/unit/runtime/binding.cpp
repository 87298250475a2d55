// SPDX-License-Identifier: MIT
// Verdicts on bindings: the first mistake of each kind; tests/compile_fail/runtime shows the texts.
#include <kiln/runtime/binding.hpp>

#include <doctest/doctest.h>

#include "nets.hpp"

namespace core = kiln::core;
using core::text;
using kiln::runtime::binding_mistake;
using kiln::runtime::judge_bindings;
using kiln::runtime::named_weight;
using kiln::runtime::tensor_of;
using kiln::tensor::dtype;

namespace {
using w = named_weight<text<'w'>, std::vector<float>>;
using b = named_weight<text<'b'>, float[5]>;
template <class... Given>
using verdict = decltype(judge_bindings<support::layer, Given...>());
}  // namespace

static_assert(std::is_same_v<verdict<w, b>, core::ok>);
static_assert(std::is_same_v<verdict<b, w>, core::ok>);
static_assert(std::is_same_v<verdict<w>,
                             core::compile_error<binding_mistake::missing_weight,
                                                 core::where<text<'b'>>,
                                                 core::expected<tensor_of<dtype::f32, 5>>>>);
// Settings may say where a weight comes from.
struct from_the_factory {
  static constexpr std::string_view weight = "b";
  static constexpr std::string_view text = "the factory has it";
};
struct hinting : support::layer {
  using weight_hint = from_the_factory;
};
static_assert(std::is_same_v<
              decltype(judge_bindings<hinting, w>()),
              core::compile_error<binding_mistake::missing_weight,
                                  core::where<text<'b'>>,
                                  core::expected<tensor_of<dtype::f32, 5>, from_the_factory>>>);
static_assert(std::is_same_v<decltype(judge_bindings<hinting, b>()),
                             decltype(judge_bindings<support::layer, b>())>);
static_assert(
    std::is_same_v<verdict<w, b, b>,
                   core::compile_error<binding_mistake::bound_twice, core::where<text<'b'>>>>);
static_assert(
    std::is_same_v<verdict<w, b, named_weight<text<'c'>, float*>>,
                   core::compile_error<binding_mistake::unknown_weight, core::where<text<'c'>>>>);
static_assert(std::is_same_v<verdict<w, named_weight<text<'b'>, double*>>,
                             core::compile_error<binding_mistake::wrong_element_type,
                                                 core::where<text<'b'>>,
                                                 core::expected<tensor_of<dtype::f32, 5>>,
                                                 core::actual<double>>>);
static_assert(std::is_same_v<verdict<w, named_weight<text<'b'>, float[4]>>,
                             core::compile_error<binding_mistake::wrong_size,
                                                 core::where<text<'b'>>,
                                                 core::expected<tensor_of<dtype::f32, 5>>,
                                                 core::actual<kiln::runtime::elements<4>>>>);
static_assert(
    std::is_same_v<verdict<w, float*>,
                   core::compile_error<binding_mistake::not_a_binding, core::actual<float*>>>);
// What was reported already is not reported again.
static_assert(std::is_same_v<verdict<w, kiln::runtime::rejected_weight>, core::ok>);
static_assert(std::is_same_v<decltype(judge_bindings<support::two>()), core::ok>);

TEST_CASE("bind carries the name and the memory") {
  const float data[5] = {};
  const auto bound = kiln::bind<"fc1.bias">(data);
  static_assert(decltype(bound)::name::view == "fc1.bias");
  CHECK(bound.data.data == data);
  CHECK(bound.data.elems == 5);
  CHECK(bound.data.is_const);
}
