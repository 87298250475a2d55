// SPDX-License-Identifier: MIT
// Random graphs as values, with inputs that keep their operators in range; one seed, one graph.
#pragma once

#include <kiln/reference/interpret_graph.hpp>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <support/random_source.hpp>
#include <vector>

namespace kiln::test {

/// What random graphs may contain.
struct graph_options final {
  int operators = 14;     // at most
  bool dynamic = true;    // extents with symbols, in one graph of three
  bool user_maps = true;  // map nodes with a callable
  bool casts = false;     // f16 and bf16 in between
  bool convolutions = true;
};

namespace detail {

using graph_value = graph::graph<64>;

/// Names live as long as the program.
inline std::string_view stable_name(char prefix, int i) {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const char p : {'x', 'w', 'p', 'y'}) {
      for (int k = 0; k < 64; ++k) all.push_back(p + std::to_string(k));
    }
    return all;
  }();
  const std::size_t row = std::string_view("xwpy").find(prefix);
  return names[row * 64 + static_cast<std::size_t>(i)];
}

inline const std::vector<float>& table_values() {
  static const std::vector<float> values = [] {
    std::vector<float> v;
    random_source random(7);
    for (int i = 0; i < 4096; ++i) v.push_back(random.between(-1, 1));
    return v;
  }();
  return values;
}

inline double user_function(const void*, const double* x) { return x[0] * std::fabs(x[0]) + 0.25; }
inline double user_function_of_two(const void*, const double* x) { return x[0] * x[1] - x[0]; }

class graph_maker final {
 public:
  graph_maker(std::uint64_t seed, const graph_options& options)
      : random_(seed),
        options_(options) {}

  graph_value make() {
    if (options_.dynamic && random_.one_in(3)) {
      g_.symbols[0] = {"batch", 5};
      g_.symbol_count = 1;
      if (random_.one_in(3)) {
        g_.symbols[1] = {"steps", 4};
        g_.symbol_count = 2;
      }
    }
    const int inputs = random_.from(1, 3);
    for (int i = 0; i < inputs; ++i) add_input();
    anchor_symbols();
    const int wanted = random_.from(1, options_.operators);
    for (int i = 0; i < wanted && g_.size < 50; ++i) add_operator();
    choose_outputs();
    return g_;
  }

 private:
  using type = kiln::tensor::tensor_type;

  // Every symbol appears alone in an input, so that extents of inputs give its value.
  void anchor_symbols() {
    for (int s = 0; s < g_.symbol_count; ++s) {
      bool found = false;
      for (int i = 0; i < g_.size; ++i) {
        for (int axis = 0; axis < g_[i].type.rank; ++axis) {
          found = found || g_[i].type[axis] == symbolic(s);
        }
      }
      if (found) continue;
      type t = kiln::tensor::static_type(f32, 1, random_.from(2, 5));
      t[0] = symbolic(s);
      push_source(op::kind_of<op::input_op>, t, 'x');
    }
  }

  static kiln::tensor::dim symbolic(int s) { return {1, kiln::tensor::product_of(s)}; }

  int push(graph::node n, double scale) {
    scale_.push_back(scale);
    return g_.push(n);
  }

  int push_source(op::kind kind, const type& t, char prefix) {
    graph::node n{};
    n.kind = kind;
    n.type = t;
    n.name = stable_name(prefix, prefix == 'x' ? inputs_ : weights_);
    n.slot = static_cast<std::int16_t>(prefix == 'x' ? inputs_++ : weights_++);
    return push(n, prefix == 'p' ? 1.5 : 1);
  }

  /// A weight, or sometimes an array constant, of that type; dynamic ones can only be inputs.
  int parameter(const type& t, bool positive = false) {
    for (int i = 0; i < t.rank; ++i) {
      if (!t[i].is_static()) return push_source(op::kind_of<op::input_op>, t, 'x');
    }
    if (!positive && t.rank >= 1 && t.rank <= 2 && random_.one_in(6)) {
      graph::node n{};
      n.kind = op::kind_of<op::table_op>;
      n.type = t;
      n.table = table_values().data() + random_.from(0, 512);
      n.slot = tables_++;
      return push(n, 1);
    }
    return push_source(op::kind_of<op::weight_op>, t, positive ? 'p' : 'w');
  }

