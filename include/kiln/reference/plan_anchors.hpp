// SPDX-License-Identifier: MIT
// What the anchors of an interpreted plan compute on a slice: the oracle's operators on its
// elements.
#pragma once

#include <kiln/reference/plan_frame.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace kiln::reference {

/// A plan's frame that can evaluate the anchor of a stage.
///
/// @errors  kiln::error: an anchor that does not fit its operator, its operands or its slices
template <std::size_t N, std::size_t G>
class plan_anchors : public plan_frame<N, G> {
 public:
  using frame = plan_frame<N, G>;
  using frame::frame;

 protected:
  using frame::at;
  using frame::axes_to;
  using frame::base_of;
  using frame::empty;
  using frame::fail;
  using frame::g_;
  using frame::gather;
  using frame::memory_;
  using frame::p_;
  using frame::panel_element;
  using frame::panel_start;
  using frame::scatter;
  using frame::symbols_;

  // The anchor's value on the slice; with what its place holds if it accumulates.
  tensor anchor_value(const plan::stage& s, const box& b, const std::vector<int>& axes) {
    tensor out = empty(b, axes);
    evaluate_anchor(s, b, out);
    if (s.accumulate) {
      const tensor before = gather(p_.views[p_.stores[s.first_store].view], b, axes, true);
      for (std::size_t i = 0; i < out.elems(); ++i) {
        out.value[i] = merged(s, before.value[i], out.value[i]);
      }
    }
    return out;
  }
  void evaluate_anchor(const plan::stage& s, const box& b, tensor& out) {
    switch (s.kind) {
      case plan::anchor::matmul:
        return product(s, b, out);
      case plan::anchor::convolution:
        return convolution(s, b, out);
      case plan::anchor::pooling:
        return pooling(s, b, out);
      case plan::anchor::reduction:
        return reduction(s, b, out);
      case plan::anchor::row:
        return row(s, b, out);
      default:
        fail("a stage with an unknown anchor");
    }
  }
  const plan::view& operand(const plan::stage& s, int i) const {
    if (i >= s.operands) fail("an operand is missing");
    return p_.views[s.first_operand + i];
  }
  template <op::category Group, class... Ops, class F>
  void dispatch(core::list<Ops...>, op::kind kind, F f) const {
    const auto call = [&]<class Op>(Op*) {
      if constexpr (Op::group == Group) {
        if (op::kind_of<Op> != kind) return false;
        f(static_cast<Op*>(nullptr));
        return true;
      } else {
        return false;
      }
    };
    if (!(call(static_cast<Ops*>(nullptr)) || ...)) fail("an anchor of another kind of operator");
  }

