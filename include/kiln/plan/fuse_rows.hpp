// SPDX-License-Identifier: MIT
// plan -> plan: neighbouring groups that go from row to row share one loop over row blocks; what
// only they see shrinks to one block.
#pragma once

#include <kiln/core/int_math.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/row_block.hpp>
#include <kiln/plan/team_split.hpp>
#include <kiln/plan/work.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace kiln::plan {

/// Row stride of block scratch: a multiple of a cache line that is not one of 4 KiB, for rows that
/// are 4 KiB apart share one set of the cache.
constexpr std::int32_t padded_row(std::int32_t elems, tensor::dtype element) {
  if (elems < 64) return core::round_up(elems, 4);
  const std::int32_t line = 64 / static_cast<std::int32_t>(size_of(element));
  const std::int32_t padded = core::round_up(elems, line) + line;
  return padded % (64 * line) == 0 ? padded + line : padded;
}

/// How row loops are made.
struct fuse_rows_options final {
  core::target machine = core::native;
  std::int32_t block = 0;  // rows of a block; 0: as many as are best
  int threads = 1;         // that the plan is for, at least: several may take columns of few rows
  int apart = -1;          // so many first layers are left to share by columns; -1: by cost
};

namespace detail {

template <std::size_t Capacity>
struct row_fuser final {
  using plan_t = plan<Capacity>;
  static constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

  plan_t p;
  fuse_rows_options options;
  std::array<std::int16_t, 2 * Capacity> maker{};        // of a tensor: group, -1: none in run
  std::array<stride, 2 * Capacity> row_step{};           // from row to row, as it was stored
  std::array<std::int16_t, 2 * Capacity> last_reader{};  // of a tensor: group
  std::array<bool, 2 * Capacity> irregular{};            // read in another way than row by row

  constexpr row_fuser(const plan_t& from, const fuse_rows_options& how)
      : p(from),
        options(how) {
    for (auto& x : maker) x = -1;
    for (auto& x : last_reader) x = -1;
  }

  template <class F>
  constexpr void for_each_stage(int g, F f) const {
    const group& gr = p.groups[g];
    for (int i = gr.first; i < gr.first + gr.items; ++i) {
      if (!p.items[i].is_loop) f(p.stages[p.items[i].index]);
    }
  }
  template <class F>
  constexpr void for_each_read(const stage& s, F f) const {
    for (int k = 0; k < s.operands; ++k) f(p.views[s.first_operand + k]);
    for (int k = 0; k < s.loads; ++k) f(p.views[s.first_load + k]);
  }
  template <class F>
  constexpr void for_each_write(const stage& s, F f) const {
    for (int k = 0; k < s.stores; ++k) f(p.views[p.stores[s.first_store + k].view]);
  }

  /// Whether axis 0 is the outermost one in memory too: all other axes stay before the next row,
  /// from any column on.
  constexpr bool stays_in_row(const stage& s, const view& v) const {
    std::int64_t reach = v[0].rows == 0 ? v.start : 0;
    for (int i = 1; i < v.rank; ++i) {
      if (v[i].factor == 0 || s.extents[at(i)] == dim{}) continue;
      if (v[i].rows != v[0].rows) {
        if (v[i].rows > v[0].rows) return false;
        continue;  // columns of one of the tensor's rows
      }
      if (!v[0].symbols.is_empty()) {
        const stride end = v[i] * s.extents[at(i)];
        if (!end.symbols.divides(v[0].symbols) || end.factor > v[0].factor) return false;
        continue;
      }
      if (!v[i].symbols.is_empty() || !s.extents[at(i)].is_static()) return false;
      reach += std::int64_t{s.extents[at(i)].factor - 1} * v[i].factor;
    }
    return !v[0].symbols.is_empty() ? v.start == 0 : reach < v[0].factor;
  }

  constexpr void find_makers() {
    for (int g = p.prepare_groups; g < p.groups.size; ++g) {
      for_each_stage(g, [&](const stage& s) {
        for_each_write(s, [&](const view& v) {
          irregular[at(v.tensor)] = irregular[at(v.tensor)] || maker[at(v.tensor)] >= 0
                                    || v.start != 0 || v.start_rows != 0 || !stays_in_row(s, v);
          maker[at(v.tensor)] = static_cast<std::int16_t>(g);
          row_step[at(v.tensor)] = v[0];
        });
        for_each_read(
            s, [&](const view& v) { last_reader[at(v.tensor)] = static_cast<std::int16_t>(g); });
      });
    }
  }

