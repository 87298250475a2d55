// SPDX-License-Identifier: MIT
// A ranking service: requests with few or many candidates, one after the other, on one thread. The
// nets have the shape of DLRM, their weights and the requests are random numbers: neither changes
// how long they take. Says how long callers wait: the median and the slowest in 100 and in 1,000.
#include <kiln/explain.hpp>

#include "../example.hpp"
#include "nets.hpp"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace ranking;
using floats = std::vector<float>;

struct request final {
  std::size_t candidates;
  std::uint32_t seed;  // of all that describes them
};

/// The next of a row of random numbers, below `end`.
std::uint32_t draw(std::uint32_t& seed, std::uint32_t end) {
  seed = seed * 1664525U + 1013904223U;
  return static_cast<std::uint32_t>(std::uint64_t{seed} * end >> 32);
}

/// Everything that one thread needs; made once, then it allocates nothing.
class service final {
 public:
  explicit service(const std::map<std::string, floats>& weights)
      : bottom_weights_(weights),
        top_weights_(weights),
        bottom_(bottom_weights_),
        top_(top_weights_) {}

  /// Scores for the candidates of a request, valid until the next one.
  std::span<const float> rank(const request& r) {
    std::uint32_t seed = r.seed;
    for (std::size_t i = 0; i < r.candidates * features; ++i) {
      dense[i] = static_cast<float>(draw(seed, 1000)) / 1000;
    }
    const auto n = kiln::size<"candidates">(static_cast<int>(r.candidates));
    bottom_.run(bottom::view<"dense">(dense.data(), n), bottom::view<"y">(described_.data(), n));
    for (std::size_t c = 0; c < r.candidates; ++c) pair_up(c, seed);
    top_.run(top::view<"pairs">(pairs.data(), n), top::view<"y">(scores_.data(), n));
    return {scores_.data(), r.candidates};
  }

  floats dense = floats(most_candidates * features);
  floats pairs = floats(most_candidates * (embedding + interactions));

 private:
  static constexpr std::size_t rows_of_table = 1000;

  /// The candidate's vector, then its products with the embeddings and theirs with each other.
  void pair_up(std::size_t candidate, std::uint32_t& seed) {
    const float* vector[vectors] = {described_.data() + candidate * embedding};
    for (std::size_t t = 0; t < tables; ++t) {
      const std::size_t row = t * rows_of_table + draw(seed, rows_of_table);
      vector[t + 1] = embeddings_.data() + row * embedding;
    }
    float* to = pairs.data() + candidate * (embedding + interactions);
    to = std::copy_n(vector[0], embedding, to);
    for (std::size_t i = 1; i < vectors; ++i) {
      for (std::size_t j = 0; j < i; ++j) *to++ = product(vector[i], vector[j]);
    }
  }
  static float product(const float* a, const float* b) {
    float sums[16] = {};
    for (std::size_t k = 0; k < embedding; k += 16) {
      for (std::size_t l = 0; l < 16; ++l) sums[l] += a[k + l] * b[k + l];
    }
    float sum = 0;
    for (const float s : sums) sum += s;
    return sum / embedding;
  }

  bottom::weights bottom_weights_;
  top::weights top_weights_;
  bottom::context bottom_;
  top::context top_;
  floats embeddings_ = example::numbers(tables * rows_of_table * embedding, 7);
  floats described_ = floats(most_candidates * embedding);
  floats scores_ = floats(most_candidates);
};

/// Random weights for every name of a net.
template <class Net>
void add_weights(std::map<std::string, floats>& all) {
  const auto& g = Net::lowered;
  for (int i = 0; i < g.size; ++i) {
    const std::string name(g[i].name);
    if (name.empty() || name == "dense" || name == "pairs") continue;
    std::size_t elems = 1;
    for (int k = 0; k < g[i].type.rank; ++k) {
      elems *= static_cast<std::size_t>(g[i].type[k].factor);
    }
    floats& w = all[name] = example::numbers(elems, static_cast<std::uint32_t>(all.size() + 1));
    // Rows of which the squares sum to 1 keep the numbers' size from layer to layer.
    const float scale =
        g[i].type.rank == 2 ? std::sqrt(6.0F / static_cast<float>(g[i].type[0].factor)) : 0.1F;
    for (float& x : w) x *= scale;
  }
}

/// The same score from plain loops in double.
double expected_score(const std::map<std::string, floats>& weights, std::span<const float> pairs) {
  std::vector<double> x(pairs.begin(), pairs.end());
  for (int l = 1; l <= 5; ++l) {
    const floats& w = weights.at("top." + std::to_string(l) + ".w");
    const floats& b = weights.at("top." + std::to_string(l) + ".b");
    std::vector<double> y(b.begin(), b.end());
    for (std::size_t k = 0; k < x.size(); ++k) {
      for (std::size_t j = 0; j < y.size(); ++j) y[j] += x[k] * double{w[k * y.size() + j]};
    }
    for (double& v : y) v = l < 5 ? std::max(v, 0.0) : 1 / (1 + std::exp(-v));
    x = y;
  }
  return x[0];
}

double quantile(std::vector<double>& sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

void print_times(const char* which, std::vector<double> us) {
  std::sort(us.begin(), us.end());
  std::printf("%-22s %6zu requests   p50 %8.1f us   p99 %8.1f us   p99.9 %8.1f us\n",
              which,
              us.size(),
              quantile(us, 0.5),
              quantile(us, 0.99),
              quantile(us, 0.999));
}

}  // namespace

int main(int argc, char** argv) {
  const int requests = argc > 1 ? std::atoi(argv[1]) : 2000;
  std::map<std::string, floats> weights;
  add_weights<bottom>(weights);
  add_weights<top>(weights);
  service s(weights);
  std::cout << kiln::explain<bottom>() << '\n';

  std::vector<double> all, few, many;
  std::uint32_t seed = 1;
  double worst = 0;
  for (int i = 0; i < requests; ++i) {
    // As many requests for 1 as for 2 to 3, 4 to 7, ..., 32 to 63 candidates.
    const std::uint32_t power = 1U << draw(seed, 6);
    const request r{power + draw(seed, power), seed};
    const auto start = std::chrono::steady_clock::now();
    const auto scores = s.rank(r);
    const std::chrono::duration<double, std::micro> us = std::chrono::steady_clock::now() - start;
    all.push_back(us.count());
    (r.candidates < 8 ? few : many).push_back(us.count());
    if (i % 100 == 0) {
      const std::size_t width = s.pairs.size() / most_candidates, last = r.candidates - 1;
      const std::span<const float> row(s.pairs.data() + last * width, width);
      worst = std::max(worst, std::fabs(double{scores[last]} - expected_score(weights, row)));
    }
  }
  print_times("1 to 7 candidates", few);
  print_times("8 to 63 candidates", many);
  print_times("all", all);
  std::printf("scratch %zu and %zu bytes, largest error of a score %.2g\n",
              bottom::scratch_bytes,
              top::scratch_bytes,
              worst);
  return worst < 1e-5 ? 0 : 1;
}