  int constant(float value) {
    graph::node n{};
    n.kind = op::kind_of<op::constant_op>;
    n.value = value;
    return push(n, std::fabs(static_cast<double>(value)));
  }

  void add_input() {
    type t{};
    t.rank = static_cast<std::int8_t>(random_.from(0, 9) == 0 ? 0 : random_.from(1, 4));
    for (int i = 0; i < t.rank; ++i) t[i].factor = random_.one_in(6) ? 1 : random_.from(2, 6);
    if (t.rank > 0 && g_.symbol_count > 0 && !random_.one_in(4)) {
      const int axis = random_.one_in(3) ? random_.from(0, t.rank - 1) : 0;
      t[axis] = symbolic(random_.from(0, g_.symbol_count - 1));
    }
    push_source(op::kind_of<op::input_op>, t, 'x');
  }

  /// A node to work on; late ones more often, so that chains grow.
  int pick() {
    const int a = random_.from(0, g_.size - 1);
    const int b = random_.from(0, g_.size - 1);
    return random_.one_in(2) ? std::max(a, b) : a;
  }
  /// The first of several tries that the predicate likes, else -1.
  template <class Predicate>
  int pick_where(Predicate good) {
    for (int i = 0; i < 12; ++i) {
      const int candidate = pick();
      if (good(g_[candidate].type)) return candidate;
    }
    return -1;
  }

  /// Appends Op if its shape rule agrees and the result stays small.
  template <class Op>
  int apply(std::initializer_list<int> operands,
            double scale,
            const typename Op::attributes& attributes = {}) {
    std::vector<type> types;
    graph::node n{};
    n.kind = op::kind_of<Op>;
    n.attributes = op::encode(attributes);
    for (const int o : operands) {
      types.push_back(g_[o].type);
      n.operands[static_cast<std::size_t>(n.count++)] = static_cast<std::int16_t>(o);
    }
    const op::inferred r = Op::infer(attributes, {types.data(), static_cast<int>(types.size())});
    if (r.what != op::mistake::none || g_.size >= 62) return -1;
    n.type = r.type;
    const std::int64_t elems = bound_of(n.type.elems(), g_.symbols);
    if (n.type.elems().factor < 0 || elems > 4000 || !(scale < 1e6)) return -1;
    return push(n, scale);
  }

  /// Appends one of several operators with the same attributes.
  template <class First, class... Others>
  int apply_one_of(std::initializer_list<int> operands,
                   double scale,
                   const typename First::attributes& attributes = {}) {
    int left = random_.from(0, static_cast<int>(sizeof...(Others)));
    int result = -1;
    const auto attempt = [&]<class Op>(Op*) {
      if (left-- == 0) result = apply<Op>(operands, scale, attributes);
    };
    attempt(static_cast<First*>(nullptr));
    (attempt(static_cast<Others*>(nullptr)), ...);
    return result;
  }

  double scale(int node) const { return scale_[static_cast<std::size_t>(node)]; }

  void add_operator() {
    switch (random_.from(0, options_.convolutions ? 12 : 10)) {
      case 0:
      case 1:
        return add_unary();
      case 2:
        return add_parametric();
      case 3:
      case 4:
      case 5:
        return add_binary();
      case 6:
        return add_matmul();
      case 7:
        return add_reduction();
      case 8:
        return add_row();
      case 9:
        return add_movement();
      case 10:
        return add_oddity();
      default:
        return add_window();
    }
  }

  /// |x| + 1/2: for operators that want positive numbers.
  int positive(int x) {
    const int size = apply<op::abs_op>({x}, scale(x));
    return size < 0 ? -1 : apply<op::add_op>({size, constant(0.5F)}, scale(x) + 0.5);
  }

