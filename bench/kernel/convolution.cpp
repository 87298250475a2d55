// SPDX-License-Identifier: MIT
// relu(convolution + bias) on ResNet-50's and MobileNet's layers, f32, bf16 and int8, against
// oneDNN, one thread each. Images and results are NHWC here; the peer takes the layouts it likes.
#include <kiln/core/half.hpp>
#include <kiln/core/target.hpp>
#include <kiln/kernel/conv2d/convolve.hpp>
#include <kiln/kernel/conv2d/depthwise.hpp>
#include <kiln/kernel/conv2d/packed_config.hpp>
#include <kiln/kernel/conv2d/planes.hpp>
#include <kiln/kernel/conv2d/stacks.hpp>
#include <kiln/simd/amx_use.hpp>
#include <kiln/simd/arithmetic.hpp>
#include <kiln/simd/convert.hpp>
#include <kiln/simd/pack.hpp>
#include <kiln/simd/two.hpp>
#include <kiln/tensor/dtype.hpp>
#include <kiln/tensor/tiled_lines.hpp>
#include <kiln/version.hpp>

#include <bench/common/memory.hpp>
#include <bench/common/peer_threads.hpp>
#include <bench/common/record.hpp>

#ifdef KILN_HAVE_DNNL
#  include <dnnl.hpp>
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace {

namespace conv2d = kiln::kernel::conv2d;
namespace gemm = kiln::kernel::gemm;
namespace simd = kiln::simd;
using gemm::arithmetic;

using bench::allocate;
using bench::elements;

template <class Element>
Element number(unsigned bits) {
  if constexpr (std::is_same_v<Element, float>) {
    return static_cast<float>(bits >> 8) / 8388608.0F - 1.0F;
  } else if constexpr (std::is_same_v<Element, kiln::core::bf16>) {
    return kiln::core::to_bf16(number<float>(bits));
  } else {
    return static_cast<Element>(bits >> 25);  // 0 .. 127
  }
}
template <class Element>
double value(Element x) {
  if constexpr (std::is_same_v<Element, kiln::core::bf16>) {
    return double{kiln::core::to_float(x)};
  } else {
    return static_cast<double>(x);
  }
}

template <class Element>
elements<Element> random_array(std::size_t elems, unsigned seed) {
  elements<Element> p = allocate<Element>(elems);
  unsigned state = seed;
  for (std::size_t i = 0; i < elems; ++i) {
    state = state * 1664525U + 1013904223U;
    p[i] = number<Element>(state);
  }
  return p;
}

/// What a layer's numbers are: results of int8 are u8, scaled down.
template <arithmetic X>
struct numbers final {
  using x = gemm::a_element<X>;
  using w = gemm::b_element<X>;
  using y = x;
  static constexpr const char* name = X == arithmetic::f32    ? "f32"
                                      : X == arithmetic::bf16 ? "bf16"
                                                              : "u8s8";
};
constexpr float scale = 1.0F / 4096;

template <arithmetic X>
struct bias_relu final {
  typename numbers<X>::y* y;
  std::ptrdiff_t row_stride;
  const float* bias;

  template <class Lanes>
  KILN_INLINE simd::pack columns(std::size_t col, Lanes m) const {
    return simd::load(bias + col, m);
  }
  template <class Lanes>
  KILN_INLINE gemm::sum_pack<X> start(simd::pack b, std::size_t, std::size_t, Lanes) const {
    if constexpr (gemm::sums_integers(X)) {
      return simd::int_pack(0);
    } else {
      return b;
    }
  }
  template <class Lanes>
  KILN_INLINE void finish(
      simd::pack b, std::size_t row, std::size_t col, gemm::sum_pack<X> v, Lanes m) const {
    auto* at = y + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    if constexpr (gemm::sums_integers(X)) {
      // Conversion to u8 takes negative numbers as 0.
      simd::store_as(at, simd::fma(simd::to_float(v), simd::pack(scale), b), m);
    } else {
      simd::store_as(at, simd::max_or_second(simd::zero(), v), m);
    }
  }
  KILN_INLINE void finish_two(simd::pack b,
                              simd::pack d,
                              std::size_t row,
                              std::size_t col,
                              gemm::sum_pack<X> v,
                              gemm::sum_pack<X> w) const {
    auto* at = y + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(col);
    if constexpr (gemm::sums_integers(X)) {
      const simd::pack by(scale);
      simd::store_two_as(
          at, simd::fma(simd::to_float(v), by, b), simd::fma(simd::to_float(w), by, d));
    } else {
      simd::store_two_as(
          at, simd::max_or_second(simd::zero(), v), simd::max_or_second(simd::zero(), w));
    }
  }
};

/// A square layer; padding as much on every side, or none behind where the stride leaves it out.
struct layer final {
  int size, c, f, taps, stride, before;
  bool depthwise = false;

  [[nodiscard]] constexpr int out() const {
    return taps == 1 || before > 0 ? (size - 1) / stride + 1 : size / stride;
  }
  [[nodiscard]] constexpr int depth() const { return depthwise ? 1 : c; }
  [[nodiscard]] constexpr conv2d::sizes sizes() const {
    const conv2d::window w{.taps = taps, .stride = stride, .dilation = 1, .before = before};
    return {.b = 1,
            .h = size,
            .w = size,
            .c = c,
            .f = f,
            .out_h = out(),
            .out_w = out(),
            .down = w,
            .across = w,
            .groups = depthwise ? c : 1};
  }
  [[nodiscard]] std::string name() const {
    const auto text = [](int n) { return std::to_string(n); };
    return "conv/" + text(size) + "x" + text(size) + "x" + text(c) + "-"
           + (depthwise ? "depthwise" : text(f)) + "/" + text(taps) + "x" + text(taps) + "/s"
           + text(stride);
  }
  [[nodiscard]] double flops() const { return 2.0 * out() * out() * f * depth() * taps * taps; }
};

// One problem, shared by all contenders; each writes to y.
template <arithmetic X>
struct problem final {
  using x_type = typename numbers<X>::x;
  using w_type = typename numbers<X>::w;
  using y_type = typename numbers<X>::y;

  layer l;
  elements<x_type> x;
  elements<w_type> w;  // [taps, taps, depth, f]
  elements<float> bias;
  elements<y_type> y;

  explicit problem(const layer& some)
      : l(some),
        x(random_array<x_type>(elems(l.size, l.size, l.c), 1)),
        w(random_array<w_type>(elems(l.taps * l.taps, l.depth(), l.f), 2)),
        bias(random_array<float>(elems(1, 1, l.f), 3)),
        y(allocate<y_type>(elems(l.out(), l.out(), l.f))) {}

  static std::size_t elems(int a, int b, int c) {
    return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
  }

  [[nodiscard]] double expected(int i, int j, int f) const {
    double sum = 0;
    for (int r = 0; r < l.taps; ++r) {
      for (int s = 0; s < l.taps; ++s) {
        const int h = i * l.stride - l.before + r;
        const int v = j * l.stride - l.before + s;
        if (h < 0 || h >= l.size || v < 0 || v >= l.size) continue;
        for (int c = 0; c < l.depth(); ++c) {
          const int channel = l.depthwise ? f : c;
          sum += value(x[elems(h * l.size + v, 1, l.c) + elems(1, 1, channel)])
                 * value(w[elems((r * l.taps + s) * l.depth() + c, 1, l.f) + elems(1, 1, f)]);
        }
      }
    }
    if (X == arithmetic::u8s8) sum *= double{scale};
    sum = std::max(0.0, sum + double{bias[elems(1, 1, f)]});
    return X == arithmetic::u8s8 ? std::min(255.0, sum) : sum;
  }

  // A contender that computes something else is not one: a thousand results tell.
  void verify(const bench::contender& contender) const {
    contender.run();
    const int results = l.out() * l.out() * l.f;
    const int taps = l.taps * l.taps * l.depth();
    const double bound = X == arithmetic::f32    ? 1e-6 * taps
                         : X == arithmetic::bf16 ? 1e-2 * std::sqrt(taps) + 1e-6 * taps
                                                 : 0.51;
    for (int k = 0; k < results; k += std::max(1, results / 1000)) {
      const double wanted = expected(k / l.f / l.out(), k / l.f % l.out(), k % l.f);
      const double error = std::abs(value(y[elems(1, 1, k)]) - wanted);
      if (error <= bound) continue;
      std::fprintf(
          stderr, "%s: %s is wrong by %g\n", l.name().c_str(), contender.impl.c_str(), error);
      std::exit(1);
    }
  }
};

/// A layer's sizes on the matrix unit, with its lines in stacks if plans stack them.
template <arithmetic X, layer L>
constexpr conv2d::sizes tiled_sizes() {
  conv2d::sizes s = L.sizes();
  s.stack = conv2d::stack_of(X, s);
  return s;
}
/// True if plans let a layer run there.
template <arithmetic X, layer L>
constexpr bool runs_on_tiles() {
  constexpr conv2d::sizes s = L.sizes();
  if (L.depthwise) return false;
  return tiled_sizes<X, L>().stack.lines != 0
         || kiln::tensor::uses_matrix(
             kiln::core::native, gemm::factors_of(X), conv2d::planes_of(X, s), s.c / s.groups);
}

/// kiln's kernel, on tiles or on vectors.
template <arithmetic X, layer L, bool OnTiles>
bench::contender kiln_kernel(const problem<X>& p) {
  constexpr conv2d::sizes s = OnTiles ? tiled_sizes<X, L>() : L.sizes();
  constexpr conv2d::image_strides strides = conv2d::dense_strides(s);
  const conv2d::image<typename problem<X>::x_type> x{
      p.x.get(), strides.batch, strides.row, strides.pixel, 1};
  const std::ptrdiff_t depth = s.c / s.groups;
  const conv2d::filters<typename problem<X>::w_type> w{
      p.w.get(), s.across.taps * depth * s.f, depth * s.f, s.f, 1};
  const bias_relu<X> ep{p.y.get(), s.f, p.bias.get()};
  if constexpr (L.depthwise) {
    constexpr auto config = conv2d::configure_depthwise(s);
    return {"kiln", std::string(kiln::version), [=] { conv2d::depthwise<config>(x, w, s, ep); }};
  } else {
    constexpr auto config =
        OnTiles ? conv2d::configure_tiled(X, s, strides) : conv2d::configure_packed(X, s, strides);
    constexpr std::size_t bytes = OnTiles ? conv2d::tiled_workspace_bytes(X, s, strides)
                                          : conv2d::workspace_bytes(X, s, strides);
    const std::shared_ptr<std::byte[]> packed(
        allocate<std::byte>(conv2d::packed_bytes(X, s)).release(), bench::free_memory{});
    const std::shared_ptr<std::byte[]> workspace(allocate<std::byte>(bytes).release(),
                                                 bench::free_memory{});
    conv2d::pack_filters<X>(w, s, packed.get());
    const bool other = !OnTiles && runs_on_tiles<X, L>();
    return {other ? "kiln on vectors" : "kiln", std::string(kiln::version), [=] {
              conv2d::convolve<config>(x, packed.get(), s, workspace.get(), ep);
            }};
  }
}

#ifdef KILN_HAVE_DNNL
using dnnl::memory;

memory::data_type type_of(float) { return memory::data_type::f32; }
memory::data_type type_of(kiln::core::bf16) { return memory::data_type::bf16; }
memory::data_type type_of(std::uint8_t) { return memory::data_type::u8; }
memory::data_type type_of(std::int8_t) { return memory::data_type::s8; }

void reorder(memory& from, memory& to, const dnnl::engine& engine) {
  dnnl::stream stream(engine);
  dnnl::reorder(from, to).execute(stream, from, to);
  stream.wait();
}

template <arithmetic X>
struct dnnl_types final {
  static memory::data_type x() { return type_of(typename problem<X>::x_type{}); }
  static memory::data_type w() { return type_of(typename problem<X>::w_type{}); }
  static memory::data_type y() { return type_of(typename problem<X>::y_type{}); }
};
memory::dims x_dims(const layer& l) { return {1, l.c, l.size, l.size}; }
memory::dims y_dims(const layer& l) { return {1, l.f, l.out(), l.out()}; }
memory::dims w_dims(const layer& l) {
  if (l.depthwise) return {l.c, 1, 1, l.taps, l.taps};
  return {l.f, l.c, l.taps, l.taps};
}
memory::dims w_strides(const layer& l) {
  if (l.depthwise) return {1, l.f, l.f, l.taps * l.f, l.f};
  return {1, l.f, l.taps * l.c * l.f, l.c * l.f};
}
memory::desc bias_desc(const layer& l) {
  return {{l.f}, memory::data_type::f32, memory::format_tag::a};
}

template <arithmetic X>
dnnl::convolution_forward::primitive_desc dnnl_primitive(const layer& l,
                                                         const dnnl::engine& engine) {
  const auto any = memory::format_tag::any;
  const long behind = (l.out() - 1) * l.stride + l.taps - l.before - l.size;
  const dnnl::convolution_forward::desc what(dnnl::prop_kind::forward_inference,
                                             dnnl::algorithm::convolution_direct,
                                             {x_dims(l), dnnl_types<X>::x(), any},
                                             {w_dims(l), dnnl_types<X>::w(), any},
                                             bias_desc(l),
                                             {y_dims(l), dnnl_types<X>::y(), any},
                                             {l.stride, l.stride},
                                             {l.before, l.before},
                                             {behind, behind});
  dnnl::primitive_attr attributes;
  dnnl::post_ops relu;
  if (X == arithmetic::u8s8) attributes.set_output_scales(0, {scale});
  relu.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  attributes.set_post_ops(relu);
  return {what, attributes, engine};
}

// Data in the peer's layout stays there between runs; only verification brings results back.
template <arithmetic X>
bench::contender dnnl_contender(const problem<X>& p, std::function<void()>& bring_back) {
  const layer& l = p.l;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const auto primitive = dnnl_primitive<X>(l, engine);
  memory x(primitive.src_desc(), engine);
  memory w(primitive.weights_desc(), engine);
  memory y(primitive.dst_desc(), engine);
  memory plain_x({x_dims(l), dnnl_types<X>::x(), memory::format_tag::nhwc}, engine, p.x.get());
  memory plain_w({w_dims(l), dnnl_types<X>::w(), w_strides(l)}, engine, p.w.get());
  memory plain_y({y_dims(l), dnnl_types<X>::y(), memory::format_tag::nhwc}, engine, p.y.get());
  reorder(plain_x, x, engine);
  reorder(plain_w, w, engine);
  // The bias of an int8 convolution is scaled with the sums.
  const auto scaled = std::make_shared<std::vector<float>>(p.bias.get(), p.bias.get() + l.f);
  if (X == arithmetic::u8s8) {
    for (float& b : *scaled) b /= scale;
  }
  const std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, x},
      {DNNL_ARG_WEIGHTS, w},
      {DNNL_ARG_BIAS, memory(bias_desc(l), engine, scaled->data())},
      {DNNL_ARG_DST, y}};
  bring_back = [=]() mutable { reorder(y, plain_y, engine); };
  const auto* v = dnnl_version();
  const std::string version =
      std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  return {"oneDNN",
          version,
          [arguments,
           scaled,
           stream = dnnl::stream(engine),
           convolution = dnnl::convolution_forward(primitive)] {
            dnnl::stream s = stream;
            convolution.execute(s, arguments);
            s.wait();
          }};
}
#endif