  void product(const plan::stage& s, const box& b, tensor& out) {
    const int batch = s.rank - 3;
    std::vector<int> a_axes = axes_to(batch), b_axes = a_axes;
    a_axes.insert(a_axes.end(), {batch, batch + 2});
    b_axes.insert(b_axes.end(), {batch + 2, batch + 1});
    const bool grouped = s.operation == op::kind_of<op::grouped_matmul_op>;
    const tensor right = grouped ? grouped_side(s, b) : gather(operand(s, 1), b, b_axes, false);
    matmul({}, gather(operand(s, 0), b, a_axes, false), right, out);
    // What rounding the sum of a product may add is no part of its value.
    std::fill(out.bound.begin(), out.bound.end(), 0.0);
  }
  // The columns of a grouped product's weights that a slice needs, of all k.
  tensor grouped_side(const plan::stage& s, const box& b) {
    const auto at_node = g_[s.node].template attributes_of<op::grouped_matmul_op>();
    const std::size_t k = at(s.rank - 1);
    const auto part = [&](int i, std::int64_t rows) {
      box of_part = b;
      of_part.extent[k] = rows;
      return gather(operand(s, i), of_part, {s.rank - 1, s.rank - 2}, false);
    };
    if (b.first[k] != 0) fail("a slice along k of a grouped product");
    const std::int64_t groups = b.extent[k] / at_node.group;
    tensor zero(extents_list{});
    zero.value[0] = 1 << (at_node.bits - 1);
    if (s.operands > 3) zero = part(3, groups);
    return grouped_weights(at_node, part(1, b.extent[k] * at_node.bits / 8), part(2, groups), zero);
  }
  void reduction(const plan::stage& s, const box& b, tensor& out) {
    const tensor x = gather(operand(s, 0), b, axes_to(s.rank), false);
    const op::reduction_attributes attributes{((1 << s.rank) - 1) & ~((1 << s.kept) - 1), 0};
    dispatch<op::category::reduction>(
        op::registry{}, s.operation, [&]<class Op>(Op*) { reduce<Op>(attributes, x, out); });
  }
  double merged(const plan::stage& s, double before, double now) const {
    if (s.kind == plan::anchor::matmul || s.kind == plan::anchor::convolution) return before + now;
    // These end with more than a sum.
    constexpr op::kind mean = op::kind_of<op::reduce_mean_op>;
    constexpr op::kind norm = op::kind_of<op::reduce_l2_op>;
    const bool finishes = s.operation == mean || s.operation == norm;
    if (finishes || s.kind != plan::anchor::reduction) fail("an anchor that cannot accumulate");
    double r = 0;
    dispatch<op::category::reduction>(
        op::registry{}, s.operation, [&]<class Op>(Op*) { r = Op::merge(before, now); });
    return r;
  }
  void row(const plan::stage& s, const box& b, tensor& out) {
    if (s.kept != s.rank - 1) fail("a row operator over several axes");
    const tensor x = gather(operand(s, 0), b, axes_to(s.rank), false);
    std::vector<tensor> more;
    for (int i = 1; i + 1 < s.operands; ++i) {
      more.push_back(gather(operand(s, i), b, {s.rank - 1}, false));
    }
    use_work(operand(s, s.operands - 1), b.extent[at(s.rank - 1)]);
    if (s.operation == op::kind_of<op::layer_norm_op>) {
      if (more.size() != 3) fail("an operand is missing");
      layer_norm(x, more[0], more[1], more[2], out);
    } else if (s.operation == op::kind_of<op::rms_norm_op>) {
      if (more.size() != 2) fail("an operand is missing");
      rms_norm(x, more[0], more[1], out);
    } else {
      softmax(s.rank - 1, s.operation == op::kind_of<op::log_softmax_op>, x, out);
    }
  }
  // The last operand of a row stage is scratch: a row in whole vectors, written at any time.
  void use_work(const plan::view& v, std::int64_t n) {
    constexpr std::int64_t widest_vector = 16;
    const std::int64_t end = (n + widest_vector - 1) / widest_vector * widest_vector;
    const std::int64_t first = base_of(v);
    for (std::int64_t i = 0; i < end; ++i) memory_.write(v.tensor, first + i, 0, no_point);
  }

  // ---- windows ----------------------------------------------------------------------------------