  void add_unary() {
    const int x = pick();
    const double s = scale(x);
    switch (random_.from(0, 9)) {
      case 0:
        apply_one_of<op::tanh_op, op::erf_op, op::sigmoid_op>({x}, 1);
        break;
      case 1:
      case 2:
        apply_one_of<op::relu_op, op::abs_op, op::negate_op, op::hardswish_op>({x}, s);
        break;
      case 3:
      case 4:
        apply_one_of<op::gelu_erf_op, op::gelu_tanh_op, op::mish_op>({x}, s);
        break;
      case 5:
        apply_one_of<op::softplus_op, op::round_op, op::floor_op, op::ceil_op>({x}, s + 1);
        break;
      case 6:
        if (const int p = positive(x); p >= 0) {
          apply_one_of<op::sqrt_op, op::rsqrt_op, op::log_op, op::reciprocal_op>({p}, s + 2);
        }
        break;
      case 7:
        apply_one_of<op::exp_op, op::exp2_op>({x}, std::exp(s));
        break;
      case 8:
        apply<op::square_op>({x}, s * s);
        break;
      default:
        add_map(x);
        break;
    }
  }

  void add_map(int x) {
    if (!options_.user_maps || g_[x].type.rank == 0) return;
    const int y = random_.one_in(2) ? x : -1;
    const double s = scale(x);
    const int n = y < 0 ? apply<op::map_op>({x}, s * s + 1) : apply<op::map_op>({x, y}, s * s + s);
    if (n < 0) return;
    g_[n].user.call = y < 0 ? &user_function : &user_function_of_two;
    g_[n].slot = callables_++;
  }

  void add_parametric() {
    const int x = pick();
    const double s = scale(x);
    const auto number = [this](float lo, float hi) { return constant(random_.between(lo, hi)); };
    switch (random_.from(0, 8)) {
      case 0:
        apply<op::leaky_relu_op>({x, number(0, 0.5F)}, s);
        break;
      case 1:
        apply<op::elu_op>({x, number(0.5F, 1.5F)}, s + 2);
        break;
      case 2:
        apply<op::linear_op>({x, number(-2, 2), number(-1, 1)}, 2 * s + 1);
        break;
      case 3:
        apply<op::swish_op>({x, number(0.5F, 2)}, s);
        break;
      case 4:
        apply<op::clip_op>({x, number(-1, 0), number(0, 1)}, 1);
        break;
      case 5:
        apply<op::hardsigmoid_op>({x, number(0.1F, 0.3F), number(0.4F, 0.6F)}, 1);
        break;
      case 6:
        apply<op::prelu_op>({x, like(x)}, s);
        break;
      case 7:
        if (const int p = positive(x); p >= 0) {
          apply<op::pow_op>({p, number(-1, 2)}, (s + 1) * (s + 1));
        }
        break;
      default:
        add_batch_norm(x);
        break;
    }
  }

  void add_batch_norm(int x) {
    const type& t = g_[x].type;
    if (t.rank == 0 || !t.back().is_static()) return;
    const type c{f32, 1, {t.back()}};
    const int gamma = parameter(c), beta = parameter(c), mean = parameter(c);
    const int variance = parameter(c, true);
    apply<op::batch_norm_op>({x, gamma, beta, mean, variance, constant(1e-5F)},
                             2 * (scale(x) + 1) + 1);
  }

  /// An operand that broadcasts to node x: scalar, some axes 1, fewer axes, or full.
  int like(int x) {
    type t = g_[x].type;
    if (random_.one_in(4)) return constant(random_.between(-2, 2));
    const int drop = random_.one_in(2) ? random_.from(0, t.rank) : 0;
    type r{f32, static_cast<std::int8_t>(t.rank - drop), {}};
    for (int i = 0; i < r.rank; ++i) {
      if (!random_.one_in(3)) r[i] = t[i + drop];
    }
    for (int i = 0; i < g_.size; ++i) {
      if (g_[i].type.same_shape(r) && random_.one_in(2)) return i;
    }
    return parameter(r);
  }

  void add_binary() {
    const int a = pick();
    const int b = random_.one_in(3) ? pick() : like(a);
    const bool swapped = random_.one_in(3);
    const int x = swapped ? b : a;
    const int y = swapped ? a : b;
    const double s = scale(a) + scale(b);
    switch (random_.from(0, 5)) {
      case 0:
        apply<op::mul_op>({x, y}, scale(a) * scale(b));
        break;
      case 1:
        if (const int p = positive(y); p >= 0) apply<op::div_op>({x, p}, 2 * scale(x));
        break;
      case 2:
        apply_one_of<op::equal_op,
                     op::not_equal_op,
                     op::less_op,
                     op::less_equal_op,
                     op::greater_op,
                     op::greater_equal_op>({x, y}, 1);
        break;
      case 3:
        add_select(x, y);
        break;
      default:
        apply_one_of<op::add_op, op::sub_op, op::max_op, op::min_op, op::add_op>({x, y}, s);
        break;
    }
  }

