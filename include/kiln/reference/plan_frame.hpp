// SPDX-License-Identifier: MIT
// Where an interpreted plan finds elements: symbols, row strides, loop indices, slices and views.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/reference/plan_memory.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::reference {

namespace detail {
inline const tensor& input_of(const inputs& in, std::string_view name) {
  const auto found = in.tensors.find(name);
  if (found == in.tensors.end()) core::raise("interpret_plan: an input is not given");
  return found->second;
}
}  // namespace detail

/// How a plan is interpreted.
struct plan_options final {
  storage mode = storage::separate;
  std::uint64_t seed = 1;  // of the order of parallel steps and of the callers' row strides
};

/// The elements of a stage that one step covers: coordinates of the whole axes.
struct box final {
  std::array<std::int64_t, plan::max_rank> first{};
  std::array<std::int64_t, plan::max_rank> extent{};
};

/// The memory of a plan, and how its stages see it at one step of the loops around them.
///
/// @errors  kiln::error: views and slices that leave what there is
template <std::size_t N, std::size_t G>
class plan_frame {
 public:
  plan_frame(const plan::plan<N>& p,
             const graph::graph<G>& g,
             const inputs& in,
             const plan_options& options)
      : p_(p),
        g_(g),
        symbols_(in.symbols),
        memory_(p, in.symbols, options.mode),
        random_(options.seed),
        index_(static_cast<std::size_t>(p.loops.size), -1) {
    for (int t = 0; t < p.tensors.size; ++t) {
      row_strides_.push_back(row_stride_of(t));
      add_source(t, in);
    }
  }

 protected:
  [[noreturn]] static void fail(const std::string& what) { core::raise("interpret_plan: " + what); }
  static constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

  std::uint64_t random(std::uint64_t n) {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    return (random_ >> 33U) % n;
  }

  // ---- the callers' memory ----------------------------------------------------------------------

  std::int64_t row_stride_of(int t) {
    const plan::placed_tensor& x = p_.tensors[t];
    if (x.type.rank == 0) return 1;
    if (x.row_stride > 0) return x.row_stride;
    const bool callers =
        x.at == plan::place::argument || x.at == plan::place::result || x.at == plan::place::weight;
    return value_of(x.type.back(), symbols_.data())
           + (callers ? static_cast<std::int64_t>(random(3)) : 0);
  }
  // Calls f(flat index, element in memory) for all elements of a caller's tensor.
  template <class F>
  void each_element_of(int t, F f) const {
    const plan::placed_tensor& x = p_.tensors[t];
    const std::int64_t columns = x.type.rank == 0 ? 1 : value_of(x.type.back(), symbols_.data());
    const std::int64_t elems = elems_of(extents_of(x.type, symbols_));
    for (std::int64_t i = 0; i < elems; ++i) {
      f(static_cast<std::size_t>(i),
        i / columns * row_strides_[static_cast<std::size_t>(t)] + i % columns);
    }
  }
  void fill(int t, const tensor& from) {
    const auto element = p_.tensors[t].type.element;
    if (from.extents != extents_of(p_.tensors[t].type, symbols_))
      fail("an input has other extents");
    each_element_of(t, [&](std::size_t flat, std::int64_t at) {
      memory_.fill(t, at, round_to(element, from.value[flat]));
    });
  }
  void add_source(int t, const inputs& in) {
    const plan::placed_tensor& x = p_.tensors[t];
    const bool callers =
        x.at == plan::place::argument || x.at == plan::place::result || x.at == plan::place::weight;
    if (callers) {
      const std::int64_t columns = x.type.rank == 0 ? 1 : value_of(x.type.back(), symbols_.data());
      const std::int64_t rows = elems_of(extents_of(x.type, symbols_)) / columns;
      memory_.resize(t, rows * row_strides_[static_cast<std::size_t>(t)]);
    }
    if (x.at == plan::place::weight) fill(t, detail::input_of(in, g_[x.node].name));
    if (x.at == plan::place::literal) memory_.fill(t, 0, static_cast<double>(g_[x.slot].value));
    if (x.at == plan::place::table) {
      each_element_of(t, [&](std::size_t flat, std::int64_t at) {
        memory_.fill(t, at, static_cast<double>(g_[x.slot].table[flat]));
      });
    }
  }
  // Weights go, inputs come: bind is over.
  void give_inputs(const inputs& in) {
    for (int t = 0; t < p_.tensors.size; ++t) {
      if (p_.tensors[t].at == plan::place::weight) memory_.poison(t);
      if (p_.tensors[t].at == plan::place::argument) {
        fill(t, detail::input_of(in, g_[p_.tensors[t].node].name));
      }
    }
  }
  std::vector<tensor> results() {
    std::vector<tensor> outputs(at(p_.results));
    memory_.begin_stage();
    for (int t = 0; t < p_.tensors.size; ++t) {
      const plan::placed_tensor& x = p_.tensors[t];
      if (x.at != plan::place::result) continue;
      if (x.slot < 0 || x.slot >= p_.results) fail("a result has no slot");
      tensor& to = outputs[at(x.slot)];
      if (!to.value.empty()) fail("two tensors are one result");
      to = read_result(t);
    }
    for (const tensor& x : outputs) {
      if (x.value.empty()) fail("a result is missing");
    }
    return outputs;
  }
  tensor read_result(int t) {
    tensor out(extents_of(p_.tensors[t].type, symbols_));
    std::size_t written = 0;
    for (std::int64_t i = 0; i < memory_.elems(t); ++i) written += memory_.is_written(t, i) ? 1 : 0;
    each_element_of(t, [&](std::size_t flat, std::int64_t at) {
      out.value[flat] = memory_.read(t, at, no_point);
    });
    if (written != out.elems()) fail("the padding of a result's rows is written");
    return out;
  }