  // The part of an image's axis that outputs [first, first + count) need.
  struct span final {
    std::int64_t first = 0, count = 0;
    std::int64_t shift = 0;  // how much the padding before it changes
  };
  static span needed(const op::window& w,
                     std::int64_t whole,
                     std::int64_t first,
                     std::int64_t count) {
    const std::int64_t from = first * w.stride - w.before;
    const std::int64_t to =
        (first + count - 1) * w.stride + (w.taps - 1) * w.dilation - w.before + 1;
    const std::int64_t a = std::clamp<std::int64_t>(from, 0, whole);
    const std::int64_t z = std::clamp<std::int64_t>(to, a, whole);
    return {a, z - a, a - first * w.stride};
  }
  // The image under the outputs of a box; `channels` are as many as the image has, or the box's.
  tensor image(
      const plan::stage& s, const box& b, const span& down, const span& across, bool whole) {
    const auto& type = g_[g_[s.node].operand(0)].type;
    box in = b;
    in.first[1] = down.first;
    in.extent[1] = down.count;
    in.first[2] = across.first;
    in.extent[2] = across.count;
    if (whole) {
      in.first[3] = 0;
      in.extent[3] = value_of(type[3], symbols_.data());
    }
    return gather(operand(s, 0), in, axes_to(4), false);
  }
  void convolution(const plan::stage& s, const box& b, tensor& out) {
    auto attributes = g_[s.node].template attributes_of<op::conv2d_op>();
    const auto& x = g_[g_[s.node].operand(0)].type;
    const extents_list w = extents_of(g_[g_[s.node].operand(1)].type, symbols_);
    if (attributes.groups > 1 && b.extent[3] != w[3]) fail("a slice of a grouped convolution");
    const auto h = op::conv2d_op::down(attributes, static_cast<std::int32_t>(w[0]));
    const auto v = op::conv2d_op::across(attributes, static_cast<std::int32_t>(w[1]));
    const span down = needed(h, value_of(x[1], symbols_.data()), b.first[1], b.extent[1]);
    const span across = needed(v, value_of(x[2], symbols_.data()), b.first[2], b.extent[2]);
    attributes.top += static_cast<std::int32_t>(down.shift);
    attributes.left += static_cast<std::int32_t>(across.shift);
    const box taps{{0, 0, 0, b.first[3], 0, 0}, {w[0], w[1], w[2], b.extent[3], 1, 1}};
    conv2d(attributes,
           image(s, b, down, across, true),
           gather(operand(s, 1), taps, axes_to(4), false),
           out);
  }
  void pooling(const plan::stage& s, const box& b, tensor& out) {
    auto attributes = op::decode<op::pooling_attributes>(g_[s.node].attributes);
    const auto& x = g_[g_[s.node].operand(0)].type;
    const span down = needed(op::pooling_operation::down(attributes),
                             value_of(x[1], symbols_.data()),
                             b.first[1],
                             b.extent[1]);
    const span across = needed(op::pooling_operation::across(attributes),
                               value_of(x[2], symbols_.data()),
                               b.first[2],
                               b.extent[2]);
    attributes.top += static_cast<std::int32_t>(down.shift);
    attributes.left += static_cast<std::int32_t>(across.shift);
    const tensor from = image(s, b, down, across, false);
    dispatch<op::category::pooling>(
        op::registry{}, s.operation, [&]<class Op>(Op*) { pool<Op>(attributes, from, out); });
  }

  // A [k, n] matrix into panels, whose last one is filled up with zeros.
  void pack(const plan::stage& s, const box& b) {
    const plan::view& to = p_.views[p_.stores[s.first_store].view];
    if (s.operation == op::kind_of<op::conv2d_op>) {  // in what order filters lie is no matter here
      const std::vector<int> own = axes_to(s.rank);
      return scatter(to, b, own, gather(operand(s, 0), b, own, false));
    }
    box one = b;
    for (int i = 0; i < s.rank - 2; ++i) {  // every matrix and row of the product sees one B
      if (one.extent[at(i)] > 1 && operand(s, 0)[i].factor != 0) fail("panels of several matrices");
      one.extent[at(i)] = 1;
    }
    const std::vector<int> axes = axes_to(s.rank);
    scatter(to, one, axes, gather(operand(s, 0), one, axes, false));
    const std::int64_t n = b.extent[at(s.rank - 2)], k = b.extent[at(s.rank - 1)];
    const std::int64_t first = base_of(to) + panel_start(to, b);
    for (std::int64_t column = n; column % 16 != 0; ++column) {
      for (std::int64_t i = 0; i < k; ++i) {
        memory_.write(to.tensor, first + panel_element(to, k, i, column), 0, no_point);
      }
    }
  }
};

}  // namespace kiln::reference
