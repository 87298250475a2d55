// SPDX-License-Identifier: MIT
// The digits net as one would write it with Eigen: with fixed sizes and with dynamic ones.
#pragma once

#include <kiln/io/safetensors.hpp>

#include <Eigen/Core>

namespace digits {

/// relu(x w1 + b1) w2 + b2 with matrices of these types.
template <class X, class W1, class W2, class H, class Y>
class eigen_net final {
 public:
  explicit eigen_net(const kiln::io::safetensors& file)
      : w1_(Eigen::Map<const W1>(file.at("w1").values<float>().data(), 64, 64)),
        w2_(Eigen::Map<const W2>(file.at("w2").values<float>().data(), 64, 10)),
        b1_(Eigen::Map<const H>(file.at("b1").values<float>().data(), 1, 64)),
        b2_(Eigen::Map<const Y>(file.at("b2").values<float>().data(), 1, 10)),
        h_(1, 64) {}

  void run(const float* x, float* y) const {
    const Eigen::Map<const X> in(x, 1, 64);
    Eigen::Map<Y> out(y, 1, 10);
    h_.noalias() = in * w1_;
    h_ = (h_ + b1_).cwiseMax(0.0F);
    out.noalias() = h_ * w2_;
    out += b2_;
  }

 private:
  W1 w1_;
  W2 w2_;
  H b1_;
  Y b2_;
  mutable H h_;
};

template <int Rows, int Columns>
using matrix = Eigen::Matrix<float, Rows, Columns, Eigen::RowMajor>;

using fixed_net =
    eigen_net<matrix<1, 64>, matrix<64, 64>, matrix<64, 10>, matrix<1, 64>, matrix<1, 10>>;
using dynamic_row = Eigen::Matrix<float, 1, Eigen::Dynamic, Eigen::RowMajor>;
using dynamic_matrix = matrix<Eigen::Dynamic, Eigen::Dynamic>;
using dynamic_net =
    eigen_net<dynamic_row, dynamic_matrix, dynamic_matrix, dynamic_row, dynamic_row>;

}  // namespace digits
