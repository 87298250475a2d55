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
  template <class... Pool>
  placed_net(const named_weights& w, const plan_place& at, Pool&... pool)
      : weights_(at.packed, w),
        context_(weights_, pool..., at.scratch),
        arguments_(Net::template view<"x">(static_cast<const element*>(at.x)),
                   Net::template view<"y">(static_cast<element*>(at.y))) {}

  void run() noexcept { context_.run(arguments_); }

 private:
  using element = kiln::codegen::element_t<Element>;
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
    const bool rows = s.slices[0].axis == 0;
    text += (rows ? "rows " : "columns ") + std::to_string(around.step) + "/"
            + std::to_string(around.grain);
  }
  return text;
}
template <const auto& Expression>
std::string chosen_plan(int threads) {
  using net = kiln::compile<Expression>;
  for (const auto& v : net::variants) {
    if (v.when.threads.has(threads)) return summary(*v.runs);
  }
  return {};
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
  c.plans = {{"rule", detail::bind_alternative<net, kiln::settings, Element>},
             {"rows " + std::to_string(Blocks),
              detail::bind_alternative<net, blocks_of<Blocks>, Element>}...,
             {"columns, " + std::to_string(Apart) + " layers",
              detail::bind_alternative<net, columns_of<Apart>, Element>}...,
             {"columns", detail::bind_alternative<net, columns_of<all_layers>, Element>}};
  return c;
}

/// The choices for MLP_1 and MLP_2 with these elements.
template <dtype Element>
std::vector<choice> mlp_1_choices() {
  std::vector<choice> all;
  const auto add = [&]<int Batch, int... Blocks>(rows_list<Blocks...> blocks) {
    all.push_back(
        make_choice<mlp_1, Element, Batch>(describe_mlp_1(Batch, Element), blocks, apart_list<>{}));
  };
  add.template operator()<1>(rows_list<>{});
  add.template operator()<8>(rows_list<8>{});
  add.template operator()<32>(rows_list<16, 32>{});
  add.template operator()<128>(rows_list<64, 128>{});
  add.template operator()<512>(rows_list<64, 128, 256>{});
  return all;
}
template <dtype Element>
std::vector<choice> mlp_2_choices() {
  std::vector<choice> all;
  const auto add = [&]<int Batch, int... Blocks, int... Apart>(rows_list<Blocks...> blocks,
                                                               apart_list<Apart...> apart) {
    all.push_back(
        make_choice<mlp_2, Element, Batch>(describe_mlp_2(Batch, Element), blocks, apart));
  };
  add.template operator()<1>(rows_list<>{}, apart_list<>{});
  add.template operator()<8>(rows_list<8>{}, apart_list<3>{});
  add.template operator()<32>(rows_list<16, 32>{}, apart_list<3>{});
  add.template operator()<64>(rows_list<32, 64>{}, apart_list<3>{});
  add.template operator()<128>(rows_list<64, 128>{}, apart_list<3>{});
  add.template operator()<512>(rows_list<128, 256>{}, apart_list<>{});
  return all;
}

using choice_list = std::vector<choice>();
choice_list mlp_1_f32_choices, mlp_1_bf16_choices, mlp_1_u8_choices, mlp_2_f32_choices,
    mlp_2_bf16_choices, mlp_2_u8_choices;

}  // namespace bench
