// SPDX-License-Identifier: MIT
// A net as a list of oneDNN's primitives, with bias, scale and function inside and weights packed
// as it likes.
#pragma once

#include <bench/model/mlp_data.hpp>
#include <cstddef>
#include <dnnl.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace bench {

inline std::string dnnl_version_text() {
  const auto* v = dnnl_version();
  return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

/// Which primitive computes a layer.
enum class dnnl_layer { matmul, inner_product };

namespace detail {

class dnnl_net final {
 public:
  dnnl_net(const mlp_data& d, dnnl_layer kind)
      : element_(type_of(d.model.element)),
        weight_(d.is_integer() ? type::s8 : element_) {
    const void* in = d.x.data();
    for (std::size_t i = 0; i < d.model.layers(); ++i) {
      const layer l{d.model.batch, d.model.widths[i], d.model.widths[i + 1], d.model.behind(i)};
      void* out = d.y.data();
      if (i + 1 < d.model.layers()) {
        hidden_.emplace_back(static_cast<std::size_t>(l.m * l.n) * size_of(d.model.element));
        out = hidden_.back().data();
      }
      const mlp_data::layer_data& given = d.layers[i];
      const pointers at{const_cast<void*>(in), given.w.data(), bias_of(given), out};
      if (kind == dnnl_layer::matmul) {
        add_matmul(l, at, attributes(l, given));
      } else {
        add_inner_product(l, at, attributes(l, given));
      }
      in = out;
    }
  }
  void run() {
    for (const step& s : steps_) s.primitive.execute(stream_, s.arguments);
    stream_.wait();
  }

 private:
  using memory = dnnl::memory;
  using type = memory::data_type;
  using tag = memory::format_tag;
  using inner_product = dnnl::inner_product_forward;

  struct layer final {
    memory::dim m, k, n;
    mlp::function behind;
  };
  struct step final {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> arguments;
  };
  struct pointers final {
    void *in, *w, *bias, *out;
  };

  static type type_of(dtype element) {
    return element == dtype::u8 ? type::u8 : element == dtype::bf16 ? type::bf16 : type::f32;
  }
  /// It adds the bias before it multiplies by the scales.
  void* bias_of(const mlp_data::layer_data& given) {
    if (given.scale.size() == 0) return given.bias.data();
    biases_.emplace_back(dtype::f32, given.bias.size());
    for (std::size_t j = 0; j < given.bias.size(); ++j) {
      biases_.back().set(j, given.bias[j] / given.scale[j]);
    }
    return biases_.back().data();
  }
  static dnnl::primitive_attr attributes(const layer& l, const mlp_data::layer_data& given) {
    const bool integers = given.scale.size() > 0;
    dnnl::post_ops post;
    if (l.behind == mlp::function::relu) {
      post.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
    } else if (l.behind == mlp::function::sigmoid) {
      post.append_eltwise(integers ? 255.0F : 1.0F, dnnl::algorithm::eltwise_logistic, 0.0F, 0.0F);
    }
    dnnl::primitive_attr a;
    a.set_post_ops(post);
    if (integers) {
      std::vector<float> scales;
      for (std::size_t j = 0; j < given.scale.size(); ++j) {
        scales.push_back(static_cast<float>(given.scale[j]));
      }
      a.set_output_scales(1 << 1, scales);
    }
    return a;
  }

  void add_matmul(const layer& l, const pointers& at, const dnnl::primitive_attr& a) {
    const dnnl::matmul::primitive_desc p({{{l.m, l.k}, element_, tag::ab},
                                          {{l.k, l.n}, weight_, tag::any},
                                          {{1, l.n}, type::f32, tag::ab},
                                          {{l.m, l.n}, element_, tag::ab}},
                                         a,
                                         engine_);
    add(dnnl::matmul(p), p, {{l.k, l.n}, weight_, tag::ab}, at);
  }
  void add_inner_product(const layer& l, const pointers& at, const dnnl::primitive_attr& a) {
    const inner_product::primitive_desc p({dnnl::prop_kind::forward_inference,
                                           {{l.m, l.k}, element_, tag::ab},
                                           {{l.n, l.k}, weight_, tag::any},
                                           {{l.n}, type::f32, tag::a},
                                           {{l.m, l.n}, element_, tag::ab}},
                                          a,
                                          engine_);
    add(dnnl::inner_product_forward(p), p, {{l.n, l.k}, weight_, tag::ba}, at);
  }

  template <class Description>
  void add(const dnnl::primitive& primitive,
           const Description& p,
           const memory::desc& plain,
           const pointers& at) {
    memory given(plain, engine_, at.w);
    memory packed(p.weights_desc(), engine_);
    dnnl::reorder(given, packed).execute(stream_, given, packed);
    stream_.wait();
    steps_.push_back({primitive,
                      {{DNNL_ARG_SRC, memory(p.src_desc(), engine_, at.in)},
                       {DNNL_ARG_WEIGHTS, packed},
                       {DNNL_ARG_BIAS, memory(p.bias_desc(), engine_, at.bias)},
                       {DNNL_ARG_DST, memory(p.dst_desc(), engine_, at.out)}}});
  }

  type element_, weight_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<kiln::tensor::buffer> hidden_;
  std::vector<numbers> biases_;
  std::vector<step> steps_;
};

}  // namespace detail

/// One primitive a layer. Activations between layers are plain rows: what both primitives choose
/// for themselves when they are asked.
inline contender dnnl_mlp(const mlp_data& d, dnnl_layer kind) {
  auto net = std::make_shared<detail::dnnl_net>(d, kind);
  const char* name = kind == dnnl_layer::matmul ? "oneDNN" : "oneDNN inner product";
  return {name, dnnl_version_text(), [net] { net->run(); }};
}

}  // namespace bench
