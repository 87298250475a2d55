// SPDX-License-Identifier: MIT
// Stages of a convolution: pack filters, make the image dense, convolve. Axes [b, p, q, f].
#pragma once

#include <kiln/plan/product_stages.hpp>
#include <kiln/tensor/limits.hpp>
#include <kiln/tensor/tile.hpp>
#include <kiln/tensor/tiled_lines.hpp>

#include <algorithm>
#include <cstdint>

namespace kiln::plan {

/// Appends what a conv2d node needs.
template <std::size_t Capacity>
struct convolution_stages : product_stages<Capacity> {
  using base = product_stages<Capacity>;
  using base::at;
  using base::g;
  using base::machine;
  using base::operand;
  using base::p;
  using base::product_stages;
  using base::state;
  using base::type_of_operand;

  /// A conv2d node in words.
  struct geometry final {
    op::conv2d_op::attributes attributes{};
    tensor_type x{}, w{}, out{};
    op::window down{}, across{};
  };
  constexpr geometry geometry_of(int i) const {
    geometry c{g[i].template attributes_of<op::conv2d_op>(),
               type_of_operand(i, 0),
               type_of_operand(i, 1),
               g[i].type,
               {},
               {}};
    c.down = op::conv2d_op::down(c.attributes, c.w[0].factor);
    c.across = op::conv2d_op::across(c.attributes, c.w[1].factor);
    return c;
  }

  constexpr stage pack_filters_stage(int i, const view& filters, int packed) {
    stage s = this->new_stage(anchor::pack, i, g[i].kind, type_of_operand(i, 1));
    if (stack_of(i).lines != 0) s.tile = tensor::matrix_tile;  // filters in another order
    this->push_operand(s, filters);
    this->finish_anchor(s, this->whole(packed));
    return s;
  }
  constexpr void pack_filters_at_bind(int i) {
    this->begin_group();
    const int packed = add_filters(i, place::packed);
    this->add_stage(pack_filters_stage(i, state[at(g[i].operand(1))].value, packed));
    state[at(i)].panels = static_cast<std::int16_t>(packed);
  }
  /// Filters in kernel::conv2d's packed form; views of them go over their own axes.
  constexpr int add_filters(int i, place where) {
    const geometry c = geometry_of(i);
    const int t = this->add_tensor(g[i].operand(1), c.w, where);
    placed_tensor& f = p.tensors[t];
    f.form = layout::filters;
    f.depth = static_cast<std::int8_t>(base::words_of(c.x.element, c.w.element).depth);
    const std::int64_t groups = c.attributes.groups, each = c.w[3].factor / groups;
    const std::int64_t taps = std::int64_t{c.w[0].factor} * c.w[1].factor;
    const std::int64_t filters = core::round_up<std::int64_t>(each, panel_columns);
    const tensor::line_stack stack = stack_of(i);
    const std::int64_t k = stack.lines != 0
                               ? stack.rows(c.w[0].factor) * stack.run
                               : taps * core::round_up<std::int64_t>(c.w[2].factor, f.depth);
    f.bytes = groups * filters * k * static_cast<std::int64_t>(size_of(c.w.element));
    if (c.w.element == tensor::dtype::s8) {
      const auto sums = core::round_up<std::int64_t>(c.w[3].factor, panel_columns) + panel_columns;
      f.bytes += sums * std::int64_t{sizeof(std::int32_t)};
    }
    return t;
  }

  /// The image as the kernels read it: pixels of neighbouring channels, of a type that has
  /// products.
  constexpr view image_of(int i, const view& v) {
    const tensor_type& from = type_of_operand(i, 0);
    const auto element = base::words_of(from.element, type_of_operand(i, 1).element).a;
    if (from.element == element && v[3] == stride{1, 0}) return v;
    tensor_type to = from;
    to.element = element;
    this->begin_group();
    const view r = this->whole(this->add_tensor(g[i].operand(0), to, place::shared));
    this->add_copy(g[i].operand(0), from, v, r);
    return r;
  }