constexpr kiln::tensor::dtype peak_of(arithmetic x) {
  using kiln::tensor::dtype;
  return x == arithmetic::f32 ? dtype::f32 : x == arithmetic::bf16 ? dtype::bf16 : dtype::u8;
}

template <arithmetic X, layer L>
void compare(const bench::options& o) {
  const std::string name = L.name() + "/" + numbers<X>::name + "+bias+relu";
  if (!o.wants(name)) return;
  const problem<X> p(L);
  std::vector<bench::contender> contenders{kiln_kernel<X, L, runs_on_tiles<X, L>()>(p)};
  if constexpr (runs_on_tiles<X, L>()) contenders.push_back(kiln_kernel<X, L, false>(p));
  for (const auto& c : contenders) p.verify(c);
#ifdef KILN_HAVE_DNNL
  std::function<void()> bring_back;
  contenders.push_back(dnnl_contender(p, bring_back));
  p.verify({contenders.back().impl, "", [&] {
              contenders.back().run();
              bring_back();
            }});
#endif
  bench::record(o,
                {.name = name,
                 .dtype = numbers<X>::name,
                 .batch = 1,
                 .threads = 1,
                 .flops = L.flops(),
                 .peak_of = peak_of(X)},
                contenders);
}

template <arithmetic X>
void resnet50(const bench::options& o) {
  compare<X, layer{224, 3, 64, 7, 2, 3}>(o);
  compare<X, layer{56, 64, 64, 1, 1, 0}>(o);
  compare<X, layer{56, 64, 64, 3, 1, 1}>(o);
  compare<X, layer{56, 64, 256, 1, 1, 0}>(o);
  compare<X, layer{56, 256, 64, 1, 1, 0}>(o);
  compare<X, layer{56, 256, 128, 1, 1, 0}>(o);
  compare<X, layer{56, 128, 128, 3, 2, 1}>(o);
  compare<X, layer{28, 128, 512, 1, 1, 0}>(o);
  compare<X, layer{56, 256, 512, 1, 2, 0}>(o);
  compare<X, layer{28, 512, 128, 1, 1, 0}>(o);
  compare<X, layer{28, 128, 128, 3, 1, 1}>(o);
  compare<X, layer{28, 512, 256, 1, 1, 0}>(o);
  compare<X, layer{28, 256, 256, 3, 2, 1}>(o);
  compare<X, layer{14, 256, 1024, 1, 1, 0}>(o);
  compare<X, layer{28, 512, 1024, 1, 2, 0}>(o);
  compare<X, layer{14, 1024, 256, 1, 1, 0}>(o);
  compare<X, layer{14, 256, 256, 3, 1, 1}>(o);
  compare<X, layer{14, 1024, 512, 1, 1, 0}>(o);
  compare<X, layer{14, 512, 512, 3, 2, 1}>(o);
  compare<X, layer{7, 512, 2048, 1, 1, 0}>(o);
  compare<X, layer{14, 1024, 2048, 1, 2, 0}>(o);
  compare<X, layer{7, 2048, 512, 1, 1, 0}>(o);
  compare<X, layer{7, 512, 512, 3, 1, 1}>(o);
}

template <arithmetic X>
void depthwise(const bench::options& o) {
  compare<X, layer{112, 32, 32, 3, 1, 1, true}>(o);
  compare<X, layer{112, 64, 64, 3, 2, 0, true}>(o);
  compare<X, layer{56, 128, 128, 3, 1, 1, true}>(o);
  compare<X, layer{56, 128, 128, 3, 2, 0, true}>(o);
  compare<X, layer{28, 256, 256, 3, 1, 1, true}>(o);
  compare<X, layer{28, 256, 256, 3, 2, 0, true}>(o);
  compare<X, layer{14, 512, 512, 3, 1, 1, true}>(o);
  compare<X, layer{14, 512, 512, 3, 2, 0, true}>(o);
  compare<X, layer{7, 1024, 1024, 3, 1, 1, true}>(o);
}

}  // namespace

int main(int argc, char** argv) {
  bench::use_threads(1, argv);
  const auto o = bench::parse(argc, argv);
  if (kiln::core::native.tiles) simd::require_tiles();
  depthwise<arithmetic::f32>(o);
  resnet50<arithmetic::f32>(o);
  resnet50<arithmetic::bf16>(o);
  resnet50<arithmetic::u8s8>(o);
  return 0;
}
