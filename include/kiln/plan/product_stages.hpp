// SPDX-License-Identifier: MIT
// Stages of a matrix product: pack, convert, multiply. Axes [batch..., m, n | k].
#pragma once

#include <kiln/core/target.hpp>
#include <kiln/graph/query.hpp>
#include <kiln/plan/node_values.hpp>

#include <cstdint>
#include <utility>

namespace kiln::plan {

/// Appends what a matmul node needs.
template <std::size_t Capacity>
struct product_stages : node_values<Capacity> {
  using values = node_values<Capacity>;
  using values::at;
  using values::g;
  using values::is_grouped;
  using values::node_values;
  using values::operand;
  using values::p;
  using values::state;
  using values::type_of_operand;

  struct product final {
    tensor_type axes{};
    view a{}, b{};
    int batch = 0;
  };
  // A batch operand over the batch axes; the last three axes are left to the caller.
  static constexpr view over_batch(const view& v, const tensor_type& from, const product& x) {
    view r = v;
    r.rank = x.axes.rank;
    r.strides = {};
    for (int k = 0; k < from.rank - 2; ++k) {
      const int axis = x.batch - (from.rank - 2) + k;
      if (from[k] == x.axes[axis]) r[axis] = v[k];
    }
    return r;
  }
  constexpr op::matmul_op::attributes transposes_of(int i) const {
    if (is_grouped(i)) return {};
    return g[i].template attributes_of<op::matmul_op>();
  }
  constexpr product product_of(int i, const view& a, const view& b) const {
    const auto attributes = transposes_of(i);
    const int ta = attributes.transpose_a, tb = attributes.transpose_b;
    product x{g[i].type, {}, {}, g[i].type.rank - 2};
    x.axes[x.axes.rank++] = type_of_operand(i, 0).back(ta);
    x.a = over_batch(a, type_of_operand(i, 0), x);
    x.a[x.batch] = a[a.rank - 2 + ta];
    x.a[x.batch + 2] = a[a.rank - 1 - ta];
    x.b = over_batch(b, type_of_operand(i, 1), x);
    x.b[x.batch + 1] = b[b.rank - 1 - tb];
    x.b[x.batch + 2] = b[b.rank - 2 + tb];
    return x;
  }
  // As what A is read, and how many neighbours along k lie together in the panels of B.
  struct words final {
    tensor::dtype a;
    int depth;
  };
  /// bf16 by bf16 and integers are multiplied as they are; otherwise A is f32, and B is widened as
  /// it is read, bytes of a grouped product among them.
  static constexpr words words_of(tensor::dtype a, tensor::dtype b) {
    using tensor::dtype;
    const bool as_it_is = !is_floating(a) || (a == dtype::bf16 && b == dtype::bf16);
    const int depth = b == dtype::bf16 ? 2 : b == dtype::s8 || b == dtype::u8 ? 4 : 1;
    return {as_it_is ? a : dtype::f32, depth};
  }
  /// Machines that multiply bf16 no faster than f32 widen A once, instead of in every step.
  constexpr words words_of(int i) const {
    words w = words_of(type_of_operand(i, 0).element, type_of_operand(i, 1).element);
    constexpr bool multiplies_pairs = core::native.pair_dot || core::native.tiles;
    if (w.a == tensor::dtype::bf16 && !multiplies_pairs) w.a = tensor::dtype::f32;
    return w;
  }
  constexpr view panel_view(int panels, const product& x) const {
    view v{};
    v.tensor = static_cast<std::int16_t>(panels);
    v.rank = x.axes.rank;
    dim k = x.axes[x.batch + 2];
    if (k.is_static()) k.factor = core::round_up(k.factor, int{p.tensors[panels].depth});
    v[x.batch + 1] = stride{1, 0} * k;
    v[x.batch + 2] = {core::round_up(x.axes[x.batch + 1].factor, panel_columns), 0};
    return v;
  }
  /// Whether the product needs the sums behind its panels, and they lie at a known distance.
  constexpr bool follows_sums(int i, int panels, const product& x) const {
    using tensor::dtype;
    return type_of_operand(i, 0).element == dtype::s8 && p.tensors[panels].type.element == dtype::s8
           && x.axes[x.batch + 1].is_static() && x.axes[x.batch + 2].is_static();
  }
  /// They are found by the slice too: an operand of its own, counted in bytes as the panels are.
  constexpr view sums_view(int panels, const product& x) const {
    const view all = panel_view(panels, x);
    view v{};
    v.tensor = all.tensor;
    v.rank = all.rank;
    v.start = all[x.batch + 1].factor * all[x.batch + 2].factor;
    v[x.batch + 1] = {std::int32_t{sizeof(std::int32_t)}, 0};
    return v;
  }
  constexpr int new_panels(int i, const product& x, place where) {
    tensor_type kn = tensor::static_type(type_of_operand(i, 1).element, 1, 1);
    kn[0] = x.axes[x.batch + 2];
    kn[1] = x.axes[x.batch + 1];
    return this->add_panels(g[i].operand(1), kn, where, words_of(i).depth);
  }
  constexpr stage pack_stage(int node, const product& x, int panels) {
    stage s = this->new_stage(anchor::pack, node, op::kind{}, x.axes);
    s.kept = static_cast<std::int8_t>(s.rank);
    this->push_operand(s, x.b);
    this->finish_anchor(s, panel_view(panels, x));
    return s;
  }

