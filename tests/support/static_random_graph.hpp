// SPDX-License-Identifier: MIT
// Random graphs as constants: small nets of all kinds of operators, to be compiled and run.
#pragma once

#include <array>
#include <cstdint>
#include <support/graph_builder.hpp>

namespace kiln::test {

namespace detail {

/// Builds one graph; every step looks at the type of the node that it goes on from.
class static_graph_maker final {
 public:
  static constexpr std::size_t capacity = 48;

  constexpr explicit static_graph_maker(std::uint64_t seed)
      : state_(seed * 0x9e3779b97f4a7c15U + 77U) {}

  constexpr graph::graph<capacity> make() {
    const bool image = one_in(4);
    int last = image ? add_image() : add_matrix();
    const int steps = from(3, 7);
    for (int i = 0; i < steps; ++i) {
      if (one_in(4)) kept_ = last;
      last = step(last);
    }
    b_.output(last, "y0");
    if (kept_ >= 0 && kept_ != last && one_in(2)) b_.output(kept_, "y1");
    return b_.build();
  }

 private:
  using type = tensor::tensor_type;

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  constexpr int from(int lo, int hi) {
    return lo + static_cast<int>(next() % static_cast<std::uint64_t>(hi - lo + 1));
  }
  constexpr bool one_in(int n) { return from(1, n) == 1; }
  constexpr int extent() {
    constexpr std::array<int, 8> usual{1, 2, 5, 8, 16, 17, 33, 70};
    return usual[static_cast<std::size_t>(from(0, 7))];
  }
  constexpr const type& type_of(int i) const { return b_.build()[i].type; }

  static constexpr std::string_view names[] = {
      "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"};
  constexpr int source(const type& t) {
    const std::string_view name = names[sources_++];
    return one_in(3) ? b_.input(name, t) : b_.weight(name, t);
  }
  constexpr int add_matrix() {
    type t = tensor::static_type(f32, extent(), extent());
    if (one_in(4)) t = tensor::static_type(f32, from(2, 3), t[0].factor, t[1].factor);
    return b_.input(names[sources_++], t);
  }
  constexpr int add_image() {
    return b_.input(names[sources_++],
                    tensor::static_type(f32, from(1, 2), from(4, 7), 5, from(1, 5)));
  }

  constexpr int step(int x) {
    const type& t = type_of(x);
    if (sources_ > 12) return activation(x);
    if (t.rank == 4) return image_step(x);
    switch (from(0, t.rank >= 2 ? 9 : 3)) {
      case 0:
      case 1:
        return activation(x);
      case 2:
      case 3:
        return binary(x);
      case 4:
      case 5:
      case 6:
        return product(x);
      case 7:
        return row(x);
      case 8:
        return movement(x);
      default:
        return reduction(x);
    }
  }