  void add_select(int a, int b) {
    const int condition = apply<op::greater_op>({a, b}, 1);
    if (condition >= 0) apply<op::select_op>({condition, a, b}, scale(a) + scale(b));
  }

  void add_matmul() {
    const int x = pick_where([](const type& t) { return t.rank >= 2; });
    if (x < 0) return;
    op::matmul_op::attributes at{};
    at.transpose_a = random_.one_in(4) ? 1 : 0;
    at.transpose_b = random_.one_in(3) ? 1 : 0;
    const type& a = g_[x].type;
    const auto k = a.back(at.transpose_a != 0 ? 1 : 0);
    const double growth = static_cast<double>(bound_of(k, g_.symbols)) * scale(x);
    if (random_.one_in(6) && at.transpose_a == 0) {  // x x^T
      at.transpose_b = 1;
      apply<op::matmul_op>({x, x}, growth * scale(x), at);
      return;
    }
    type w = a;
    if (random_.one_in(2)) {  // no batch axes
      w.rank = 2;
    } else if (w.rank > 2 && random_.one_in(3)) {
      w[0] = {};
    }
    const kiln::tensor::dim n{random_.from(1, 7)};
    w[w.rank - 2] = at.transpose_b != 0 ? n : k;
    w[w.rank - 1] = at.transpose_b != 0 ? k : n;
    for (int i = w.rank; i < kiln::tensor::max_rank; ++i) w[i] = {};
    const int product = apply<op::matmul_op>({x, parameter(w)}, growth, at);
    if (product < 0 || random_.one_in(3)) return;
    const int sum = apply<op::add_op>({product, like(product)}, growth + 2);
    if (sum >= 0 && random_.one_in(2)) apply<op::relu_op>({sum}, growth + 2);
  }

  void add_reduction() {
    const int x = pick_where([](const type& t) { return t.rank >= 1; });
    if (x < 0) return;
    const int rank = g_[x].type.rank;
    const op::reduction_attributes at{random_.from(1, (1 << rank) - 1), random_.from(0, 1)};
    std::int64_t count = 1;
    for (int i = 0; i < rank; ++i) count *= at.has(i) ? bound_of(g_[x].type[i], g_.symbols) : 1;
    const double s = scale(x);
    if (random_.one_in(6)) {
      apply<op::reduce_prod_op>({x}, std::pow(s, static_cast<double>(count)), at);
    } else if (random_.one_in(2)) {
      apply_one_of<op::reduce_mean_op, op::reduce_max_op, op::reduce_min_op>({x}, s, at);
    } else {
      const double sum = s * static_cast<double>(count);
      apply_one_of<op::reduce_sum_op, op::reduce_l1_op, op::reduce_l2_op>({x}, sum, at);
    }
  }

  void add_row() {
    const int x = pick_where([](const type& t) { return t.rank >= 1; });
    if (x < 0) return;
    const type c{f32, 1, {g_[x].type.back()}};
    const op::axis_attributes axis{random_.one_in(3) ? random_.from(0, g_[x].type.rank - 1)
                                                     : g_[x].type.rank - 1};
    switch (random_.from(0, 3)) {
      case 0:
        apply<op::softmax_op>({x}, 1, axis);
        break;
      case 1:
        apply<op::log_softmax_op>({x}, 2 * scale(x) + 4, axis);
        break;
      case 2:
        apply<op::layer_norm_op>(
            {x, parameter(c), random_.one_in(2) ? constant(0) : parameter(c), constant(1e-3F)}, 8);
        break;
      default:
        apply<op::rms_norm_op>({x, parameter(c), constant(1e-3F)}, 6);
        break;
    }
  }

  void add_movement() {
    const int x = pick_where([](const type& t) { return t.rank >= 1; });
    if (x < 0) return;
    switch (random_.from(0, 3)) {
      case 0:
        return add_transpose(x);
      case 1:
        return add_reshape(x);
      case 2:
        return add_concat(x);
      default:
        return add_slice(x);
    }
  }

