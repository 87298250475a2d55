// SPDX-License-Identifier: MIT
// Embedded in an application: on kiln's pool or on the application's threads, in memory that the
// application owns. Whoever computes, the bits are the same.
#include <kiln/kiln.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include "example.hpp"
#include <cstddef>
#include <iostream>
#include <thread>
#include <vector>

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"batch", 512>, 64_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(64_c, 256_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(256_c, 10_c);
constexpr auto y = kiln::softmax(kiln::matmul(kiln::relu(kiln::matmul(x, w1)), w2));
using net = kiln::compile<y>;

// Anything that calls f(0) ... f(n - 1), each once, and returns when all are done.
struct fresh_threads {
  int threads() const { return 3; }
  template <class F>
  void parallel_for(int n, F f) {
    std::vector<std::thread> all;
    for (int i = 0; i < n; ++i) all.emplace_back(f, i);
    for (auto& t : all) t.join();
  }
};

// What an application sets aside once; both sizes are constants of the net.
alignas(64) static std::byte packed[net::packed_bytes];
alignas(64) static std::byte scratch[net::scratch_bytes];

int main() {
  const auto w1_data = example::numbers(64 * 256, 1), w2_data = example::numbers(256 * 10, 2);
  const auto images = example::numbers(300 * 64, 3);
  const net::weights weights{packed, kiln::bind<"w1">(w1_data), kiln::bind<"w2">(w2_data)};
  const auto run = [&](net::context& c) {
    std::vector<float> classes(300 * 10);
    c.run(net::view<"x">(images), net::view<"y">(classes));
    return classes;
  };

  net::context alone{weights, scratch};
  kiln::thread_pool pool{2};  // the calling thread and one more, which waits awake, then asleep
  net::context shared{weights, pool};
  fresh_threads own;
  net::context elsewhere{weights, own};

  const auto expected = run(alone);
  const bool same = run(shared) == expected && run(elsewhere) == expected;
  std::cout << "scratch of 1, 2, 3 threads: " << net::scratch_bytes << ", "
            << net::scratch_bytes_for(2) << ", " << net::scratch_bytes_for(3) << " bytes; results "
            << (same ? "are the same\n" : "differ\n");
  return same ? 0 : 1;
}