  /// Bytes in which lines of the image are padded and spaced for the kernel; 0: it reads the image
  /// itself. At most half of the second cache, unless the lines of one tile need more.
  constexpr std::int64_t line_bytes(int i, const view& x) const {
    constexpr std::int64_t line = tensor::line_bytes;
    const geometry c = geometry_of(i);
    const auto element = base::words_of(c.x.element, c.w.element).a;
    const auto elem = static_cast<std::int64_t>(size_of(element));
    const std::int64_t channels = c.x[3].factor;
    const bool pads =
        c.down.before > 0 || c.across.before > 0 || c.down.after > 0 || c.across.after > 0;
    const bool merges =
        tensor::merges_taps(channels, c.across.taps, c.across.dilation, c.attributes.groups);
    const bool dense = x[2] == stride{static_cast<std::int32_t>(channels), 0};
    const bool known = x[2].rows == 0 && x[2].symbols.is_empty();
    const std::int64_t pixel = known ? x[2].factor : channels;
    const bool crowds = tensor::crowds(pixel * c.across.stride * elem);
    if (!pads && !crowds && (!merges || dense)) return 0;
    const auto kept = [](const op::window& w, std::int64_t steps) {
      return (steps - 1) * w.stride + (w.taps - 1) * std::int64_t{w.dilation} + 1;
    };
    const std::int64_t row =
        core::round_up((channels * elem + line) * kept(c.across, c.out[2].factor), line) + line;
    const std::int64_t tile =
        std::max<std::int64_t>(1, tensor::tallest_tile(machine).mr / std::max(1, c.out[2].factor));
    const std::int64_t most =
        std::max(row * kept(c.down, tile), tensor::line_share(machine.l2_bytes));
    return std::min(most, row * kept(c.down, c.out[1].factor));
  }

  /// The lines of an image on the matrix unit if taps are runs of their own; extents that are known
  /// at run time only are 0.
  constexpr tensor::tiled_lines tiled_lines_of(int i) const {
    const geometry c = geometry_of(i);
    const auto extent = [](const dim& d) -> std::int64_t { return d.is_static() ? d.factor : 0; };
    const auto element = base::words_of(c.x.element, c.w.element).a;
    return {tensor::tiled_axis(c.down, extent(c.x[1]), extent(c.out[1])),
            tensor::tiled_axis(c.across, extent(c.x[2]), extent(c.out[2])),
            c.x[3].factor * static_cast<std::int64_t>(size_of(element))};
  }
  /// Whether the matrix unit may be asked, before lines are laid out, which takes long for many
  /// taps.
  constexpr bool may_use_matrix(const geometry& c) const {
    const auto element = base::words_of(c.x.element, c.w.element).a;
    return machine.tiles && tensor::has_matrix_products({element, c.w.element})
           && c.down.taps <= tensor::most_tiled_taps && c.x[1].is_static() && c.x[2].is_static()
           && (c.down.taps * c.across.taps <= tensor::most_tiled_taps
               || tensor::merges_taps(
                   c.x[3].factor, c.across.taps, c.across.dilation, c.attributes.groups));
  }
  /// How lines are stacked there, if they are.
  constexpr tensor::line_stack stack_of(int i) const {
    const geometry c = geometry_of(i);
    if (!may_use_matrix(c)) return {};
    const auto element = base::words_of(c.x.element, c.w.element).a;
    return tensor::stack_of(
        machine, {element, c.w.element}, tiled_lines_of(i), c.x[3].factor, c.attributes.groups);
  }
  /// Whether it runs there; how much of tiles has to be of use stands at tensor::uses_matrix().
  constexpr bool on_matrix_unit(int i) const {
    const geometry c = geometry_of(i);
    if (!may_use_matrix(c)) return false;
    if (stack_of(i).lines != 0) return true;
    if (c.down.taps * c.across.taps > tensor::most_tiled_taps) return false;
    const auto element = base::words_of(c.x.element, c.w.element).a;
    return tensor::uses_matrix(machine, {element, c.w.element}, tiled_lines_of(i), c.w[2].factor);
  }
  /// Bytes of the lines that it copies for that. It reads an image itself whose windows stay inside
  /// in steps of one pixel, and whose lines are whole pixels that do not crowd a cache.
  constexpr std::int64_t tiled_line_bytes(int i, const view& x) const {
    const geometry c = geometry_of(i);
    const std::int64_t most = tensor::line_share(machine.l2_bytes);
    const tensor::tiled_lines lines = tiled_lines_of(i);
    if (const tensor::line_stack stack = stack_of(i); stack.lines != 0) {
      const auto element = base::words_of(c.x.element, c.w.element).a;
      const tensor::tiled_lines stacked(
          lines.down, lines.across, stack, static_cast<std::int64_t>(size_of(element)));
      return stacked.bytes(stacked.block(most));
    }
    const auto inside = [](const op::window& w) {
      return w.stride == 1 && w.before <= 0 && w.after <= 0;
    };
    constexpr tensor::symbol_product none{};
    const bool known = x[0].rows == 0 && x[1].rows == 0 && x[2].rows == 0 && x[1].symbols == none
                       && x[2].symbols == none;
    const auto elem =
        static_cast<std::int64_t>(size_of(base::words_of(c.x.element, c.w.element).a));
    const bool whole = known && x[2].factor > 0 && x[1].factor > 0 && x[1].factor % x[2].factor == 0
                       && !tensor::crowds(x[2].factor * elem);
    if (inside(c.down) && inside(c.across) && whole) return 0;
    return lines.bytes(lines.block(most));
  }