  void add_transpose(int x) {
    op::transpose_op::attributes at{};
    const int rank = g_[x].type.rank;
    for (int i = 0; i < rank; ++i) at.order[static_cast<std::size_t>(i)] = i;
    for (int i = rank - 1; i > 0; --i) {
      std::swap(at.order[static_cast<std::size_t>(i)],
                at.order[static_cast<std::size_t>(random_.from(0, i))]);
    }
    const int t = apply<op::transpose_op>({x}, scale(x), at);
    if (t >= 0 && random_.one_in(4)) {  // and back
      op::transpose_op::attributes inverse{};
      for (int i = 0; i < rank; ++i) {
        inverse.order[static_cast<std::size_t>(at.order[static_cast<std::size_t>(i)])] = i;
      }
      apply<op::transpose_op>({t}, scale(x), inverse);
    }
  }

  void add_reshape(int x) {
    const type& from = g_[x].type;
    type to{from.element, 0, {}};
    const int join = from.rank > 1 ? random_.from(0, from.rank - 1) : -1;  // joined with the next
    for (int i = 0; i < from.rank; ++i) {
      if (random_.one_in(5) && to.rank < 4) ++to.rank;  // an axis of 1
      if (i == join && i + 1 < from.rank) {
        to[to.rank++] = from[i] * from[i + 1];
        ++i;
      } else if (from[i].is_static() && from[i].factor % 2 == 0 && random_.one_in(2)) {
        to[to.rank++].factor = 2;
        to[to.rank++].factor = from[i].factor / 2;
      } else {
        to[to.rank++] = from[i];
      }
      if (to.rank > 4) return;
    }
    if (op::reshape_op::check(from, to).what != op::mistake::none) return;
    const int n = apply<op::reshape_op>({x}, scale(x));
    if (n >= 0) g_[n].type = to;
  }

  void add_concat(int x) {
    const op::axis_attributes at{random_.from(0, g_[x].type.rank - 1)};
    type other = g_[x].type;
    if (other[at.axis].is_static()) other[at.axis].factor = random_.from(1, 4);
    const int y = random_.one_in(2) ? x : parameter(other);
    const double s = std::max(scale(x), scale(y));
    if (random_.one_in(2)) {
      apply<op::concat_op>({x, y}, s, at);
    } else {
      apply<op::concat_op>({y, x, x}, s, at);
    }
  }

  void add_slice(int x) {
    const int axis = random_.from(0, g_[x].type.rank - 1);
    const auto& extent = g_[x].type[axis];
    if (!extent.is_static()) return;
    const int begin = random_.from(0, extent.factor - 1);
    const int end = random_.from(begin + 1, extent.factor);
    apply<op::slice_op>({x}, scale(x), {axis, begin, end, random_.from(1, 2)});
  }

  /// What passes look for: identities, equal nodes, and casts where they are wanted.
  void add_oddity() {
    const int x = pick();
    switch (random_.from(0, options_.casts ? 6 : 5)) {
      case 0:
        apply<op::add_op>({x, constant(0)}, scale(x));
        break;
      case 1:
        apply<op::mul_op>({x, constant(1)}, scale(x));
        break;
      case 2:
        apply<op::div_op>({x, constant(random_.one_in(2) ? 4.0F : 3.0F)}, scale(x));
        break;
      case 3:
        if (g_[x].facts().group != op::category::source && g_.size < 60) push(g_[x], scale(x));
        break;
      case 4:
        apply<op::mul_op>({constant(2), constant(random_.between(-1, 1))}, 2);
        break;
      case 5:
        apply<op::sub_op>({x, x}, 0.01 * scale(x));
        break;
      default:
        apply<op::cast_op>({x}, scale(x), op::cast_op::to(random_.one_in(2) ? f16 : bf16));
    }
  }

