// SPDX-License-Identifier: MIT
// All operators, in one list; an operator's place in it is its name in the value graph.
#pragma once

#include <kiln/core/type_list.hpp>
#include <kiln/op/abs.hpp>
#include <kiln/op/add.hpp>
#include <kiln/op/avg_pool.hpp>
#include <kiln/op/batch_norm.hpp>
#include <kiln/op/cast.hpp>
#include <kiln/op/ceil.hpp>
#include <kiln/op/clip.hpp>
#include <kiln/op/concat.hpp>
#include <kiln/op/conv2d.hpp>
#include <kiln/op/dequantize.hpp>
#include <kiln/op/div.hpp>
#include <kiln/op/elu.hpp>
#include <kiln/op/equal.hpp>
#include <kiln/op/erf.hpp>
#include <kiln/op/exp.hpp>
#include <kiln/op/exp2.hpp>
#include <kiln/op/floor.hpp>
#include <kiln/op/gelu_erf.hpp>
#include <kiln/op/gelu_tanh.hpp>
#include <kiln/op/greater.hpp>
#include <kiln/op/greater_equal.hpp>
#include <kiln/op/grouped_matmul.hpp>
#include <kiln/op/hardsigmoid.hpp>
#include <kiln/op/hardswish.hpp>
#include <kiln/op/layer_norm.hpp>
#include <kiln/op/leaky_relu.hpp>
#include <kiln/op/less.hpp>
#include <kiln/op/less_equal.hpp>
#include <kiln/op/linear.hpp>
#include <kiln/op/log.hpp>
#include <kiln/op/log_softmax.hpp>
#include <kiln/op/map.hpp>
#include <kiln/op/matmul.hpp>
#include <kiln/op/max.hpp>
#include <kiln/op/max_pool.hpp>
#include <kiln/op/min.hpp>
#include <kiln/op/mish.hpp>
#include <kiln/op/mul.hpp>
#include <kiln/op/negate.hpp>
#include <kiln/op/not_equal.hpp>
#include <kiln/op/pow.hpp>
#include <kiln/op/prelu.hpp>
#include <kiln/op/quantize.hpp>
#include <kiln/op/quotient.hpp>
#include <kiln/op/reciprocal.hpp>
#include <kiln/op/reduce_l1.hpp>
#include <kiln/op/reduce_l2.hpp>
#include <kiln/op/reduce_max.hpp>
#include <kiln/op/reduce_mean.hpp>
#include <kiln/op/reduce_min.hpp>
#include <kiln/op/reduce_prod.hpp>
#include <kiln/op/reduce_sum.hpp>
#include <kiln/op/relu.hpp>
#include <kiln/op/reshape.hpp>
#include <kiln/op/rms_norm.hpp>
#include <kiln/op/round.hpp>
#include <kiln/op/rsqrt.hpp>
#include <kiln/op/select.hpp>
#include <kiln/op/sigmoid.hpp>
#include <kiln/op/slice.hpp>
#include <kiln/op/softmax.hpp>
#include <kiln/op/softplus.hpp>
#include <kiln/op/source.hpp>
#include <kiln/op/sqrt.hpp>
#include <kiln/op/square.hpp>
#include <kiln/op/sub.hpp>
#include <kiln/op/swish.hpp>
#include <kiln/op/tanh.hpp>
#include <kiln/op/transpose.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace kiln::op {

/// One line an operator. The value graph names them by place; nothing else depends on the order.
using registry = core::list<  //
    input_op,
    weight_op,
    constant_op,
    table_op,
    map_op,
    map_vector_op,
    relu_op,
    tanh_op,
    square_op,
    abs_op,
    sqrt_op,
    rsqrt_op,
    exp_op,
    exp2_op,
    log_op,
    erf_op,
    sigmoid_op,
    gelu_erf_op,
    gelu_tanh_op,
    mish_op,
    hardswish_op,
    softplus_op,
    reciprocal_op,
    negate_op,
    round_op,
    floor_op,
    ceil_op,
    leaky_relu_op,
    prelu_op,
    elu_op,
    linear_op,
    swish_op,
    clip_op,
    hardsigmoid_op,
    cast_op,
    add_op,
    sub_op,
    mul_op,
    div_op,
    max_op,
    min_op,
    pow_op,
    equal_op,
    not_equal_op,
    less_op,
    less_equal_op,
    greater_op,
    greater_equal_op,
    select_op,
    batch_norm_op,
    quotient_op,
    quantize_op,
    dequantize_op,
    matmul_op,
    conv2d_op,
    max_pool_op,
    avg_pool_op,
    reduce_sum_op,
    reduce_mean_op,
    reduce_prod_op,
    reduce_max_op,
    reduce_min_op,
    reduce_l1_op,
    reduce_l2_op,
    softmax_op,
    log_softmax_op,
    layer_norm_op,
    rms_norm_op,
    reshape_op,
    transpose_op,
    concat_op,
    slice_op,
    grouped_matmul_op>;

/// An operator as a value: its place in the registry.
enum class kind : std::uint8_t {};

/// The place of an operator.
template <class Op>
inline constexpr kind kind_of = static_cast<kind>(core::index_of<Op, registry>);

/// The operator at a place.
template <kind Kind, class List = registry>
struct operation_at;
template <kind Kind, class... Ops>
struct operation_at<Kind, core::list<Ops...>> {
  using type = core::nth<static_cast<std::size_t>(Kind), Ops...>;
};

/// What passes and interpreters need to know of an operator given its kind.
struct facts final {
  std::string_view name;
  category group = category::source;
  int arity = 0;
  double cost = 0;  // flop an output element, elementwise only
  inferred (*infer)(const attribute_words&, operand_types) = nullptr;
  double (*scalar)(const double*) = nullptr;  // elementwise meaning in f64; null for user ops
};

namespace detail {
template <class Op>
constexpr inferred infer_words(const attribute_words& words, operand_types operands) {
  return Op::infer(decode<typename Op::attributes>(words), operands);
}
template <class Op, std::size_t... I>
constexpr double call_scalar(const double* x, std::index_sequence<I...>) {
  return Op::template apply<double>(x[I]...);
}
template <class Op>
constexpr double scalar_meaning(const double* x) {
  return call_scalar<Op>(x, std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
}
template <class Op>
constexpr facts facts_of() {
  facts f{Op::name, Op::group, Op::arity, 0, &infer_words<Op>, nullptr};
  if constexpr (requires { Op::cost; }) f.cost = Op::cost;
  if constexpr (Op::group == category::elementwise && Op::arity > 0) f.scalar = &scalar_meaning<Op>;
  return f;
}
template <class List>
struct table;
template <class... Ops>
struct table<core::list<Ops...>> {
  static_assert((operation<Ops> && ...));
  static constexpr std::array<facts, sizeof...(Ops)> rows{facts_of<Ops>()...};
};
}  // namespace detail

/// What is known of an operator given its place.
constexpr const facts& describe(kind k) {
  return detail::table<registry>::rows[static_cast<std::size_t>(k)];
}

static_assert(describe(kind_of<relu_op>).name == "relu");

}  // namespace kiln::op
