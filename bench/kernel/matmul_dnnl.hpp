// SPDX-License-Identifier: MIT
// oneDNN's matmul with bias and relu, weights in the layout that it likes best.
#pragma once

#include <bench/kernel/matmul_problem.hpp>
#include <dnnl.hpp>
#include <string>
#include <unordered_map>

namespace bench {

/// Its name for an element type.
template <class Element>
constexpr dnnl::memory::data_type dnnl_type() {
  using type = dnnl::memory::data_type;
  if (std::is_same_v<Element, std::uint8_t>) return type::u8;
  if (std::is_same_v<Element, std::int8_t>) return type::s8;
  return std::is_same_v<Element, kiln::core::bf16> ? type::bf16 : type::f32;
}

template <arithmetic X>
contender dnnl_matmul(const problem<X>& p) {
  using dnnl::memory;
  using type = memory::data_type;
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const auto desc = [](memory::dim rows, memory::dim columns, type t, memory::format_tag tag) {
    return memory::desc({rows, columns}, t, tag);
  };
  constexpr auto plain = memory::format_tag::ab;
  constexpr auto a_type = dnnl_type<gemm::a_element<X>>();
  constexpr auto b_type = dnnl_type<gemm::b_element<X>>();
  dnnl::post_ops post;
  post.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(post);
  if (gemm::sums_integers(X)) attributes.set_output_scales(0, {p.scale});
  const dnnl::matmul::primitive_desc primitive({desc(p.m, p.k, a_type, plain),
                                                desc(p.k, p.n, b_type, memory::format_tag::any),
                                                desc(1, p.n, type::f32, plain),
                                                desc(p.m, p.n, a_type, plain)},
                                               attributes,
                                               engine);
  const dnnl::stream stream(engine);
  memory weights(primitive.weights_desc(), engine);
  memory plain_weights(desc(p.k, p.n, b_type, plain), engine, p.b.get());
  dnnl::stream packing(engine);
  dnnl::reorder(plain_weights, weights).execute(packing, plain_weights, weights);
  packing.wait();
  const std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, memory(desc(p.m, p.k, a_type, plain), engine, p.a.get())},
      {DNNL_ARG_WEIGHTS, weights},
      {DNNL_ARG_BIAS, memory(desc(1, p.n, type::f32, plain), engine, p.bias.get())},
      {DNNL_ARG_DST, memory(desc(p.m, p.n, a_type, plain), engine, p.c.get())}};
  const auto* v = dnnl_version();
  const std::string version =
      std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  return {"oneDNN", version, [=, matmul = dnnl::matmul(primitive)] {
            dnnl::stream s = stream;
            matmul.execute(s, arguments);
            s.wait();
          }};
}

}  // namespace bench