  constexpr int activation(int x) {
    switch (from(0, 9)) {
      case 0:
        return b_.add<op::relu_op>({x});
      case 1:
        return b_.add<op::tanh_op>({x});
      case 2:
        return b_.add<op::sigmoid_op>({x});
      case 3:
        return b_.add<op::gelu_erf_op>({x});
      case 4:
        return b_.add<op::gelu_tanh_op>({x});
      case 5:
        return b_.add<op::abs_op>({x});
      case 6:
        return b_.add<op::hardswish_op>({x});
      case 7:
        return b_.add<op::clip_op>({x, b_.constant(-1), b_.constant(0.75F)});
      case 8:
        return b_.add<op::leaky_relu_op>({x, b_.constant(0.125F)});
      default:
        return b_.add<op::mish_op>({x});
    }
  }
  /// A scalar, a row, a column, a full tensor, or a node made before.
  constexpr int operand_for(int x) {
    type t = type_of(x);
    const int kind = from(0, 4);
    if (kind == 0) return b_.constant(0.5F);
    if (kind == 1) return source({f32, 1, {t.back()}});
    if (kind == 2) t[t.rank - 1] = {};
    if (kind == 3 && kept_ >= 0 && type_of(kept_) == t) return kept_;
    return source(t);
  }
  constexpr int binary(int x) {
    const int other = operand_for(x);
    switch (from(0, 4)) {
      case 0:
        return b_.add<op::add_op>({x, other});
      case 1:
        return b_.add<op::sub_op>({other, x});
      case 2:
        return b_.add<op::mul_op>({x, other});
      case 3:
        return b_.add<op::max_op>({x, other});
      default:
        return b_.add<op::min_op>({other, x});
    }
  }
  constexpr int product(int x) {
    const type& t = type_of(x);
    op::matmul_op::attributes at{};
    at.transpose_a = one_in(5) ? 1 : 0;
    at.transpose_b = one_in(3) ? 1 : 0;
    const tensor::dim k = t.back(at.transpose_a), n{extent()};
    type w{f32, 2, {k, n}};
    if (t.rank == 3 && one_in(3)) w = {f32, 3, {t[0], k, n}};
    if (at.transpose_b != 0) {
      w[w.rank - 2] = n;
      w[w.rank - 1] = k;
    }
    const int y = b_.add<op::matmul_op>({x, source(w)}, at);
    // Keeps the numbers near one.
    return b_.add<op::mul_op>({y, b_.constant(1.0F / static_cast<float>(k.factor))});
  }
  constexpr int row(int x) {
    const type& t = type_of(x);
    const type c{f32, 1, {t.back()}};
    switch (from(0, 3)) {
      case 0:
        return b_.add<op::softmax_op>({x}, {from(0, t.rank - 1)});
      case 1:
        return b_.add<op::log_softmax_op>({x}, {t.rank - 1});
      case 2:
        return b_.add<op::layer_norm_op>({x, source(c), source(c), b_.constant(0.5F)});
      default:
        return b_.add<op::rms_norm_op>({x, source(c), b_.constant(0.5F)});
    }
  }
  constexpr int reduction(int x) {
    const op::reduction_attributes at{from(1, (1 << type_of(x).rank) - 1), 1};
    switch (from(0, 3)) {
      case 0:
        return b_.add<op::reduce_max_op>({x}, at);
      case 1:
        return b_.add<op::reduce_mean_op>({x}, at);
      case 2:
        return b_.add<op::reduce_l2_op>({x}, at);
      default:
        return b_.add<op::reduce_min_op>({x}, at);
    }
  }
  constexpr int movement(int x) {
    const type t = type_of(x);
    const int axis = from(0, t.rank - 1);
    switch (from(0, 3)) {
      case 0: {
        op::transpose_op::attributes at{};
        for (int i = 0; i < t.rank; ++i) at.order[static_cast<std::size_t>(i)] = i;
        at.order[static_cast<std::size_t>(t.rank - 2)] = t.rank - 1;
        at.order[static_cast<std::size_t>(t.rank - 1)] = t.rank - 2;
        return b_.add<op::transpose_op>({x}, at);
      }
      case 1:
        return b_.add<op::slice_op>({x}, {axis, t[axis].factor / 3, t[axis].factor, from(1, 2)});
      case 2:
        return b_.add<op::concat_op>({x, source(t)}, {axis});
      default:
        return b_.reshape(x, {f32, 2, {t[0], {t.elems().factor / t[0].factor}}});
    }
  }
  constexpr int image_step(int x) {
    const type t = type_of(x);
    if (one_in(3)) return activation(x);
    const int r = from(1, 3), s = from(1, 3);
    if (t[1].factor < r || t[2].factor < s || one_in(4)) {
      return b_.reshape(x, {f32, 2, {t[0], {t.elems().factor / t[0].factor}}});
    }
    if (one_in(3)) {
      const op::pooling_attributes at{r, s, from(1, 2), 1, r - 1, 0, 0, s - 1, from(0, 1)};
      return one_in(2) ? b_.add<op::max_pool_op>({x}, at) : b_.add<op::avg_pool_op>({x}, at);
    }
    op::conv2d_op::attributes at{};
    at.stride_h = from(1, 2);
    at.left = s - 1;
    const int c = t[3].factor;
    if (one_in(3)) at.groups = c;
    const int f = at.groups * from(1, 4);
    const int y =
        b_.add<op::conv2d_op>({x, source(tensor::static_type(f32, r, s, c / at.groups, f))}, at);
    return b_.add<op::mul_op>({y, b_.constant(0.25F)});
  }

  graph_builder<capacity> b_{};
  std::uint64_t state_;
  std::size_t sources_ = 0;
  int kept_ = -1;
};

}  // namespace detail

/// The graph of a seed, as a constant: matrices or images of 3 to 7 operators, with all tails.
constexpr graph::graph<48> static_random_graph(std::uint64_t seed) {
  return detail::static_graph_maker(seed).make();
}

}  // namespace kiln::test
