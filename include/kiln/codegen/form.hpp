// SPDX-License-Identifier: MIT
// The part of a stage that its code depends on.
#pragma once

#include <kiln/codegen/stage_code.hpp>
#include <kiln/codegen/window.hpp>
#include <kiln/kernel/conv2d/stacks.hpp>
#include <kiln/plan/product_tile.hpp>

#include <cstddef>
#include <cstdint>

namespace kiln::codegen {
inline namespace KILN_ISA {

namespace detail {

constexpr crossing crossing_of(const plan::view& v, int axis) {
  if (axis < 0 || v[axis].factor == 0) return crossing::broadcast;
  return v[axis] == plan::stride{1, 0} ? crossing::contiguous : crossing::strided;
}

template <class Plan>
constexpr view_form form_of_view(const Plan& p, const plan::stage& s, const plan::view& v) {
  view_form f{};
  f.element = p.tensors[v.tensor].type.element;
  const int inner = (s.kind == plan::anchor::row ? s.rank : s.kept) - 1;
  f.inner = crossing_of(v, inner);
  f.rows = inner >= 1 && v[inner - 1].factor != 0;
  return f;
}

/// An extent if it is known, else 0.
constexpr int static_extent(const plan::stage& s, int axis) {
  const tensor::dim& d = s.extents[static_cast<std::size_t>(axis)];
  return d.is_static() ? d.factor : 0;
}
/// What one step covers of an axis if it is known and the same in every step, else 0.
template <class Plan>
constexpr int exact_extent_of_step(const Plan& p, const plan::stage& s, int axis) {
  const int whole = static_extent(s, axis);
  for (const auto& x : s.slices) {
    if (x.loop < 0 || x.axis != axis) continue;
    const int step = p.loops[x.loop].step;
    return whole % step == 0 && whole > 0 ? step : 0;
  }
  return whole;
}

/// Whether the first result of a stage is f32 in rows that nothing in the stage reads.
template <class Plan>
constexpr bool may_keep_partials(const Plan& p, const plan::stage& s) {
  if (s.stores == 0 || s.accumulate) return false;
  const plan::view& to = p.views[p.stores[s.first_store].view];
  const view_form f = form_of_view(p, s, to);
  if (f.element != tensor::dtype::f32 || f.inner != crossing::contiguous || !f.rows) return false;
  bool fresh = true;
  for (int i = 0; i < s.operands; ++i) {
    fresh = fresh && p.views[s.first_operand + i].tensor != to.tensor;
  }
  for (int i = 0; i < s.loads; ++i) fresh = fresh && p.views[s.first_load + i].tensor != to.tensor;
  return fresh;
}

/// Whether a product's steps are slices of k inside of panels that go on.
constexpr bool takes_slices_of_panels(const plan::stage& s, const plan::view& panels) {
  bool sliced = false;
  for (const plan::slice& x : s.slices) sliced = sliced || (x.loop >= 0 && x.axis == s.rank - 1);
  return sliced && panels[s.rank - 1] == plan::stride{plan::panel_columns, 0};
}

/// Tile and tails of a matmul: rows come in blocks of a loop's step and a rest.
template <class Plan>
constexpr void set_product(const Plan& p, const plan::stage& s, stage_form& f) {
  const plan::view& a = p.views[s.first_operand];
  const int batch = s.rank - 3;
  const auto one = plan::stride{1, 0};
  const auto form = a[batch + 2] == one ? kernel::gemm::a_form::k_contiguous
                    : a[batch] == one   ? kernel::gemm::a_form::row_contiguous
                                        : kernel::gemm::a_form::strided;
  int rows = static_extent(s, batch), rest = 0;
  for (const auto& x : s.slices) {
    if (x.loop < 0 || x.axis != batch) continue;
    const int step = p.loops[x.loop].step;
    f.ragged = rows == 0;
    rest = rows % step;
    rows = step;
  }
  const auto numbers = arithmetic_of(f.views[0].element, f.views[1].element);
  const tensor::tile block = plan::product_tile(p, s, core::native);
  const int n = exact_extent_of_step(p, s, batch + 1), k = exact_extent_of_step(p, s, batch + 2);
  f.product = kernel::gemm::configure(numbers, block, form, rows, k, n);
  const kernel::gemm::config last = kernel::gemm::configure(numbers, block, form, rest, k, n);
  f.rest_high = last.rows_high;
  f.rest_low = last.rows_low;
  f.partials = may_keep_partials(p, s);
  f.deep = takes_slices_of_panels(s, p.views[s.first_operand + 1]);
}

/// Of a product by weights of few bits: what its numbers, scales and zero points are.
template <class Graph>
constexpr void set_grouped(const Graph& g, const plan::stage& s, stage_form& f) {
  const auto at = g[s.node].template attributes_of<op::grouped_matmul_op>();
  const auto half = [&](std::size_t view) {
    return f.views[view].element == tensor::dtype::f16 ? 1 : 0;
  };
  const int zeros = s.operands > 3 ? 1 : 0;
  f.grouped = {.bits = at.bits,
               .half_scale = half(2),
               .zeros = zeros,
               .half_zero = zeros != 0 ? half(3) : 0};
}

/// Sizes of a conv2d node; extents that are known at run time only are 0.
template <class Graph>
constexpr kernel::conv2d::sizes static_sizes(const Graph& g, int node) {
  const auto at = g[node].template attributes_of<op::conv2d_op>();
  const auto& x = g[g[node].operand(0)].type;
  const auto& w = g[g[node].operand(1)].type;
  const auto& out = g[node].type;
  const auto extent = [](const tensor::dim& d) -> std::ptrdiff_t {
    return d.is_static() ? d.factor : 0;
  };
  return {.b = extent(out[0]),
          .h = extent(x[1]),
          .w = extent(x[2]),
          .c = extent(x[3]),
          .f = w[3].factor,
          .out_h = extent(out[1]),
          .out_w = extent(out[2]),
          .down = window_of(op::conv2d_op::down(at, w[0].factor)),
          .across = window_of(op::conv2d_op::across(at, w[1].factor)),
          .groups = at.groups};
}
/// Sizes of a stage's conv2d node, with its lines in stacks if the stage is one of the matrix unit
/// or packs filters for it.
template <class Graph>
constexpr kernel::conv2d::sizes static_sizes(const Graph& g, const plan::stage& stage) {
  kernel::conv2d::sizes s = static_sizes(g, stage.node);
  const auto x = g[g[stage.node].operand(0)].type.element;
  const auto w = g[g[stage.node].operand(1)].type.element;
  if (stage.tile == tensor::matrix_tile && s.h > 0 && s.w > 0
      && tensor::has_matrix_products({x, w})) {
    s.stack = kernel::conv2d::stack_of(arithmetic_of(x, w), s);
  }
  return s;
}

/// Distances of an image's view. Of a caller's tensor only run knows how far its rows, which are
/// pixels, lie apart: they count as dense, or as unknown (0) where taps can be one run only if they
/// are. Lines that do not follow one another as dense ones would are unknown too.
constexpr kernel::conv2d::image_strides strides_of(const plan::view& v,
                                                   const kernel::conv2d::sizes& s) {
  constexpr tensor::symbol_product none{};
  const bool known = v[0].rows == 0 && v[1].rows == 0 && v[2].rows == 0 && v[1].symbols == none
                     && v[2].symbols == none;
  if (known) return {.batch = v[0].factor, .row = v[1].factor, .pixel = v[2].factor};
  kernel::conv2d::image_strides strides = kernel::conv2d::dense_strides(s);
  const auto times = [](const plan::stride& x, std::ptrdiff_t n) {
    return x * tensor::dim{static_cast<std::int32_t>(n)};
  };
  if (v[1] != times(v[2], s.w) || v[0] != times(v[1], s.h)) strides.row = strides.batch = 0;
  if (v[2].rows == 0 && v[2].symbols == none) {
    strides.pixel = v[2].factor;
  } else if (kernel::conv2d::merges_taps(s)) {
    strides.pixel = 0;
  }
  return strides;
}

/// Whether images have to come one by one, since a view does not go on from one to the next.
template <class Plan>
constexpr bool runs_by_image(const Plan& p, const plan::stage& s) {
  if (exact_extent_of_step(p, s, 0) == 1) return false;
  bool all = true;
  for (int i = 0; i < s.loads; ++i) all = all && counts_images(p.views[s.first_load + i], s);
  for (int i = 0; i < s.stores; ++i) {
    all = all && counts_images(p.views[p.stores[s.first_store + i].view], s);
  }
  return !all;
}

template <class Plan, class Graph>
constexpr void set_convolution(const Plan& p, const Graph& g, const plan::stage& s, stage_form& f) {
  kernel::conv2d::sizes sizes = static_sizes(g, s);
  if (f.by_image) sizes.b = 1;
  if (s.operands > 2) {
    sizes.most_line_bytes = p.tensors[p.views[s.first_operand + 2].tensor].bytes;
  }
  if (p.tensors[p.views[s.first_operand + 1].tensor].form == plan::layout::filters) {
    const auto numbers = arithmetic_of(f.views[0].element, f.views[1].element);
    const auto strides = strides_of(p.views[s.first_operand], sizes);
    static_assert(plan::panel_columns == kernel::gemm::panel);
    f.way = convolution_way::packed;
    const bool tiled = s.tile == tensor::matrix_tile;
    f.packed = tiled ? kernel::conv2d::configure_tiled(numbers, sizes, strides)
                     : kernel::conv2d::configure_packed(numbers, sizes, strides);
    const std::size_t lines = tiled ? kernel::conv2d::tiled_workspace_bytes(numbers, sizes, strides)
                                    : kernel::conv2d::workspace_bytes(numbers, sizes, strides);
    const std::int64_t room =
        s.operands > 2 ? p.tensors[p.views[s.first_operand + 2].tensor].bytes : 0;
    if (static_cast<std::int64_t>(lines) > room) core::unreachable("too little room for lines");
  } else if (f.views[0].inner == crossing::contiguous && f.views[1].inner == crossing::contiguous
             && kernel::conv2d::has_depthwise_tiles(sizes)) {
    f.way = convolution_way::own_channels;
    f.own_channels = kernel::conv2d::configure_depthwise(sizes);
  } else if (!is_floating(f.views[0].element)) {
    core::unreachable("a convolution of integers without a kernel");
  }
}

/// A store rounds by itself: where it stores what a cast to its type gave, it takes what the cast
/// was given, and the cast, if nothing else needs it, costs nothing.
constexpr void skip_cast(stage_form& f, int store) {
  std::int8_t& from = f.stored[static_cast<std::size_t>(store)];
  const tensor::dtype to = f.store(store).element;
  if (from < f.first_result() || to == tensor::dtype::f32 || to == tensor::dtype::s32) return;
  const plan::instruction& x = f.lines[static_cast<std::size_t>(from - f.first_result())];
  const bool is_cast = x.kind == op::kind_of<op::cast_op>;
  if (is_cast && static_cast<tensor::dtype>(x.detail) == to) from = x.registers[0];
}

}  // namespace detail

/// The form of stage S of a plan. With rough_math, functions need not be exact where every result
/// is stored with few bits.
template <class Plan, class Graph>
constexpr stage_form form_of(const Plan& p, const Graph& g, int place, bool rough_math = false) {
  const plan::stage& s = p.stages[place];
  stage_form f{};
  f.kind = s.kind;
  f.rank = s.rank;
  f.kept = s.kept;
  f.accumulate = s.accumulate;
  f.operands = s.operands;
  f.loads = s.loads;
  f.instructions = s.instructions;
  f.stores = s.stores;
  std::size_t at = 0;
  for (int i = 0; i < s.operands; ++i) {
    f.views[at++] = detail::form_of_view(p, s, p.views[s.first_operand + i]);
  }
  for (int i = 0; i < s.loads; ++i) {
    f.views[at++] = detail::form_of_view(p, s, p.views[s.first_load + i]);
  }
  for (int i = 0; i < s.stores; ++i) {
    const plan::store& x = p.stores[s.first_store + i];
    f.stored[static_cast<std::size_t>(i)] = x.reg;
    f.views[at++] = detail::form_of_view(p, s, p.views[x.view]);
  }
  for (int i = 0; i < s.instructions; ++i) {
    plan::instruction x = p.instructions[s.first_instruction + i];
    x.node = -1;  // code does not depend on which node it is for
    f.lines[static_cast<std::size_t>(i)] = x;
  }
  for (int i = 0; i < s.stores; ++i) detail::skip_cast(f, i);
  f.rough = rough_math && s.instructions > 0 && s.stores > 0;
  for (int i = 0; i < s.stores; ++i) {
    const tensor::dtype to = f.store(i).element;  // f16 would show what is lost
    f.rough = f.rough && (to == tensor::dtype::bf16 || size_of(to) == 1);
  }
  if (s.kind == plan::anchor::map && s.instructions == 0) {
    // A copy of s32 moves bits: through f32 numbers it would round.
    bool same = true;
    for (int i = 0; i < s.loads + s.stores; ++i) {
      same = same && f.views[static_cast<std::size_t>(i)].element == tensor::dtype::s32;
    }
    for (int i = 0; same && i < s.loads + s.stores; ++i) {
      f.views[static_cast<std::size_t>(i)].element = tensor::dtype::f32;
    }
  }
  if (s.kind == plan::anchor::reduction) {
    f.along = detail::crossing_of(p.views[s.first_operand], s.rank - 1);
  }
  if (s.kind == plan::anchor::matmul) detail::set_product(p, s, f);
  if (s.operation == op::kind_of<op::grouped_matmul_op>) detail::set_grouped(g, s, f);
  const bool window = s.kind == plan::anchor::convolution || s.kind == plan::anchor::pooling;
  if (window) f.by_image = detail::runs_by_image(p, s);
  if (s.kind == plan::anchor::convolution) detail::set_convolution(p, g, s, f);
  if (s.kind != plan::anchor::map) f.operation = s.operation;
  if (f.way == convolution_way::direct && s.kind != plan::anchor::map
      && s.kind != plan::anchor::pack) {
    f.attributes = g[s.node].attributes;
  }
  return f;
}

}  // namespace KILN_ISA
}  // namespace kiln::codegen
