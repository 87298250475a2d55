// SPDX-License-Identifier: MIT
// A net as a list of oneDNN's primitives, with bias and relu inside and weights packed as it likes.
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
  dnnl_net(const mlp_data& d, dnnl_layer kind) {
    float* in = d.x.data();
    for (std::size_t i = 0; i < d.model.layers(); ++i) {
      const layer l{d.model.batch, d.model.widths[i], d.model.widths[i + 1], d.model.has_relu(i)};
      float* out = d.y.data();
      if (i + 1 < d.model.layers()) {
        hidden_.emplace_back(static_cast<std::size_t>(l.m * l.n) * sizeof(float));
        out = reinterpret_cast<float*>(hidden_.back().data());
      }
      if (kind == dnnl_layer::matmul) {
        add_matmul(l, in, d.w(i), d.b(i), out);
      } else {
        add_inner_product(l, in, d.w(i), d.b(i), out);
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
  using tag = dnnl::memory::format_tag;
  using inner_product = dnnl::inner_product_forward;

  struct layer final {
    memory::dim m, k, n;
    bool relu;
  };
  struct step final {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> arguments;
  };

  static memory::desc desc(const memory::dims& dims, tag t) {
    return {dims, memory::data_type::f32, t};
  }
  static dnnl::primitive_attr attributes(const layer& l) {
    dnnl::post_ops post;
    constexpr auto relu = dnnl::algorithm::eltwise_relu;
#if DNNL_VERSION_MAJOR >= 3
    if (l.relu) post.append_eltwise(relu, 0.0F, 0.0F);
#else
    if (l.relu) post.append_eltwise(1.0F, relu, 0.0F, 0.0F);
#endif
    dnnl::primitive_attr a;
    a.set_post_ops(post);
    return a;
  }

  void add_matmul(const layer& l, float* in, const float* w, const float* b, float* out) {
    const auto x = desc({l.m, l.k}, tag::ab), any = desc({l.k, l.n}, tag::any);
    const auto bias = desc({1, l.n}, tag::ab), y = desc({l.m, l.n}, tag::ab);
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::matmul::primitive_desc p(engine_, x, any, bias, y, attributes(l));
#else
    const dnnl::matmul::primitive_desc p({x, any, bias, y}, attributes(l), engine_);
#endif
    add(dnnl::matmul(p), p, desc({l.k, l.n}, tag::ab), {in, w, b, out});
  }
  void add_inner_product(const layer& l, float* in, const float* w, const float* b, float* out) {
    constexpr auto inference = dnnl::prop_kind::forward_inference;
    const auto x = desc({l.m, l.k}, tag::ab), any = desc({l.n, l.k}, tag::any);
    const auto bias = desc({l.n}, tag::a), y = desc({l.m, l.n}, tag::ab);
#if DNNL_VERSION_MAJOR >= 3
    const inner_product::primitive_desc p(engine_, inference, x, any, bias, y, attributes(l));
#else
    const inner_product::primitive_desc p({inference, x, any, bias, y}, attributes(l), engine_);
#endif
    add(dnnl::inner_product_forward(p), p, desc({l.n, l.k}, tag::ba), {in, w, b, out});
  }

  struct pointers final {
    float* in;
    const float* w;
    const float* b;
    float* out;
  };
  template <class Description>
  void add(const dnnl::primitive& primitive,
           const Description& p,
           const memory::desc& plain,
           const pointers& at) {
    memory given(plain, engine_, const_cast<float*>(at.w));
    memory packed(p.weights_desc(), engine_);
    dnnl::reorder(given, packed).execute(stream_, given, packed);
    stream_.wait();
    steps_.push_back({primitive,
                      {{DNNL_ARG_SRC, memory(p.src_desc(), engine_, at.in)},
                       {DNNL_ARG_WEIGHTS, packed},
                       {DNNL_ARG_BIAS, memory(p.bias_desc(), engine_, const_cast<float*>(at.b))},
                       {DNNL_ARG_DST, memory(p.dst_desc(), engine_, at.out)}}});
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<kiln::tensor::buffer> hidden_;
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