  // ---- addresses --------------------------------------------------------------------------------

  std::int64_t index_of(int loop) const {
    if (loop >= p_.loops.size || index_[static_cast<std::size_t>(loop)] < 0) {
      fail("a slice or an origin names a loop that is not around it");
    }
    return index_[static_cast<std::size_t>(loop)];
  }

  box box_of(const plan::stage& s) const {
    box b{};
    std::array<bool, plan::max_rank> sliced{};
    for (int i = 0; i < s.rank; ++i) b.extent[at(i)] = value_of(s.extents[at(i)], symbols_.data());
    for (const plan::slice& x : s.slices) {
      if (x.loop < 0) continue;
      if (x.axis < 0 || x.axis >= s.rank) fail("a slice of an axis that the stage does not have");
      if (sliced[at(x.axis)]) fail("two slices of one axis");
      sliced[at(x.axis)] = true;
      const std::int64_t index = index_of(x.loop);
      const std::int64_t first = std::max<std::int64_t>(index * x.scale - x.before, 0);
      const std::int64_t end = (index + p_.loops[x.loop].step) * x.scale + x.after;
      const std::int64_t whole = b.extent[at(x.axis)];
      b.first[at(x.axis)] = first;
      b.extent[at(x.axis)] = std::min(end, whole) - first;
      if (b.extent[at(x.axis)] < 0) fail("a slice begins after the end of its axis");
    }
    return b;
  }
  std::int64_t times(int t, const plan::stride& s) const {
    std::int64_t n = s.factor;
    if (s.rows != 0) n *= row_strides_[at(t)];
    return s.symbols.times(n, [this](int symbol) { return symbols_[at(symbol)]; });
  }
  // Element of the first coordinates of a view, less the origin of what its memory holds.
  std::int64_t base_of(const plan::view& v) const {
    const plan::placed_tensor& t = p_.tensors[v.tensor];
    std::int64_t e = v.start + v.start_rows * row_strides_[at(v.tensor)];
    for (const plan::origin& o : t.origins) {
      if (o.loop < 0) continue;
      e -= (index_of(o.loop) * o.scale - o.halo) * times(v.tensor, stride_of(t, o.axis));
    }
    return e;
  }
  // Panels of 16 columns, in them `rows` rows of 16: element (k, n) of what a step sees. Words of
  // several rows only fill the panel up; where in a word an element lies does not matter here.
  // Where a step of k is 16 elements long, `rows` are a slice of panels that go on.
  std::int64_t panel_element(const plan::view& v,
                             std::int64_t rows,
                             std::int64_t k,
                             std::int64_t n) const {
    const bool goes_on = v[v.rank - 1] == plan::stride{plan::panel_columns, 0};
    const auto padded = goes_on ? times(v.tensor, v[v.rank - 2])
                                : core::round_up(rows, std::int64_t{p_.tensors[v.tensor].depth});
    return n / 16 * 16 * padded + k * 16 + n % 16;
  }
  // Where the panels that a step sees start: n and k are the last axes of the stage.
  std::int64_t panel_start(const plan::view& v, const box& b) const {
    const std::int64_t n = b.first[at(v.rank - 2)], k = b.first[at(v.rank - 1)];
    if (n % 16 != 0) fail("a slice of panels starts inside of one");
    return n * times(v.tensor, v[v.rank - 2]) + k * times(v.tensor, v[v.rank - 1]);
  }