  void add_window() {
    int x = pick_where([](const type& t) { return t.rank == 4 && t[3].is_static(); });
    if (x < 0) {
      const int h = random_.from(2, 6);
      const int width = random_.from(2, 6);
      type t = kiln::tensor::static_type(f32, 1, h, width, 4);
      if (g_.symbol_count > 0) t[0] = symbolic(0);
      x = parameter(t);
    }
    const int r = random_.from(1, 3), s = random_.from(1, 3);
    const int stride = random_.one_in(3) ? 2 : 1;
    const int top = random_.from(0, r - 1), left = random_.from(0, s - 1);
    if (random_.one_in(3)) {
      const op::pooling_attributes at{
          r, s, stride, stride, top, left, r - 1 - top, s - 1 - left, random_.from(0, 1)};
      if (random_.one_in(2)) {
        apply<op::max_pool_op>({x}, scale(x), at);
      } else {
        apply<op::avg_pool_op>({x}, scale(x), at);
      }
      return;
    }
    const int c = g_[x].type[3].factor;
    const int groups = random_.one_in(3) ? c : c % 2 == 0 && random_.one_in(3) ? 2 : 1;
    const int dilation = random_.one_in(5) ? 2 : 1;
    const int f = groups * random_.from(1, 2);
    op::conv2d_op::attributes at{};
    at.stride_h = at.stride_w = stride;
    at.dilation_h = at.dilation_w = dilation;
    at.top = top;
    at.bottom = r - 1 - top;
    at.left = left;
    at.right = s - 1 - left;
    at.groups = groups;
    const int w = parameter(kiln::tensor::static_type(f32, r, s, c / groups, f));
    apply<op::conv2d_op>({x, w}, scale(x) * r * s * c / groups, at);
  }

  /// Nodes that nobody reads, last first, and now and then one in the middle.
  void choose_outputs() {
    std::vector<bool> read(static_cast<std::size_t>(g_.size));
    for (int i = 0; i < g_.size; ++i) {
      for (int k = 0; k < g_[i].count; ++k) read[static_cast<std::size_t>(g_[i].operand(k))] = true;
    }
    for (int i = g_.size - 1; i >= 0 && g_.output_count < graph::max_outputs; --i) {
      const bool source = g_[i].facts().group == op::category::source;
      const bool wanted =
          read[static_cast<std::size_t>(i)] ? random_.one_in(12) : !source && !random_.one_in(10);
      if (!wanted && !(i == 0 && g_.output_count == 0)) continue;
      g_.outputs[static_cast<std::size_t>(g_.output_count)] = {static_cast<std::int16_t>(i),
                                                               stable_name('y', g_.output_count)};
      ++g_.output_count;
    }
  }

  graph_value g_{};
  std::vector<double> scale_;  // rough greatest size of each node's elements
  random_source random_;
  graph_options options_;
  int inputs_ = 0;
  int weights_ = 0;
  std::int16_t tables_ = 0;
  std::int16_t callables_ = 0;
};

}  // namespace detail

/// The graph of a seed: small shapes, all broadcasts, weights, constants, reuse, several outputs,
/// sometimes dynamic extents; with what passes look for (identities, equal and dead nodes).
///
/// @law  it has an output, and every node's type is what its operator infers
inline graph::graph<64> random_graph(std::uint64_t seed, const graph_options& options = {}) {
  return detail::graph_maker(seed, options).make();
}

/// Inputs for a graph: floats of -1 to 1 with some zeros and halves, 1/2 to 3/2 for weights that
/// have to be positive; symbols from 1 to their bounds.
template <std::size_t N>
reference::inputs random_inputs(const graph::graph<N>& g, std::uint64_t seed) {
  random_source random(seed ^ 0xabcdefU);
  reference::inputs in;
  for (int s = 0; s < g.symbol_count; ++s) {
    const auto i = static_cast<std::size_t>(s);
    in.symbols[i] = random.from(1, g.symbols[i].bound);
  }
  for (int i = 0; i < g.size; ++i) {
    const graph::node& n = g[i];
    if (!n.is<op::input_op>() && !n.is<op::weight_op>()) continue;
    reference::tensor t(reference::extents_of(n.type, in.symbols));
    for (double& x : t.value) {
      const float v = random.between(-1, 1);
      x = static_cast<double>(n.name[0] == 'p' ? 1 + v / 2 : v);
      if (n.name[0] != 'p' && random.one_in(8)) x = std::nearbyint(2 * x) / 2;
    }
    in.tensors.emplace(std::string(n.name), std::move(t));
  }
  return in;
}

}  // namespace kiln::test
