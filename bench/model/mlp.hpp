// SPDX-License-Identifier: MIT
// The nets that are measured: in words for the peers, as expressions for kiln.
#pragma once

#include <kiln/kiln.hpp>
#include <kiln/runtime/thread_pool.hpp>
#include <kiln/tensor/memory.hpp>

#include <boost/hana/integral_constant.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace bench {

using kiln::tensor::dtype;

/// Layers x w + b, a relu behind each, behind the last one what `last` says.
struct mlp final {
  enum class function { none, relu, sigmoid };

  std::string name;
  int batch = 1;
  std::vector<int> widths;  // of the input, then of every layer
  function last = function::relu;
  /// Of activations: f32; bf16, then weights are bf16 too and biases f32; or u8, then weights are
  /// s8, sums s32 and each column has a scale.
  dtype element = dtype::f32;

  [[nodiscard]] std::size_t layers() const { return widths.size() - 1; }
  [[nodiscard]] function behind(std::size_t layer) const {
    return layer + 1 < layers() ? function::relu : last;
  }
  [[nodiscard]] double flops() const {
    double sum = 0;
    for (std::size_t i = 0; i < layers(); ++i) sum += 2.0 * batch * widths[i] * widths[i + 1];
    return sum;
  }
};

/// Weights "w1", "b1", "w2", ...; w is k x n, row after row. Of integers also "s1", ...: what
/// leaves a layer is function(sums * s + b), rounded.
using named_weights = std::map<std::string, kiln::tensor::memory>;

namespace detail {

using boost::hana::int_c;

/// "w1" from 'w' and 1.
template <char Letter, int Layer>
constexpr kiln::core::fixed_string<3> tag() {
  return {{Letter, static_cast<char>('0' + Layer), '\0'}};
}

template <mlp::function F, class X>
constexpr auto followed(const X& x) {
  if constexpr (F == mlp::function::relu) {
    return kiln::relu(x);
  } else if constexpr (F == mlp::function::sigmoid) {
    return kiln::sigmoid(x);
  } else {
    return x;
  }
}

/// The layer with this number.
template <dtype Element, mlp::function F, int Layer>
struct numbered final {
  template <int K, int N, class X>
  static constexpr auto apply(const X& x) {
    constexpr dtype weight = Element == dtype::u8 ? dtype::s8 : Element;
    const auto sums = kiln::matmul(x, kiln::weight<tag<'w', Layer>(), weight>(int_c<K>, int_c<N>));
    const auto bias = kiln::weight<tag<'b', Layer>(), kiln::f32>(int_c<N>);
    if constexpr (Element == dtype::u8) {
      // In units of the element: a sigmoid's results are counted in 255ths.
      const auto scale = kiln::weight<tag<'s', Layer>(), kiln::f32>(int_c<N>);
      const auto y = followed<F>(kiln::cast<kiln::f32>(sums) * scale + bias);
      if constexpr (F == mlp::function::sigmoid) {
        return kiln::cast<Element>(y * 255.0F);
      } else {
        return kiln::cast<Element>(y);
      }
    } else if constexpr (Element == dtype::bf16) {
      return kiln::cast<Element>(followed<F>(sums + bias));
    } else {
      return followed<F>(sums + bias);
    }
  }
};

/// That layer and those behind it.
template <dtype Element, mlp::function Last, int Layer>
struct layers_from final {
  template <int K, int N, int... Rest, class X>
  static constexpr auto apply(const X& x) {
    if constexpr (sizeof...(Rest) == 0) {
      return numbered<Element, Last, Layer>::template apply<K, N>(x);
    } else {
      using first = numbered<Element, mlp::function::relu, Layer>;
      return layers_from<Element, Last, Layer + 1>::template apply<N, Rest...>(
          first::template apply<K, N>(x));
    }
  }
};

}  // namespace detail

template <dtype Element, mlp::function Last, int Batch, int K, int... Widths>
inline constexpr auto mlp_expression =
    detail::layers_from<Element, Last, 1>::template apply<K, Widths...>(
        kiln::input<"x", Element>(boost::hana::int_c<Batch>, boost::hana::int_c<K>));

/// Reads 8 x 8 pictures of digits; the net of examples/digits.
template <dtype Element, int Batch>
struct digits final {
  static constexpr auto& expression =
      mlp_expression<Element, mlp::function::none, Batch, 64, 64, 10>;
};
inline mlp describe_digits(int batch, dtype element = dtype::f32) {
  return {"digits", batch, {64, 64, 10}, mlp::function::none, element};
}

/// The bottom layers of a recommender.
template <dtype Element, int Batch>
struct mlp_1 final {
  static constexpr auto& expression =
      mlp_expression<Element, mlp::function::relu, Batch, 13, 512, 256, 128>;
};
inline mlp describe_mlp_1(int batch, dtype element = dtype::f32) {
  return {"mlp_1", batch, {13, 512, 256, 128}, mlp::function::relu, element};
}

/// Its top layers.
template <dtype Element, int Batch>
struct mlp_2 final {
  static constexpr auto& expression =
      mlp_expression<Element, mlp::function::sigmoid, Batch, 479, 1024, 1024, 512, 256, 1>;
};
inline mlp describe_mlp_2(int batch, dtype element = dtype::f32) {
  return {"mlp_2", batch, {479, 1024, 1024, 512, 256, 1}, mlp::function::sigmoid, element};
}

/// kiln's net of a model.
template <class Model>
using net_of = kiln::compile<Model::expression>;

/// A net of kiln, ready to run on one input and one output, alone or with a pool's threads.
template <class Net, dtype Element = dtype::f32>
class bound_net final {
 public:
  template <class Source>
  bound_net(const Source& named, const void* x, void* y)
      : weights_(named),
        context_(weights_),
        arguments_(x_of(x), y_of(y)) {}
  template <class Source>
  bound_net(const Source& named, const void* x, void* y, kiln::thread_pool& pool)
      : weights_(named),
        context_(weights_, pool),
        arguments_(x_of(x), y_of(y)) {}
  bound_net(const bound_net&) = delete;
  bound_net& operator=(const bound_net&) = delete;
  ~bound_net() = default;

  void run() noexcept { context_.run(arguments_); }

 private:
  using element = kiln::codegen::element_t<Element>;

  static auto x_of(const void* x) {
    return Net::template view<"x">(static_cast<const element*>(x));
  }
  static auto y_of(void* y) { return Net::template view<"y">(static_cast<element*>(y)); }

  typename Net::weights weights_;
  typename Net::context context_;
  typename Net::arguments arguments_;
};

}  // namespace bench
