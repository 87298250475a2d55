// SPDX-License-Identifier: MIT
// The nets that are measured: in words for the peers, as expressions for kiln.
#pragma once

#include <kiln/kiln.hpp>

#include <boost/hana/integral_constant.hpp>

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace bench {

/// Layers x w + b with a relu between two of them, and behind the last one if asked for.
struct mlp final {
  std::string name;
  int batch = 1;
  std::vector<int> widths;  // of the input, then of every layer
  bool relu_at_end = true;

  [[nodiscard]] std::size_t layers() const { return widths.size() - 1; }
  [[nodiscard]] bool has_relu(std::size_t layer) const {
    return relu_at_end || layer + 1 < layers();
  }
  [[nodiscard]] double flops() const {
    double sum = 0;
    for (std::size_t i = 0; i < layers(); ++i) sum += 2.0 * batch * widths[i] * widths[i + 1];
    return sum;
  }
};

/// Weights "w1", "b1", "w2", ...; w is k x n, row after row.
using named_weights = std::map<std::string, std::span<const float>>;

namespace detail {

template <int Batch, int Width>
inline constexpr auto rows_of = kiln::input<"x", kiln::f32>(boost::hana::int_c<Batch>,
                                                            boost::hana::int_c<Width>);

template <kiln::core::fixed_string W, kiln::core::fixed_string B, int K, int N, class X>
constexpr auto linear(const X& x) {
  return kiln::matmul(x, kiln::weight<W, kiln::f32>(boost::hana::int_c<K>, boost::hana::int_c<N>))
         + kiln::weight<B, kiln::f32>(boost::hana::int_c<N>);
}

}  // namespace detail

template <int Batch>
inline constexpr auto digits_expression = detail::linear<"w2", "b2", 64, 10>(
    kiln::relu(detail::linear<"w1", "b1", 64, 64>(detail::rows_of<Batch, 64>)));

template <int Batch>
inline constexpr auto mlp_1_expression =
    kiln::relu(detail::linear<"w3", "b3", 256, 128>(kiln::relu(detail::linear<"w2", "b2", 512, 256>(
        kiln::relu(detail::linear<"w1", "b1", 13, 512>(detail::rows_of<Batch, 13>))))));

/// Reads 8 x 8 pictures of digits; the net of examples/digits.
template <int Batch>
struct digits final {
  using net = kiln::compile<digits_expression<Batch>>;
  static mlp describe() { return {"digits", Batch, {64, 64, 10}, false}; }
};

/// The bottom layers of a recommender.
template <int Batch>
struct mlp_1 final {
  using net = kiln::compile<mlp_1_expression<Batch>>;
  static mlp describe() { return {"mlp_1", Batch, {13, 512, 256, 128}, true}; }
};

/// A net of kiln, ready to run on one input and one output.
template <class Net>
class bound_net final {
 public:
  bound_net(const named_weights& named, const float* x, float* y)
      : weights_(named),
        context_(weights_),
        arguments_(Net::template view<"x">(x), Net::template view<"y">(y)) {}
  bound_net(const bound_net&) = delete;
  bound_net& operator=(const bound_net&) = delete;
  ~bound_net() = default;

  void run() noexcept { context_.run(arguments_); }

 private:
  typename Net::weights weights_;
  typename Net::context context_;
  typename Net::arguments arguments_;
};

}  // namespace bench
