// SPDX-License-Identifier: MIT
// Evaluates a plan in f64, loop by loop and slice by slice, in poisoned memory: the oracle of
// moves.
#pragma once

#include <kiln/reference/plan_anchors.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kiln::reference {

namespace detail {

template <std::size_t N, std::size_t G>
class plan_interpreter final : public plan_anchors<N, G> {
 public:
  using base = plan_anchors<N, G>;

  plan_interpreter(const plan::plan<N>& p,
                   const graph::graph<G>& g,
                   const inputs& in,
                   const plan_options& options)
      : base(p, g, in, options) {
    find_homes();
  }

  std::vector<tensor> run(const inputs& in) {
    run_program(true, 0, p_.prepare_groups);
    this->give_inputs(in);
    run_program(false, p_.prepare_groups, p_.groups.size);
    return this->results();
  }

 private:
  using base::at;
  using base::axes_to;
  using base::fail;
  using base::g_;
  using base::gather;
  using base::index_;
  using base::memory_;
  using base::p_;
  using base::random;
  using base::scatter;
  using base::symbols_;

  // ---- loops ------------------------------------------------------------------------------------

  template <class F>
  void each_tensor(const plan::stage& s, F f) const {
    for (int i = 0; i < s.operands; ++i) f(p_.views[s.first_operand + i].tensor);
    for (int i = 0; i < s.loads; ++i) f(p_.views[s.first_load + i].tensor);
    for (int i = 0; i < s.stores; ++i) f(p_.views[p_.stores[s.first_store + i].view].tensor);
  }
  // The loop item in whose body, and nowhere else, a block tensor is used; -1: none.
  void find_homes() {
    std::vector<int> first(static_cast<std::size_t>(p_.tensors.size), -1), last = first;
    homes_ = first;
    for (int i = 0; i < p_.items.size; ++i) {
      if (p_.items[i].is_loop) continue;
      each_tensor(p_.stages[p_.items[i].index], [&](int t) {
        auto& from = first[static_cast<std::size_t>(t)];
        from = from < 0 ? i : from;
        last[static_cast<std::size_t>(t)] = i;
      });
    }
    for (int i = 0; i < p_.items.size; ++i) {
      if (!p_.items[i].is_loop) continue;
      for (std::size_t t = 0; t < homes_.size(); ++t) {
        if (first[t] > i && last[t] <= i + p_.items[i].body) homes_[t] = i;  // inner ones win
      }
    }
  }
  void poison_step(int loop_item) {
    for (int t = 0; t < p_.tensors.size; ++t) {
      const plan::placed_tensor& x = p_.tensors[t];
      const bool mine = homes_[static_cast<std::size_t>(t)] == loop_item;
      if (mine && x.at == plan::place::block && !x.carried) memory_.poison(t);
    }
  }

  void run_program(bool prepare, int first_group, int end_group) {
    memory_.begin_program(prepare);
    for (int k = first_group; k < end_group; ++k) {
      const plan::group& x = p_.groups[k];
      run_items(x.first, x.first + x.items, 0);
    }
  }
  void run_items(int first, int end, int depth) {
    for (int i = first; i < end; ++i) {
      const plan::item& x = p_.items[i];
      if (x.is_loop) {
        if (i + x.body >= end) fail("the body of a loop does not end inside of what is around it");
        run_loop(i, depth);
        i += x.body;
      } else {
        run_stage(x.index);
      }
    }
  }
  void run_loop(int i, int depth) {
    const plan::item& x = p_.items[i];
    const plan::loop& l = p_.loops[x.index];
    if (depth >= plan::max_nest) fail("loops are nested too deeply");
    if (l.step < 1) fail("a loop does not advance");
    std::vector<std::int64_t> steps;
    const std::int64_t extent = value_of(l.extent, symbols_.data());
    for (std::int64_t i0 = 0; i0 < extent; i0 += l.step) steps.push_back(i0);
    const bool outermost = l.runs == plan::role::parallel && !in_parallel_;
    if (l.runs == plan::role::parallel) {
      for (std::size_t k = steps.size(); k > 1; --k) std::swap(steps[k - 1], steps[random(k)]);
    }
    const std::int64_t first = step_ + 1;
    if (outermost) in_parallel_ = true;
    auto& index = index_[static_cast<std::size_t>(x.index)];
    if (index >= 0) fail("a loop runs inside of itself");
    for (const std::int64_t i0 : steps) {
      if (outermost) memory_.set_step(++step_, first);
      index = i0;
      poison_step(i);
      run_items(i + 1, i + 1 + x.body, depth + 1);
    }
    index = -1;
    if (outermost) {
      memory_.set_step(0, 0);
      in_parallel_ = false;
    }
  }

