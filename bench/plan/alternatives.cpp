// SPDX-License-Identifier: MIT
// Forces every plan that the cost rules could have chosen and prints what they chose beside the
// best, on one thread or, with --threads=2, on two.
#include <kiln/runtime/processors.hpp>

#include <algorithm>
#include <bench/common/measure.hpp>
#include <bench/common/record.hpp>
#include <bench/model/mlp_data.hpp>
#include <bench/plan/alternatives.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

/// How much longer than the best plan the rule's takes; 0: it is the best.
struct verdict final {
  std::string name;
  double behind = 0;
};

/// Of the weights of a net, or of its scratch.
constexpr std::size_t most_bytes = std::size_t{16} << 20;

/// Each contender's times in the better one of two measurements: what a thread that wakes up late
/// or memory in unlucky places adds to one, it seldom adds to both.
std::vector<bench::timing> better_of_two(const std::vector<bench::contender>& all,
                                         const bench::options& o,
                                         kiln::tensor::dtype element) {
  const auto first = bench::measure(all, o.seconds / 2, o.threads, element).timings;
  auto t = bench::measure(all, o.seconds / 2, o.threads, element).timings;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (first[i].median_us < t[i].median_us) t[i] = first[i];
  }
  return t;
}

void compare(const bench::options& o,
             const bench::choice& c,
             kiln::thread_pool* pool,
             std::vector<verdict>& verdicts) {
  const std::string name = c.model.name + "/" + std::to_string(c.model.batch) + " "
                           + std::string(name_of(c.model.element));
  if (!o.wants(name)) return;
  const bench::mlp_data d(c.model);
  const bench::shared_memory packed(most_bytes), scratch(most_bytes);
  const bench::plan_place team{d.x.data(), d.y.data(), packed.bytes(), scratch.bytes(), pool};
  const bench::plan_place alone{d.x.data(), d.y.data(), packed.bytes(), scratch.bytes(), nullptr};
  std::vector<bench::contender> all;
  std::vector<bool> chosen;
  for (const bench::alternative& a : c.plans) {
    all.push_back({a.name, "", a.bind(d.weights, team)});
    chosen.push_back(a.is_chosen(o.threads));
  }
  if (pool != nullptr) {
    all.push_back({"one thread", "", c.plans[0].bind(d.weights, alone)});
    chosen.push_back(false);
  }
  // Behind the last one: plans that pack otherwise cannot share the memory.
  for (const bench::contender& one : all) d.verify(one);
  const std::vector<bench::timing> t = better_of_two(all, o, c.model.element);
  // The same plan twice is measured twice: the better time counts for both.
  std::size_t best = 0, rule = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (t[i].median_us < t[best].median_us) best = i;
    if (chosen[i] && t[i].median_us < t[rule].median_us) rule = i;
  }
  std::printf("%s x%d: %s\n", name.c_str(), o.threads, c.chosen(o.threads).c_str());
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::printf("  %-20s %10.2f us  +-%4.1f %%  %6.3fx%s\n",
                all[i].impl.c_str(),
                t[i].median_us,
                50 * t[i].iqr_us / t[i].median_us,
                t[i].median_us / t[rule].median_us,
                chosen[i] && i > 0 ? "  the rule's plan" : "");
  }
  verdicts.push_back({name, t[rule].median_us / t[best].median_us - 1});
  std::printf("  %.1f %% behind %s\n",
              100 * verdicts.back().behind,
              chosen[best] ? "nothing" : all[best].impl.c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const auto o = bench::parse(argc, argv);
  if (o.threads > 2) {
    std::fputs("alternatives: plans that are forced are for one thread or two\n", stderr);
    return 2;
  }
  std::optional<kiln::thread_pool> threads;
  if (o.threads > 1) {
    threads.emplace(kiln::pool_options{.threads = o.threads, .pinned = true});
    kiln::runtime::stay_on_processor(0);
  }
  std::vector<verdict> verdicts;
  for (bench::choice_list* const list : {bench::mlp_1_f32_few,
                                         bench::mlp_1_f32_many,
                                         bench::mlp_1_bf16_few,
                                         bench::mlp_1_bf16_many,
                                         bench::mlp_1_u8_few,
                                         bench::mlp_1_u8_many,
                                         bench::mlp_2_f32_few,
                                         bench::mlp_2_f32_many,
                                         bench::mlp_2_bf16_few,
                                         bench::mlp_2_bf16_many,
                                         bench::mlp_2_u8_few,
                                         bench::mlp_2_u8_many,
                                         bench::deep_layers}) {
    for (const bench::choice& c : list()) compare(o, c, threads ? &*threads : nullptr, verdicts);
  }
  const auto behind = [](double most) { return [=](const verdict& v) { return v.behind > most; }; };
  std::printf("%zu points on %d threads: the rule is more than 3 %% behind the best at %td\n",
              verdicts.size(),
              o.threads,
              std::count_if(verdicts.begin(), verdicts.end(), behind(0.03)));
  return 0;
}
