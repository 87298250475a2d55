// SPDX-License-Identifier: MIT
// plan -> plan: elementwise stages join the store program of the stage that makes their operand.
#pragma once

#include <kiln/plan/builder.hpp>
#include <kiln/plan/table.hpp>

#include <cstdint>
#include <string_view>

namespace kiln::plan {

/// Limits of one store program: registers are few, and code grows with every line.
inline constexpr int max_program_lines = 40;
inline constexpr int max_program_loads = 14;
inline constexpr int max_program_stores = 6;

/// Pixels of an image that are worth a convolution of their own.
inline constexpr int least_image = 16;

namespace detail {

/// Stages that become one: a leader with its anchor, then maps in the order of their lines.
struct cluster final {
  std::int16_t last = -1;      // last member
  std::int16_t position = -1;  // the group whose place the cluster takes
  std::int16_t lines = 0, loads = 0;
};

template <std::size_t Capacity>
struct store_fuser final {
  using plan_t = plan<Capacity>;
  static constexpr std::size_t stages = 2 * Capacity, tensors = 2 * Capacity;

  const plan_t& p;
  table<std::int16_t, stages> group_of{};   // of a stage
  table<std::int16_t, stages> leader{};     // of a stage
  table<std::int16_t, stages> next{};       // member of the same cluster
  table<cluster, stages> clusters{};        // by leader
  table<std::int16_t, tensors> producer{};  // stage, -1: none in run
  table<std::int16_t, tensors> readers{};   // head of a list into `reads`
  struct read final {
    std::int16_t stage = -1;
    std::int16_t next = -1;
  };
  table<read, 5 * Capacity> reads{};
  int read_count = 0;
  table<std::int16_t, tensors> register_of{};  // of what the cluster in hand has made
  bool joined = false, left = false;           // left: a candidate that another run may join

  constexpr explicit store_fuser(const plan_t& from)
      : p(from) {
    producer.fill(-1);
    readers.fill(-1);
    for (int g = 0; g < p.groups.size; ++g) {
      const group& gr = p.groups[g];
      for (int i = gr.first; i < gr.first + gr.items; ++i) {
        if (!p.items[i].is_loop) note_stage(p.items[i].index, g);
      }
    }
  }

  constexpr void note_stage(int s, int g) {
    const stage& x = p.stages[s];
    group_of[s] = static_cast<std::int16_t>(g);
    leader[s] = static_cast<std::int16_t>(s);
    next[s] = -1;
    clusters[s] = {
        static_cast<std::int16_t>(s), static_cast<std::int16_t>(g), x.instructions, x.loads};
    for (int k = 0; k < x.operands; ++k) note_read(p.views[x.first_operand + k].tensor, s);
    for (int k = 0; k < x.loads; ++k) note_read(p.views[x.first_load + k].tensor, s);
    if (g < p.prepare_groups) return;
    for (int k = 0; k < x.stores; ++k) {
      producer[stored(x, k).tensor] = static_cast<std::int16_t>(s);
    }
  }
  constexpr void note_read(int tensor, int s) {
    reads[read_count] = {static_cast<std::int16_t>(s), readers[tensor]};
    readers[tensor] = static_cast<std::int16_t>(read_count++);
  }
  constexpr const view& stored(const stage& s, int k) const {
    return p.views[p.stores[s.first_store + k].view];
  }
  constexpr int position(int s) const { return clusters[leader[s]].position; }

  // ---- which stages join ------------------------------------------------------------------------

  /// Axes of a stage that its store program runs over.
  static constexpr int program_axes(const stage& s) {
    return s.kind == anchor::row ? s.rank : s.kept;
  }