  /// Calls f(flat, element) for the coordinates of `axes` in row-major order; other axes stay at
  /// the first coordinate.
  template <class F>
  void walk_view(const plan::view& v, const box& b, const std::vector<int>& axes, F f) const {
    const bool panels = p_.tensors[v.tensor].form == plan::layout::panels;
    std::array<std::int64_t, plan::max_rank> strides{}, c = b.first;
    for (int i = 0; i < v.rank; ++i) strides[at(i)] = times(v.tensor, v[i]);
    const std::int64_t base = base_of(v) + (panels ? panel_start(v, b) : 0);
    std::int64_t total = 1;
    for (const int axis : axes) total *= b.extent[at(axis)];
    for (std::int64_t flat = 0; flat < total; ++flat) {
      std::int64_t e = base;
      for (int i = 0; i < v.rank - (panels ? 2 : 0); ++i) e += strides[at(i)] * c[at(i)];
      if (panels) {
        const std::size_t k = at(v.rank - 1), n = at(v.rank - 2);
        e += panel_element(v, b.extent[k], c[k] - b.first[k], c[n] - b.first[n]);
      }
      f(flat, e);
      for (std::size_t k = axes.size(); k-- > 0;) {
        const std::size_t axis = at(axes[k]);
        if (++c[axis] < b.first[axis] + b.extent[axis]) break;
        c[axis] = b.first[axis];
      }
    }
  }
  tensor gather(const plan::view& v, const box& b, const std::vector<int>& axes, bool pointwise) {
    if (v.tensor < 0 || v.tensor >= p_.tensors.size) fail("a view of no tensor");
    tensor out = empty(b, axes);
    walk_view(v, b, axes, [&](std::int64_t flat, std::int64_t e) {
      out.value[static_cast<std::size_t>(flat)] =
          memory_.read(v.tensor, e, pointwise ? flat : no_point);
    });
    return out;
  }
  void scatter(const plan::view& v,
               const box& b,
               const std::vector<int>& axes,
               const tensor& from) {
    const auto element = p_.tensors[v.tensor].type.element;
    walk_view(v, b, axes, [&](std::int64_t flat, std::int64_t e) {
      const double value = from.value[static_cast<std::size_t>(flat)];
      const bool rounds = element != kiln::tensor::dtype::f32;  // f64 stands for f32
      memory_.write(v.tensor, e, rounds ? round_to(element, value) : value, flat);
    });
  }

  static std::vector<int> axes_to(int end) {
    std::vector<int> axes(at(end));
    std::iota(axes.begin(), axes.end(), 0);
    return axes;
  }
  /// An empty tensor of the box's extents on some axes.
  static tensor empty(const box& b, const std::vector<int>& axes) {
    extents_list extents;
    for (const int axis : axes) extents.push_back(b.extent[at(axis)]);
    return tensor(std::move(extents));
  }

  const plan::plan<N>& p_;
  const graph::graph<G>& g_;
  symbol_values symbols_;
  plan_memory memory_;
  std::uint64_t random_;
  std::vector<std::int64_t> index_;        // of the loops that run now, else -1
  std::vector<std::int64_t> row_strides_;  // by tensor
};

}  // namespace kiln::reference