  /// Axis 0 of the stage counts rows, and a row of the results needs that row of the operands only.
  constexpr bool is_row_wise(const stage& s, const dim& rows) const {
    if (s.slices[0].loop >= 0 || s.kept < 1 || s.rank < 2 || s.extents[0] != rows) return false;
    switch (s.kind) {
      case anchor::map:
      case anchor::row:
      case anchor::reduction:
        return true;
      case anchor::matmul:
        return s.rank == 3 && p.tensors[p.views[s.first_operand + 1].tensor].at == place::packed;
      default:
        return false;
    }
  }
  constexpr bool is_row_wise(int g, const dim& rows) const {
    bool all = true;
    const group& gr = p.groups[g];
    for (int i = gr.first; i < gr.first + gr.items; ++i) {
      all = all && !p.items[i].is_loop && is_row_wise(p.stages[p.items[i].index], rows);
    }
    return all;
  }

  /// Whether group g may run block by block with groups [first, g).
  constexpr bool joins(int g, int first, const dim& rows) const {
    if (!is_row_wise(g, rows)) return false;
    bool all = true;
    for_each_stage(g, [&](const stage& s) {
      for_each_read(s, [&](const view& v) {
        if (maker[at(v.tensor)] < first) return;
        all = all && !irregular[at(v.tensor)] && v[0] == row_step[at(v.tensor)] && v.start_rows == 0
              && v[0].factor != 0 && stays_in_row(s, v);
      });
    });
    return all;
  }

  /// A tensor that only groups [first, end) see, with rows of a known number of elements.
  constexpr bool shrinks(int tensor, int first, int end) const {
    const placed_tensor& t = p.tensors[tensor];
    return t.at == place::shared && maker[at(tensor)] >= first && maker[at(tensor)] < end
           && last_reader[at(tensor)] < end && !irregular[at(tensor)]
           && row_step[at(tensor)].rows == 0 && row_step[at(tensor)].symbols.is_empty()
           && row_step[at(tensor)].factor > 0;
  }

  constexpr void shrink(int tensor, std::int32_t step, int loop) {
    placed_tensor& t = p.tensors[tensor];
    const std::int32_t elems = row_step[at(tensor)].factor;
    t.at = place::block;
    t.type.rank = 2;
    t.type.dims = {};
    t.type[0] = {step};
    t.type[1] = {elems};
    t.row_stride = padded_row(elems, t.type.element);
    t.bytes =
        std::int64_t{step} * t.row_stride * static_cast<std::int64_t>(size_of(t.type.element));
    if (loop >= 0) t.origins[0] = {static_cast<std::int8_t>(loop), 0, 1, 0};
  }

  // ---- what a chain costs -----------------------------------------------------------------------

  constexpr row_chain chain_of(int first, int end, std::int64_t bound) const {
    row_chain c{};
    for (int g = first; g < end; ++g) {
      for_each_stage(g, [&](const stage& s) {
        c.row_bytes = std::max(c.row_bytes, row_bytes(p, s));
        if (s.kind != anchor::matmul) return;
        ++c.products;
        c.multiply_adds += elems_to(p, s, s.rank) / std::max<std::int64_t>(bound, 1);
        c.weight_bytes += weight_bytes(p, s);
        c.on_matrix = c.on_matrix || is_on_matrix(p, s, options.machine);
      });
    }
    return c;
  }
  constexpr std::int64_t cycles(int first, int end) const {
    std::int64_t sum = 0;
    for (int g = first; g < end; ++g) {
      for_each_stage(g, [&](const stage& s) { sum += cycles_of(p, s, options.machine); });
    }
    return sum;
  }
  /// Rows of a chain that cost as much as one of them.
  constexpr std::int32_t unit(int first, int end) const {
    std::int64_t most = 1;
    for (int g = first; g < end; ++g) {
      for_each_stage(
          g, [&](const stage& s) { most = std::max(most, row_unit(p, s, options.machine)); });
    }
    return static_cast<std::int32_t>(most);
  }
  /// Rows of the smallest share, which divide a step: all of it where the chain is not worth a
  /// barrier; whole units where the step has them.
  static constexpr std::int32_t grain_of(std::int32_t step,
                                         std::int64_t bound,
                                         std::int64_t cycles,
                                         std::int32_t unit) {
    const std::int64_t wanted = pays_for_team(cycles) ? least_share(cycles, bound) : step;
    const std::int32_t next = step % unit == 0 ? unit : 1;
    for (std::int32_t grain = next; grain < step; grain += next) {
      if (step % grain == 0 && grain >= wanted && grain >= unit) return grain;
    }
    return step;
  }
  constexpr loop loop_over(const dim& rows, int first, int end) const {
    const std::int64_t bound = bound_of(rows, p.symbols);
    const std::int32_t chosen =
        options.block > 0 ? options.block
                          : block_rows(rows, bound, chain_of(first, end, bound), options.machine);
    const auto step = static_cast<std::int32_t>(std::min<std::int64_t>(bound, chosen));
    const std::int32_t grain = grain_of(step, bound, cycles(first, end), unit(first, end));
    return {role::parallel, rows, step, grain};
  }
  /// Which of groups [first, end) a team is better off with if it shares out their columns, each
  /// by itself.
  constexpr team_choice choice_for(const dim& rows, int first, int end) const {
    team_choice c{};
    if (options.apart >= 0) {
      c.any_apart = options.apart > 0;
      for (int i = 0; i < std::min({options.apart, end - first, max_layers}); ++i) {
        c.apart[at(i)] = true;
      }
      return c;
    }
    if (options.threads < 2) return c;
    team_costs costs(options.machine, bound_of(rows, p.symbols), options.threads);
    for (int g = first; g < end; ++g) {
      layer_work all{};
      for_each_stage(g, [&](const stage& s) { all += work_of(p, s, options.machine); });
      costs.add(all);
    }
    return costs.choose();
  }