  constexpr void pack_at_bind(int i) {
    if (is_grouped(i)) return pack_groups(i);
    const auto attributes = g[i].template attributes_of<op::matmul_op>();
    // Two products with one B share its panels.
    std::int16_t& shared = state[at(g[i].operand(1))].packed_as[at(attributes.transpose_b)];
    if (shared < 0) {
      const product x = product_of(i, unread(i, 0), state[at(g[i].operand(1))].value);
      this->begin_group();
      shared = static_cast<std::int16_t>(new_panels(i, x, place::packed));
      this->add_stage(pack_stage(g[i].operand(1), x, shared));
    }
    state[at(i)].panels = shared;
  }

  // ---- weights of few bits: numbers, scales and zero points, each in panels --------------------

  /// Operands of a grouped product that it reads from panels: without zero points, numbers and
  /// scales. One zero point for all that is the middle of the numbers is left to the kernel.
  constexpr int grouped_parts(int i) const {
    const auto attributes = g[i].template attributes_of<op::grouped_matmul_op>();
    const graph::node& zero = g[g[i].operand(3)];
    const int middle = 1 << (attributes.bits - 1);
    return graph::is_constant(zero, static_cast<float>(middle)) ? 2 : 3;
  }
  /// Operand 1 + part of a grouped product as the right-hand side of one: k counts its own rows.
  constexpr product part_of(int i, int part) const {
    product x = product_of(i, unread(i, 0), unread(i, 1));
    const int k = 1 + part;
    const bool number = type_of_operand(i, k).rank == 0;
    x.axes[x.batch + 2] = type_of_operand(i, number ? 2 : k)[0];
    x.b = {};
    x.b.rank = x.axes.rank;
    const view from = state[at(g[i].operand(k))].value;
    x.b.tensor = from.tensor;
    x.b.start = from.start;
    x.b.start_rows = from.start_rows;
    if (!number) x.b[x.batch + 1] = from[1];
    if (!number) x.b[x.batch + 2] = from[0];
    return x;
  }
  constexpr void pack_groups(int i) {
    for (int part = 0; part < grouped_parts(i); ++part) {
      const int node = g[i].operand(1 + part);
      const product x = part_of(i, part);
      tensor_type kn = tensor::static_type(g[node].type.element, 1, 1);
      kn[0] = x.axes[x.batch + 2];
      kn[1] = x.axes[x.batch + 1];
      const int depth = part == 0 ? words_of(i).depth : 1;
      this->begin_group();
      const int panels = this->add_panels(node, kn, place::packed, depth);
      if (part == 0) state[at(i)].panels = static_cast<std::int16_t>(panels);
      this->add_stage(pack_stage(node, x, panels));
    }
  }
  // Stands for an operand that is not read: packing does not read A, and panels stand for a B that
  // was packed at bind.
  constexpr view unread(int i, int k) const {
    view v{};
    v.rank = type_of_operand(i, k).rank;
    return v;
  }

  /// A of a matmul as the kernels read it: other elements are converted to scratch first, and words
  /// of neighbours along k are made so there.
  constexpr view left_side(int i, const view& v) {
    const tensor_type& from = type_of_operand(i, 0);
    const words as = words_of(i);
    const int k = v.rank - 1 - transposes_of(i).transpose_a;
    const bool adjacent = v[k] == stride{1, 0};
    if (from.element == as.a && (as.depth == 1 || adjacent)) return v;
    tensor_type to = from;
    to.element = as.a;
    if (as.depth > 1) std::swap(to[k], to[v.rank - 1]);
    this->begin_group();
    view r = this->whole(this->add_tensor(g[i].operand(0), to, place::shared));
    if (as.depth > 1) std::swap(r[k], r[v.rank - 1]);
    this->add_copy(g[i].operand(0), from, v, r);
    return r;
  }

  constexpr void add_matmul(int i) {
    const bool bound = this->packs_at_bind(i);
    const view a = left_side(i, operand(i, 0));
    const view b = bound ? unread(i, 1) : operand(i, 1);
    this->begin_group();
    const product x = product_of(i, a, b);
    const int panels = bound ? state[at(i)].panels : new_panels(i, x, place::block);
    stage pack{};
    if (!bound) pack = pack_stage(g[i].operand(1), x, panels);
    stage s = this->new_stage(anchor::matmul, i, g[i].kind, x.axes);
    s.kept = static_cast<std::int8_t>(s.rank - 1);
    this->push_operand(s, x.a);
    if (is_grouped(i)) {
      for (int part = 0; part < grouped_parts(i); ++part) {
        this->push_operand(s, panel_view(panels + part, part_of(i, part)));
      }
    } else {
      this->push_operand(s, panel_view(panels, x));
      if (bound && follows_sums(i, panels, x)) this->push_operand(s, sums_view(panels, x));
    }
    view to = this->destination(i);
    to.rank = s.rank;
    this->finish_anchor(s, to);
    if (bound) {
      this->add_stage(s);
    } else {
      add_with_pack(pack, s, x);
    }
  }
  /// B changes with some batch axes: pack and product run in a loop over each of them.
  constexpr void add_with_pack(stage& pack, stage& s, const product& x) {
    int nest = 0;
    for (int axis = 0; axis < x.batch; ++axis) {
      if (x.b[axis].factor == 0) continue;
      const auto l = p.loops.push({role::parallel, x.axes[axis], 1});
      s.slices[at(nest++)] = {static_cast<std::int8_t>(l), static_cast<std::int8_t>(axis), 1, 0, 0};
    }
    pack.slices = s.slices;
    for (int k = 0; k < nest; ++k) {
      this->add_item({true, s.slices[at(k)].loop, static_cast<std::int16_t>(nest - k + 1)});
    }
    this->add_stage(pack);
    this->add_stage(s);
  }
};

}  // namespace kiln::plan
