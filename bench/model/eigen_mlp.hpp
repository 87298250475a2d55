// SPDX-License-Identifier: MIT
// A net as one would write it with Eigen: with dynamic sizes, and with fixed ones.
#pragma once

#include <Eigen/Core>

#include <array>
#include <bench/model/mlp_data.hpp>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

inline std::string eigen_version() {
  return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "."
         + std::to_string(EIGEN_MINOR_VERSION);
}

template <int Rows, int Columns>
using eigen_matrix = Eigen::Matrix<float, Rows, Columns, Eigen::RowMajor>;

namespace detail {

inline float* floats(const numbers& x) { return static_cast<float*>(x.data()); }

/// One row is a vector to Eigen, which has a product of its own for it.
template <int Rows>
using eigen_rows = eigen_matrix<Rows, Eigen::Dynamic>;

template <class X, class W, class B, class Y>
KILN_INLINE void eigen_layer(const X& x, const W& w, const B& b, mlp::function f, Y&& y) {
  y.noalias() = x * w;
  if (f == mlp::function::relu) {
    y = (y.rowwise() + b).cwiseMax(0.0F);
  } else if (f == mlp::function::sigmoid) {
    y = (y.rowwise() + b).unaryExpr([](float v) { return 1 / (1 + std::exp(-v)); });
  } else {
    y.rowwise() += b;
  }
}

/// Rows is 1 or Dynamic.
template <int Rows>
class eigen_dynamic final {
 public:
  explicit eigen_dynamic(const mlp_data& d)
      : data_(d) {
    for (std::size_t i = 0; i + 1 < d.model.layers(); ++i) {
      hidden_.emplace_back(d.model.batch, d.model.widths[i + 1]);
    }
  }
  void run() {
    const mlp& m = data_.model;
    const std::size_t last = m.layers() - 1;
    Eigen::Map<eigen_rows<Rows>> y(floats(data_.y), m.batch, m.widths.back());
    layer(0, Eigen::Map<const eigen_rows<Rows>>(floats(data_.x), m.batch, m.widths[0]), hidden_[0]);
    for (std::size_t i = 1; i < last; ++i) layer(i, hidden_[i - 1], hidden_[i]);
    layer(last, hidden_[last - 1], y);
  }

 private:
  template <class X, class Y>
  void layer(std::size_t i, const X& x, Y&& y) const {
    const int k = data_.model.widths[i], n = data_.model.widths[i + 1];
    using matrix = eigen_matrix<Eigen::Dynamic, Eigen::Dynamic>;
    eigen_layer(
        x,
        Eigen::Map<const matrix>(floats(data_.layers[i].w), k, n),
        Eigen::Map<const eigen_matrix<1, Eigen::Dynamic>>(floats(data_.layers[i].bias), 1, n),
        data_.model.behind(i),
        y);
  }

  const mlp_data& data_;
  std::vector<eigen_rows<Rows>> hidden_;
};

/// Two layers of which everything is known to the compiler; the matrices' own memory is aligned.
template <int Batch, int Inputs, int Hidden, int Outputs>
class eigen_fixed final {
 public:
  explicit eigen_fixed(const mlp_data& d)
      : data_(d),
        w1_(floats(d.layers[0].w)),
        w2_(floats(d.layers[1].w)),
        b1_(floats(d.layers[0].bias)),
        b2_(floats(d.layers[1].bias)) {}
  void run() {
    const Eigen::Map<const eigen_matrix<Batch, Inputs>, Eigen::Aligned64> x(floats(data_.x));
    Eigen::Map<eigen_matrix<Batch, Outputs>, Eigen::Aligned64> y(floats(data_.y));
    eigen_layer(x, w1_, b1_, mlp::function::relu, hidden_);
    eigen_layer(hidden_, w2_, b2_, mlp::function::none, y);
  }

 private:
  const mlp_data& data_;
  eigen_matrix<Inputs, Hidden> w1_;
  eigen_matrix<Hidden, Outputs> w2_;
  eigen_matrix<1, Hidden> b1_;
  eigen_matrix<1, Outputs> b2_;
  eigen_matrix<Batch, Hidden> hidden_;
};

template <class Net>
contender eigen_contender(const char* name, const mlp_data& d) {
  auto net = std::make_shared<Net>(d);
  return {name, eigen_version(), [net] { net->run(); }};
}

}  // namespace detail

/// With sizes that Eigen learns at run time.
inline contender eigen_mlp(const mlp_data& d) {
  return d.model.batch == 1
             ? detail::eigen_contender<detail::eigen_dynamic<1>>("Eigen", d)
             : detail::eigen_contender<detail::eigen_dynamic<Eigen::Dynamic>>("Eigen", d);
}

/// With fixed sizes.
template <int Batch, int Inputs, int Hidden, int Outputs>
contender eigen_fixed_mlp(const mlp_data& d) {
  return detail::eigen_contender<detail::eigen_fixed<Batch, Inputs, Hidden, Outputs>>("Eigen fixed",
                                                                                      d);
}

}  // namespace bench