  constexpr void add_convolution(int i) {
    if (!this->packs_filters(i)) return add_unpacked(i);
    const bool bound = this->packs_at_bind(i);
    const view x = image_of(i, operand(i, 0));
    this->begin_group();
    const int packed = bound ? state[at(i)].panels : add_filters(i, place::block);
    if (!bound) this->add_stage(pack_filters_stage(i, operand(i, 1), packed));
    stage s = this->new_stage(anchor::convolution, i, g[i].kind, g[i].type);
    this->push_operand(s, x);
    this->push_operand(s, this->whole(packed));
    if (on_matrix_unit(i)) s.tile = tensor::matrix_tile;
    const bool tiled = s.tile == tensor::matrix_tile;
    const std::int64_t lines = tiled ? tiled_line_bytes(i, x) : line_bytes(i, x);
    if (lines > 0) {
      const auto type = tensor::static_type(tensor::dtype::u8, lines);
      this->push_operand(s, this->whole(this->add_tensor(i, type, place::block)));
    }
    this->finish_anchor(s, this->destination(i));
    this->add_stage(s);
  }

  /// A convolution with filters as they come. That of integers has no kernel for channels that are
  /// not neighbours.
  constexpr void add_unpacked(int i) {
    if (is_floating(type_of_operand(i, 0).element)) return add_window(i, anchor::convolution);
    const view x = image_of(i, operand(i, 0));
    view w = operand(i, 1);
    if (w[3] != stride{1, 0}) {
      this->begin_group();
      const int t = this->add_tensor(g[i].operand(1), type_of_operand(i, 1), place::shared);
      this->add_copy(g[i].operand(1), type_of_operand(i, 1), w, this->whole(t));
      w = this->whole(t);
    }
    this->begin_group();
    stage s = this->new_stage(anchor::convolution, i, g[i].kind, g[i].type);
    this->push_operand(s, x);
    this->push_operand(s, w);
    this->finish_anchor(s, this->destination(i));
    this->add_stage(s);
  }

  /// Convolution with filters as they come, and pooling: the operands keep their own axes.
  constexpr void add_window(int i, anchor kind) {
    this->begin_group();
    stage s = this->new_stage(kind, i, g[i].kind, g[i].type);
    for (int k = 0; k < g[i].count; ++k) this->push_operand(s, operand(i, k));
    this->finish_anchor(s, this->destination(i));
    this->add_stage(s);
  }
};

}  // namespace kiln::plan
