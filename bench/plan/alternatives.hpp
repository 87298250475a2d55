// SPDX-License-Identifier: MIT
// Every plan that the cost rules could have chosen for a net of layers, and the one they chose.
#pragma once

#include <kiln/kiln.hpp>

#include <bench/model/mlp.hpp>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <sys/mman.h>
#include <utility>
#include <vector>

namespace bench {

/// A chain in blocks of so many rows, for any number of threads.
template <int Block>
struct blocks_of : kiln::settings {
  static constexpr auto moves =
      kiln::plan::moves(kiln::plan::fuse_store,
                        kiln::plan::collapse,
                        kiln::plan::fuse_rows_fn{{.machine = machine, .block = Block, .apart = 0}},
                        kiln::plan::place_scratch);
  static constexpr auto variants = kiln::plan::one_for_all;
};

/// The first layers by themselves, shared out by columns; the others, if there are any, in blocks
/// of rows.
template <int Apart>
struct columns_of : kiln::settings {
  static constexpr auto moves =
      kiln::plan::moves(kiln::plan::fuse_store,
                        kiln::plan::collapse,
                        kiln::plan::fuse_rows_fn{{.machine = machine, .apart = Apart}},
                        kiln::plan::split_parallel_fn{
                            machine, kiln::plan::barrier_cycles, kiln::plan::shared_axis::columns},
                        kiln::plan::place_scratch);
  static constexpr auto variants = kiln::plan::one_for_all;
};
inline constexpr int all_layers = 1000;

/// Without slices of k.
struct whole_sums : kiln::settings {
  static constexpr auto moves = kiln::plan::moves(kiln::plan::fuse_store,
                                                  kiln::plan::collapse,
                                                  kiln::plan::fuse_rows_fn{{.machine = machine}},
                                                  kiln::plan::split_parallel_fn{machine},
                                                  kiln::plan::place_scratch);
  static constexpr auto variants = kiln::plan::one_for_all;
};

/// Memory that all plans of a net share, so that none is lucky with its pages: large ones where the
/// system has some.
class shared_memory final {
 public:
  explicit shared_memory(std::size_t bytes)
      : bytes_((bytes + page - 1) / page * page),
        data_(static_cast<std::byte*>(std::aligned_alloc(page, bytes_))) {
#ifdef MADV_HUGEPAGE
    madvise(data_, bytes_, MADV_HUGEPAGE);
#endif
    std::memset(data_, 0, bytes_);
  }
  shared_memory(const shared_memory&) = delete;
  shared_memory& operator=(const shared_memory&) = delete;
  ~shared_memory() { std::free(data_); }

  [[nodiscard]] std::span<std::byte> bytes() const { return {data_, bytes_}; }

 private:
  static constexpr std::size_t page = std::size_t{2} << 20;
  std::size_t bytes_;
  std::byte* data_;
};

/// Where a plan finds everything.
struct plan_place final {
  const void* x = nullptr;
  void* y = nullptr;
  std::span<std::byte> packed, scratch;
  kiln::thread_pool* pool = nullptr;  // null: the calling thread alone
};

/// A plan, ready to run a net's data.
struct alternative final {
  std::string name;
  std::function<void()> (*bind)(const named_weights& w, const plan_place& at);
  bool is_chosen_alone = false;    // it is what the rules chose for one thread,
  bool is_chosen_by_team = false;  // or for several

  [[nodiscard]] bool is_chosen(int threads) const {
    return threads > 1 ? is_chosen_by_team : is_chosen_alone;
  }
};

/// A net and the plans that it could have; the first one is the rules'.
struct choice final {
  mlp model;
  std::vector<alternative> plans;
  /// What the rules chose for so many threads.
  std::string (*chosen)(int threads);
};

namespace detail {

template <class Net, dtype Element>
class placed_net final {
 public:
  placed_net(const named_weights& w, const plan_place& at)
      : weights_(at.packed, w),
        context_(weights_, at.scratch),
        arguments_(at_of(at)) {}
  /// In scratch of its own, as users have it: threads then read copies of small weights.
  placed_net(const named_weights& w, const plan_place& at, kiln::thread_pool& pool)
      : weights_(at.packed, w),
        context_(weights_, pool),
        arguments_(at_of(at)) {}

  void run() noexcept { context_.run(arguments_); }