  static constexpr bool same_axes(const stage& s, const stage& map) {
    if (program_axes(s) != map.rank) return false;
    const dim* const a = s.extents.data();
    const dim* const b = map.extents.data();
    for (int i = 0; i < map.rank; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  static constexpr bool same_elements(const view& a, const view& b, int axes) {
    if (a.tensor != b.tensor || a.start != b.start || a.start_rows != b.start_rows) return false;
    const stride* const x = a.strides.data();
    const stride* const y = b.strides.data();
    for (int i = 0; i < axes; ++i) {
      if (x[i] != y[i]) return false;
    }
    return true;
  }

  constexpr bool is_lone(int s) const {
    const group& g = p.groups[group_of[s]];
    return g.items == 1;
  }

  /// Whether every operand of `map` but those that the cluster makes is there before `place`.
  constexpr bool ready_before(const stage& map, int lead, int place) const {
    for (int k = 0; k < map.loads; ++k) {
      const int made_by = producer[p.views[map.first_load + k].tensor];
      if (made_by < 0 || leader[made_by] == lead) continue;
      if (position(made_by) >= place) return false;
    }
    return true;
  }
  /// Whether nobody outside the cluster but `map` reads what it makes before `place`.
  constexpr bool unread_before(int lead, int map, int place) const {
    for (int s = lead; s >= 0; s = next[s]) {
      for (int k = 0; k < p.stages[s].stores; ++k) {
        for (int r = readers[stored(p.stages[s], k).tensor]; r >= 0; r = reads[r].next) {
          const int reader = reads[r].stage;
          if (reader == map || leader[reader] == lead) continue;
          if (position(reader) <= place) return false;
        }
      }
    }
    return true;
  }

  constexpr void try_join(int c) {
    const stage& map = p.stages[c];
    if (map.kind != anchor::map || map.instructions == 0 || !is_lone(c)) return;
    // The candidate that runs last first: its cluster has the most operands ready.
    table<std::int16_t, 4> tried{};
    for (int round = 0; round < map.loads && round < 4; ++round) {
      int best = -1;
      for (int k = 0; k < map.loads; ++k) {
        const int made_by = producer[p.views[map.first_load + k].tensor];
        if (made_by < 0 || leader[made_by] == best) continue;
        const int lead = leader[made_by];
        bool again = false;
        for (int t = 0; t < round; ++t) again = again || tried[t] == lead;
        if (again || (best >= 0 && clusters[lead].position <= clusters[best].position)) continue;
        if (joins(made_by, c, k)) best = lead;
      }
      if (best < 0) return;
      if (join(best, c)) {
        joined = true;
        left = left || has_other_candidate(c);
        return;
      }
      left = true;
      tried[round] = static_cast<std::int16_t>(best);
    }
  }
  /// Whether map c, which joined one cluster, might have joined another one.
  constexpr bool has_other_candidate(int c) const {
    const stage& map = p.stages[c];
    for (int k = 0; k < map.loads; ++k) {
      const int made_by = producer[p.views[map.first_load + k].tensor];
      if (made_by >= 0 && leader[made_by] != leader[c] && joins(made_by, c, k)) return true;
    }
    return false;
  }
  /// Convolutions and poolings count the pixels of an image: every view must go on as they do. One
  /// that does not go on from image to image alike has them run image by image, which tiny images
  /// do not bear.
  constexpr bool has_flat_pixels(const stage& lead, const stage& map) const {
    if (lead.kind != anchor::convolution && lead.kind != anchor::pooling) return true;
    const dim pixels = lead.extents[1] * lead.extents[2];
    const bool tiny = pixels.is_static() && pixels.factor < least_image;
    const auto is_flat = [&](const view& v) {
      return v[1] == v[2] * lead.extents[2] && (!tiny || counts_images(v, lead));
    };
    bool all = true;
    for (int i = 0; i < map.loads; ++i) all = all && is_flat(p.views[map.first_load + i]);
    for (int i = 0; i < map.stores; ++i) all = all && is_flat(stored(map, i));
    return all;
  }

  /// Whether load k of map c is exactly what stage s stores.
  constexpr bool joins(int s, int c, int k) const {
    const stage& map = p.stages[c];
    const stage& made_by = p.stages[s];
    const stage& lead = p.stages[leader[s]];
    if (made_by.kind == anchor::pack || !same_axes(lead, map)) return false;
    if (!has_flat_pixels(lead, map)) return false;
    for (int i = 0; i < made_by.stores; ++i) {
      if (same_elements(stored(made_by, i), p.views[map.first_load + k], map.rank)) return true;
    }
    return false;
  }
  constexpr bool join(int lead, int c) {
    cluster& x = clusters[lead];
    const stage& map = p.stages[c];
    if (x.lines + map.instructions > max_program_lines || x.loads + map.loads > max_program_loads)
      return false;
    // What the cluster makes must come through registers: as it is stored, element for element.
    for (int k = 0; k < map.loads; ++k) {
      const int made_by = producer[p.views[map.first_load + k].tensor];
      if (made_by >= 0 && leader[made_by] == lead && !joins(made_by, c, k)) return false;
    }
    const int here = group_of[c];
    if (!ready_before(map, lead, x.position)) {
      if (!is_lone(lead) || !unread_before(lead, c, here)) return false;
      x.position = static_cast<std::int16_t>(here);
    }
    next[x.last] = static_cast<std::int16_t>(c);
    leader[c] = static_cast<std::int16_t>(lead);
    if (observed_stores(lead) > max_program_stores) {
      next[x.last] = -1;
      leader[c] = static_cast<std::int16_t>(c);
      return false;
    }
    x.last = static_cast<std::int16_t>(c);
    x.lines = static_cast<std::int16_t>(x.lines + map.instructions);
    x.loads = static_cast<std::int16_t>(x.loads + map.loads);
    return true;
  }
  /// Stores that a cluster needs as it stands; whoever joins later can only save some.
  constexpr int observed_stores(int lead) const {
    int n = 0;
    for (int s = lead; s >= 0; s = next[s]) {
      for (int i = 0; i < p.stages[s].stores; ++i)
        n += observed(stored(p.stages[s], i).tensor, lead);
    }
    return n;
  }

  // ---- the new plan -----------------------------------------------------------------------------

  /// A tensor must be stored when somebody outside the cluster sees it.
  constexpr bool observed(int tensor, int lead) const {
    if (p.tensors[tensor].at == place::result) return true;
    for (int r = readers[tensor]; r >= 0; r = reads[r].next) {
      if (leader[reads[r].stage] != lead) return true;
    }
    return false;
  }

  constexpr plan_t rebuild() {
    builder<Capacity> b{};
    copy_what_stays(b);
    table<std::int16_t, 2 * Capacity> lead_at{};  // by group: the cluster that runs there
    lead_at.fill(-1);
    for (int s = 0; s < p.stages.size; ++s) {
      if (leader[s] == s) lead_at[position(s)] = static_cast<std::int16_t>(s);
    }
    for (int g = 0; g < p.groups.size; ++g) {
      if (g == p.prepare_groups) b.p.prepare_groups = b.p.groups.size;
      if (lead_at[g] >= 0) copy_group(b, group_of[lead_at[g]]);
    }
    if (p.prepare_groups == p.groups.size) b.p.prepare_groups = b.p.groups.size;
    return b.p;
  }
  constexpr void copy_what_stays(builder<Capacity>& b) const {
    b.p.tensors = p.tensors;
    b.p.loops = p.loops;
    b.p.inputs = p.inputs;
    b.p.weights = p.weights;
    b.p.results = p.results;
    b.p.symbols = p.symbols;
  }
  constexpr void copy_group(builder<Capacity>& b, int g) {
    b.begin_group();
    for (int i = p.groups[g].first; i < p.groups[g].first + p.groups[g].items; ++i) {
      if (p.items[i].is_loop) {
        b.add_item(p.items[i]);
      } else {
        copy_cluster(b, p.items[i].index);
      }
    }
  }

  constexpr void copy_cluster(builder<Capacity>& b, int lead) {
    stage s = p.stages[lead];
    s.first_operand = b.p.views.size;
    for (int k = 0; k < s.operands; ++k) b.p.views.push(p.views[p.stages[lead].first_operand + k]);
    b.begin_program(s);
    s.loads = s.instructions = s.stores = 0;
    // Loads of all members come first; a load of what the cluster itself makes is a register.
    table<table<std::int8_t, max_program_loads>, max_program_lines + 1> load_of{};
    int member = 0;
    for (int m = lead; m >= 0; m = next[m], ++member) {
      for (int k = 0; k < p.stages[m].loads; ++k) {
        view v = p.views[p.stages[m].first_load + k];
        v.rank = s.rank;
        load_of[member][k] = is_made_inside(v, lead, m) ? std::int8_t{-1} : add_load(b, s, v);
      }
    }
    member = 0;
    for (int m = lead; m >= 0; m = next[m], ++member) copy_lines(b, s, lead, m, load_of[member]);
    b.add_stage(s);
  }
  /// The instructions and stores of one member.
  template <class Loads>
  constexpr void copy_lines(builder<Capacity>& b, stage& s, int lead, int m, const Loads& load_of) {
    const stage& x = p.stages[m];
    const bool anchored = s.kind != anchor::map;
    const int first_result = s.loads + (anchored ? 1 : 0) + s.instructions;
    const int own_results = x.loads + (anchored && m == lead ? 1 : 0);
    const auto renumbered = [&](int r) -> int {
      if (r >= own_results) return first_result + r - own_results;
      if (r >= x.loads) return s.loads;  // the anchor's
      return load_of[r] >= 0 ? load_of[r] : register_of[p.views[x.first_load + r].tensor];
    };
    for (int k = 0; k < x.instructions; ++k) {
      instruction y = p.instructions[x.first_instruction + k];
      std::int8_t* const registers = y.registers.data();
      for (int j = 0; j < y.count; ++j) {
        registers[j] = static_cast<std::int8_t>(renumbered(registers[j]));
      }
      b.push_instruction(s, y);
    }
    for (int k = 0; k < x.stores; ++k) {
      view v = stored(x, k);
      const int from = renumbered(p.stores[x.first_store + k].reg);
      register_of[v.tensor] = static_cast<std::int16_t>(from);
      v.rank = s.rank;
      if (observed(v.tensor, lead)) b.push_store(s, from, v);
    }
  }
  /// What the cluster makes, its members see as it was stored: join() took care.
  constexpr bool is_made_inside(const view& v, int lead, int reader) const {
    const int made_by = producer[v.tensor];
    return made_by >= 0 && made_by != reader && reader != lead && leader[made_by] == lead;
  }
  static constexpr std::int8_t add_load(builder<Capacity>& b, stage& s, const view& v) {
    for (int k = 0; k < s.loads; ++k) {
      if (b.p.views[s.first_load + k] == v) return static_cast<std::int8_t>(k);
    }
    b.push_load(s, v);
    return static_cast<std::int8_t>(s.loads - 1);
  }
};

}  // namespace detail

/// Post-operations run in registers: an elementwise stage whose operand is exactly what another
/// stage stores becomes lines of that stage's store program. What nobody else reads is not stored.
///
/// @law   interpret_plan(fuse_store(p)) == interpret_plan(p); idempotent
/// @cost  linear in stages for chains
struct fuse_store_fn final {
  static constexpr std::string_view name = "fuse_store";
  template <std::size_t Capacity>
  constexpr plan<Capacity> operator()(plan<Capacity> p) const {
    bool again = true;
    while (again) {
      detail::store_fuser<Capacity> fuser(p);
      const int first =
          p.prepare_groups < p.groups.size ? p.groups[p.prepare_groups].first : p.items.size;
      for (int i = first; i < p.items.size; ++i) {
        if (!p.items[i].is_loop) fuser.try_join(p.items[i].index);
      }
      again = fuser.joined && fuser.left;
      p = fuser.rebuild();
    }
    return p;
  }
};
inline constexpr fuse_store_fn fuse_store{};

}  // namespace kiln::plan