  /// Groups [first, end) as one; returns the new group's items in `out`.
  template <class Items>
  constexpr void fuse(Items& out, int first, int end, const dim& rows) {
    const loop around = loop_over(rows, first, end);
    const bool loops = bound_of(rows, p.symbols) > 1;
    int loop_place = -1;
    if (loops) {
      loop_place = p.loops.push(around);
      out.push({true,
                static_cast<std::int16_t>(loop_place),
                static_cast<std::int16_t>(stages_in(first, end))});
    }
    for (int g = first; g < end; ++g) {
      const group& gr = p.groups[g];
      for (int i = gr.first; i < gr.first + gr.items; ++i) {
        stage& s = p.stages[p.items[i].index];
        if (loops) s.slices[0] = {static_cast<std::int8_t>(loop_place), 0, 1, 0, 0};
        const auto widen = [&](view& v) {
          if (!shrinks(v.tensor, first, end)) return;
          v[0].factor = padded_row(v[0].factor, p.tensors[v.tensor].type.element);
        };
        for (int k = 0; k < s.operands; ++k) widen(p.views[s.first_operand + k]);
        for (int k = 0; k < s.loads; ++k) widen(p.views[s.first_load + k]);
        for (int k = 0; k < s.stores; ++k) widen(p.views[p.stores[s.first_store + k].view]);
        out.push(p.items[i]);
      }
    }
    for (int g = first; g < end; ++g) {
      for_each_stage(g, [&](const stage& s) {
        for_each_write(s, [&](const view& v) {
          if (shrinks(v.tensor, first, end)) shrink(v.tensor, around.step, loop_place);
        });
      });
    }
  }
  constexpr int stages_in(int first, int end) const {
    int n = 0;
    for (int g = first; g < end; ++g) n += p.groups[g].items;
    return n;
  }

  constexpr plan_t run() {
    find_makers();
    auto groups = p.groups;
    auto items = p.items;
    groups.size = 0;
    items.size = 0;
    const auto copy_group = [&](int g) {
      groups.push({items.size, p.groups[g].items});
      for (int i = 0; i < p.groups[g].items; ++i) items.push(p.items[p.groups[g].first + i]);
    };
    for (int g = 0; g < p.prepare_groups; ++g) copy_group(g);
    for (int g = p.prepare_groups; g < p.groups.size;) {
      const dim rows = p.stages[p.items[p.groups[g].first].index].extents[0];
      int end = g + 1;
      if (is_row_wise(g, rows)) {
        while (end < p.groups.size && joins(end, g, rows)) ++end;
      }
      const team_choice choice = end > g + 1 ? choice_for(rows, g, end) : team_choice{};
      const auto apart = [&, first = g](int k) {
        return k - first < max_layers && choice.apart[at(k - first)];
      };
      while (g < end) {
        int next = g + 1;
        while (!apart(g) && next < end && !apart(next)) ++next;
        if (next == g + 1) {
          copy_group(g);
        } else {
          const std::int16_t first = items.size;
          fuse(items, g, next, rows);
          groups.push({first, static_cast<std::int16_t>(items.size - first)});
        }
        g = next;
      }
    }
    p.groups = groups;
    p.items = items;
    return p;
  }
};

}  // namespace detail

/// Coarse fusion over rows: matmuls with constant weights, elementwise stages, reductions along
/// rows and row operators that follow one another become one loop over blocks of rows; a tensor
/// that only they see is kept for one block. For a team, layers of few rows stay apart where they
/// are better shared out by columns (team_costs).
///
/// @law   interpret_plan(fuse_rows(p)) == interpret_plan(p)
/// @cost  linear in stages
struct fuse_rows_fn final {
  static constexpr std::string_view name = "fuse_rows";
  fuse_rows_options options{};

  /// The same for plans that at least so many threads run.
  [[nodiscard]] constexpr fuse_rows_fn for_threads(int threads) const {
    fuse_rows_fn f = *this;
    f.options.threads = threads;
    return f;
  }

  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(const plan<Capacity>& p) const {
    return detail::row_fuser<Capacity>(p, options).run();
  }
};
inline constexpr fuse_rows_fn fuse_rows{};

}  // namespace kiln::plan