  // ---- stages -----------------------------------------------------------------------------------

  void run_stage(int place) {
    const plan::stage& s = p_.stages[place];
    memory_.begin_stage();
    const box b = this->box_of(s);
    try {
      if (s.kind == plan::anchor::pack) return this->pack(s, b);
      run_program_of(s, b);
    } catch (const error& e) {
      core::raise(std::string(e.what()) + " (stage " + std::to_string(place) + ")");
    }
  }
  void run_program_of(const plan::stage& s, const box& b) {
    const std::vector<int> axes = axes_to(s.kind == plan::anchor::row ? s.rank : s.kept);
    std::vector<tensor> registers;
    for (int i = 0; i < s.loads; ++i) {
      registers.push_back(gather(p_.views[s.first_load + i], b, axes, true));
    }
    if (s.kind != plan::anchor::map) registers.push_back(this->anchor_value(s, b, axes));
    for (int i = 0; i < s.instructions; ++i) {
      registers.push_back(computed(p_.instructions[s.first_instruction + i], registers, b, axes));
    }
    for (int i = 0; i < s.stores; ++i) {
      const plan::store& x = p_.stores[s.first_store + i];
      if (x.reg < 0 || at(x.reg) >= registers.size())
        fail("a register that nobody wrote is stored");
      scatter(p_.views[x.view], b, axes, registers[at(x.reg)]);
    }
  }
  tensor computed(const plan::instruction& x,
                  const std::vector<tensor>& registers,
                  const box& b,
                  const std::vector<int>& axes) const {
    graph::node n{};
    n.kind = x.kind;
    n.count = x.count;
    if (n.is<op::map_op>() || n.is<op::map_vector_op>()) n.user = g_[x.node].user;
    operand_list operands;
    for (int i = 0; i < x.count; ++i) {
      const int r = x.registers[at(i)];
      if (r < 0 || at(r) >= registers.size()) fail("a register that nobody wrote is used");
      operands.push_back(&registers[at(r)]);
    }
    tensor out = base::empty(b, axes);
    elementwise(n, operands, out);
    if (n.is<op::cast_op>()) {
      const auto element = static_cast<kiln::tensor::dtype>(x.detail);
      if (element != kiln::tensor::dtype::f32) {
        for (double& v : out.value) v = round_to(element, v);
      }
    }
    std::fill(out.bound.begin(), out.bound.end(), 0.0);
    return out;
  }

  std::vector<int> homes_;
  bool in_parallel_ = false;
  std::int64_t step_ = 0;
};

}  // namespace detail

/// The results of a plan, by the slots of the graph's outputs, as loops, slices, strides and places
/// say; callers' tensors get padded rows, steps of parallel loops come in any order. Operators mean
/// what they mean to `interpret`, element by element in the same order, so that a plan that splits
/// no sum gives the same bits.
///
/// @pre     the symbols in `in` have values
/// @cost    that of naive loops: meant for tests
/// @errors  kiln::error: the plan reads what is not written or what was overwritten, writes where
/// it
///          must not, leaves a tensor's memory, or is not well formed
template <std::size_t N, std::size_t G>
std::vector<tensor> interpret_plan(const plan::plan<N>& p,
                                   const graph::graph<G>& g,
                                   const inputs& in,
                                   const plan_options& options = {}) {
  return detail::plan_interpreter<N, G>(p, g, in, options).run(in);
}

}  // namespace kiln::reference