 private:
  using element = kiln::codegen::element_t<Element>;
  static typename Net::arguments at_of(const plan_place& at) {
    return typename Net::arguments(Net::template view<"x">(static_cast<const element*>(at.x)),
                                   Net::template view<"y">(static_cast<element*>(at.y)));
  }
  typename Net::weights weights_;
  typename Net::context context_;
  typename Net::arguments arguments_;
};

template <const auto& Expression, class Settings, dtype Element>
std::function<void()> bind_alternative(const named_weights& w, const plan_place& at) {
  using net = placed_net<kiln::compile<Expression, Settings>, Element>;
  const auto bound =
      at.pool == nullptr ? std::make_shared<net>(w, at) : std::make_shared<net>(w, at, *at.pool);
  return [bound] { bound->run(); };
}

template <class Plan>
std::string summary(const Plan& p) {
  std::string text;
  for (int g = p.prepare_groups; g < p.groups.size; ++g) {
    const auto& first = p.items[p.groups[g].first];
    if (!text.empty()) text += ", ";
    if (!first.is_loop) {
      text += "alone";
      continue;
    }
    const auto& around = p.loops[first.index];
    const auto& s = p.stages[p.items[p.groups[g].first + 1].index];
    const int axis = s.slices[0].axis;
    text += (axis == 0   ? "rows "
             : axis == 1 ? "columns "
                         : "slices ")
            + std::to_string(around.step) + "/" + std::to_string(around.grain);
  }
  return text;
}
/// The plan of a net that so many threads run.
template <class Net>
constexpr const auto& plan_for(int threads) {
  for (const auto& v : Net::variants) {
    if (v.when.threads.has(threads)) return *v.runs;
  }
  return *Net::variants.back().runs;
}
template <const auto& Expression>
std::string chosen_plan(int threads) {
  return summary(plan_for<kiln::compile<Expression>>(threads));
}

/// Whether two plans of one graph do the same in the same memory.
template <class Plan>
constexpr bool same_plan(const Plan& a, const Plan& b) {
  if (a.groups.size != b.groups.size || a.items.size != b.items.size) return false;
  if (a.scratch_bytes != b.scratch_bytes || a.packed_bytes != b.packed_bytes) return false;
  for (int i = 0; i < a.groups.size; ++i) {
    if (a.groups[i].first != b.groups[i].first) return false;
  }
  for (int i = 0; i < a.items.size; ++i) {
    const auto &x = a.items[i], &y = b.items[i];
    if (x.is_loop != y.is_loop || x.body != y.body) return false;
    if (x.is_loop) {
      const auto &l = a.loops[x.index], &m = b.loops[y.index];
      if (l.runs != m.runs || l.step != m.step || l.grain != m.grain) return false;
    } else {
      const auto &s = a.stages[x.index], &r = b.stages[y.index];
      if (s.kind != r.kind || s.slices != r.slices || s.tile != r.tile) return false;
    }
  }
  for (int i = 0; i < a.tensors.size && i < b.tensors.size; ++i) {
    const auto &x = a.tensors[i], &y = b.tensors[i];
    if (x.at != y.at || x.offset != y.offset || x.row_stride != y.row_stride) return false;
  }
  return a.tensors.size == b.tensors.size;
}

/// A forced plan. What is the rules' for any number of threads is not compiled again.
template <const auto& Expression, class Settings, dtype Element>
alternative make_alternative(std::string name) {
  using rule = kiln::compile<Expression>;
  using forced = kiln::compile<Expression, Settings>;
  constexpr bool alone = same_plan(plan_for<rule>(1), plan_for<forced>(1));
  constexpr bool team = same_plan(plan_for<rule>(2), plan_for<forced>(2));
  if constexpr (alone && team) {
    return {std::move(name), bind_alternative<Expression, kiln::settings, Element>, true, true};
  } else {
    return {std::move(name), bind_alternative<Expression, Settings, Element>, alone, team};
  }
}

}  // namespace detail

/// What a list of plans is made of: blocks of rows, then layers that are apart.
template <int... Numbers>
struct rows_list final {};
template <int... Numbers>
struct apart_list final {};

/// The rules' plan, blocks of rows, columns of some layers, columns of all.
template <template <dtype, int> class Model, dtype Element, int Batch, int... Blocks, int... Apart>
choice make_choice(mlp described, rows_list<Blocks...>, apart_list<Apart...>) {
  static constexpr auto& net = Model<Element, Batch>::expression;
  choice c{std::move(described), {}, detail::chosen_plan<net>};
  c.plans = {{"rule", detail::bind_alternative<net, kiln::settings, Element>, true, true},
             detail::make_alternative<net, blocks_of<Blocks>, Element>("rows "
                                                                       + std::to_string(Blocks))...,
             detail::make_alternative<net, columns_of<Apart>, Element>(
                 "columns, " + std::to_string(Apart) + " layers")...,
             detail::make_alternative<net, columns_of<all_layers>, Element>("columns")};
  return c;
}

/// The choices for MLP_1 and MLP_2 with these elements, of few rows and of many: objects of their
/// own, for each takes a minute to compile.
template <dtype Element>
std::vector<choice> mlp_1_of_few() {
  std::vector<choice> all;
  const auto add = [&]<int Batch, int... Blocks>(rows_list<Blocks...> blocks) {
    all.push_back(
        make_choice<mlp_1, Element, Batch>(describe_mlp_1(Batch, Element), blocks, apart_list<>{}));
  };
  add.template operator()<1>(rows_list<>{});
  add.template operator()<8>(rows_list<8>{});
  add.template operator()<32>(rows_list<16, 32>{});
  add.template operator()<64>(rows_list<32, 64>{});
  return all;
}
template <dtype Element>
std::vector<choice> mlp_1_of_many() {
  std::vector<choice> all;
  const auto add = [&]<int Batch, int... Blocks>(rows_list<Blocks...> blocks) {
    all.push_back(
        make_choice<mlp_1, Element, Batch>(describe_mlp_1(Batch, Element), blocks, apart_list<>{}));
  };
  add.template operator()<128>(rows_list<64, 128>{});
  add.template operator()<256>(rows_list<64, 128, 256>{});
  add.template operator()<512>(rows_list<64, 128, 256>{});
  return all;
}
template <dtype Element>
std::vector<choice> mlp_2_of_few() {
  std::vector<choice> all;
  const auto add = [&]<int Batch, int... Blocks, int... Apart>(rows_list<Blocks...> blocks,
                                                               apart_list<Apart...> apart) {
    all.push_back(
        make_choice<mlp_2, Element, Batch>(describe_mlp_2(Batch, Element), blocks, apart));
  };
  add.template operator()<1>(rows_list<>{}, apart_list<>{});
  add.template operator()<8>(rows_list<8>{}, apart_list<3>{});
  add.template operator()<32>(rows_list<16, 32>{}, apart_list<3>{});
  return all;
}
template <dtype Element>
std::vector<choice> mlp_2_of_many() {
  std::vector<choice> all;
  const auto add = [&]<int Batch, int... Blocks, int... Apart>(rows_list<Blocks...> blocks,
                                                               apart_list<Apart...> apart) {
    all.push_back(
        make_choice<mlp_2, Element, Batch>(describe_mlp_2(Batch, Element), blocks, apart));
  };
  add.template operator()<64>(rows_list<32, 64>{}, apart_list<3>{});
  add.template operator()<128>(rows_list<64, 128>{}, apart_list<3>{});
  add.template operator()<256>(rows_list<128, 256>{}, apart_list<>{});
  add.template operator()<512>(rows_list<128, 256>{}, apart_list<>{});
  return all;
}

/// A layer of few rows and columns, but a long sum.
template <dtype Element, int Batch, int K, int N>
choice deep_choice() {
  static constexpr auto& net = mlp_expression<Element, mlp::function::relu, Batch, K, N>;
  const std::string name = "deep_" + std::to_string(K) + "x" + std::to_string(N);
  choice c{{name, Batch, {K, N}, mlp::function::relu, Element}, {}, detail::chosen_plan<net>};
  c.plans = {{"rule", detail::bind_alternative<net, kiln::settings, Element>, true, true},
             detail::make_alternative<net, whole_sums, Element>("whole sums"),
             detail::make_alternative<net, columns_of<all_layers>, Element>("columns")};
  return c;
}

using choice_list = std::vector<choice>();
choice_list mlp_1_f32_few, mlp_1_f32_many, mlp_1_bf16_few, mlp_1_bf16_many, mlp_1_u8_few,
    mlp_1_u8_many, mlp_2_f32_few, mlp_2_f32_many, mlp_2_bf16_few, mlp_2_bf16_many, mlp_2_u8_few,
    mlp_2_u8_many, deep_layers;

}  // namespace bench
