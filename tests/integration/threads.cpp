// SPDX-License-Identifier: MIT
// Nets that run on several threads: the same bits for every number of them, and one pool for many
// contexts.
#include <kiln/kiln.hpp>
#include <kiln/runtime/serial.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <support/numbers.hpp>
#include <thread>
#include <vector>
#if defined(__SSE__)
#  include <xmmintrin.h>
#endif

namespace {

using namespace kiln::literals;
constexpr std::size_t most = 140, in_cols = 19, out_cols = 11;
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"batch", 140>, 19_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(19_c, 50_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(50_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(50_c, 11_c);
constexpr auto h = kiln::sigmoid(kiln::matmul(x, w1) + b1);
constexpr auto y = kiln::softmax(kiln::matmul(h, w2));
using net = kiln::compile<y>;
static_assert(net::scratch_bytes_for(1) == net::scratch_bytes);
static_assert(net::scratch_bytes_for(3) >= 3 * net::scratch_bytes, "a block for each thread");

// A plan of its own for a row alone, for small teams and for large ones.
struct by_threads : kiln::settings {
  static constexpr auto variants = kiln::plan::variants(
      kiln::plan::when<"batch">(1), kiln::plan::when_threads(2, 3), kiln::plan::when_threads(4));
};
using chosen = kiln::compile<y, by_threads>;
static_assert(chosen::variants.size() == 4);

using kiln::test::numbers;

template <class Net>
struct fixture_of {
  std::vector<float> w1_data = numbers(19 * 50, 1), b1_data = numbers(50, 2);
  std::vector<float> w2_data = numbers(50 * 11, 3), rows = numbers(most * in_cols, 4);
  typename Net::weights w{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};

  /// The results for the first `batch` rows.
  template <class Context>
  std::vector<float> run(Context& c, std::size_t batch) const {
    std::vector<float> out(batch * out_cols, -1.0F);
    c.run(Net::template view<"x">(std::span{rows}.first(batch * in_cols)),
          Net::template view<"y">(out));
    return out;
  }
  template <class Context>
  void check(Context& c) const {
    for (const std::size_t batch : {1U, 2U, 3U, 16U, 55U, 56U, 57U, 64U, 127U, 128U, 140U}) {
      CAPTURE(batch);
      typename Net::context alone{w};
      CHECK(run(c, batch) == run(alone, batch));
    }
  }
};
using fixture = fixture_of<net>;

/// A user's executor: new threads for every job.
struct fresh_threads {
  int threads() const { return 3; }
  template <class F>
  void parallel_for(int n, F f) {
    std::vector<std::thread> all;
    for (int i = 0; i < n; ++i) all.emplace_back([f, i] { f(i); });
    for (auto& t : all) t.join();
  }
};

}  // namespace

TEST_CASE_TEMPLATE("bits do not depend on the number of threads", Net, net, chosen) {
  const fixture_of<Net> f;
  for (const int threads : {1, 2, 3, 7, 64}) {
    CAPTURE(threads);
    kiln::thread_pool pool{threads};
    typename Net::context c{f.w, pool};
    f.check(c);
    const kiln::serial_executor parts{threads};
    typename Net::context in_order{f.w, parts};
    f.check(in_order);
  }
}

TEST_CASE_FIXTURE(fixture, "any executor will do") {
  fresh_threads e;
  net::context c{w, e};
  check(c);
}

TEST_CASE_FIXTURE(fixture, "a team, which forgets its executor's type, may be handed on") {
  kiln::thread_pool pool{3};
  const auto make = [this](kiln::team team) { return net::context{w, team}; };
  net::context c = make(kiln::team(pool));
  CHECK(c.own().scratch.size() == net::scratch_bytes_for(3));
  check(c);
}

TEST_CASE_FIXTURE(fixture, "the caller's scratch, every byte of it and no more") {
  for (const int threads : {2, 5}) {
    kiln::thread_pool pool{threads};
    const std::size_t bytes = net::scratch_bytes_for(threads);
    const kiln::tensor::buffer memory(bytes + 64);
    std::memset(memory.data(), 0xff, bytes + 64);  // NaN in every word
    net::context c{w, pool, std::span{memory.data(), bytes}};
    check(c);
    for (std::size_t i = bytes; i < bytes + 64; ++i) REQUIRE(memory.data()[i] == std::byte{0xff});
  }
}

TEST_CASE_FIXTURE(fixture, "threads but the first read copies of small weights") {
  std::vector<std::byte> memory(net::packed_bytes + 64);
  const std::size_t skew = reinterpret_cast<std::uintptr_t>(memory.data()) % 64;
  const auto packed = std::span(memory).subspan((64 - skew) % 64, net::packed_bytes);
  std::memcpy(packed.data(), w.packed().data(), packed.size());
  const net::weights same(
      packed, kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data));
  const kiln::serial_executor parts{2};
  net::context c{same, parts};
  const auto right = run(c, most);
  std::memset(packed.data(), 0, packed.size());
  const auto half_wrong = run(c, most);
  CHECK(std::equal(right.end() - out_cols, right.end(), half_wrong.end() - out_cols));
  CHECK(!std::equal(right.begin(), right.begin() + out_cols, half_wrong.begin()));
}

TEST_CASE_FIXTURE(fixture, "one pool serves several contexts, at once if need be") {
  kiln::thread_pool pool{3};
  net::context alone{w};
  const auto expected = run(alone, most);
  std::vector<std::thread> callers;
  std::vector<int> wrong(4);
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    callers.emplace_back([&, i] {
      net::context own{w, pool};
      for (int round = 0; round < 20; ++round) wrong[i] += run(own, most) != expected;
    });
  }
  for (auto& t : callers) t.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE_FIXTURE(fixture, "a run inside of a run of the same pool") {
  kiln::thread_pool pool{3};
  net::context alone{w};
  const auto expected = run(alone, most);
  std::vector<std::vector<float>> results(3);
  pool.parallel_for(3, [&](int i) noexcept {
    net::context own{w, pool};
    results[static_cast<std::size_t>(i)] = run(own, most);
  });
  for (const auto& r : results) CHECK(r == expected);
}

#if defined(__SSE__)
TEST_CASE_FIXTURE(fixture, "all threads round as the calling one does") {
  kiln::thread_pool pool{3};
  net::context alone{w}, team{w, pool};
  const auto usual = run(team, most);
  const unsigned before = _mm_getcsr();
  _mm_setcsr((before & ~0x6000U) | 0x4000U | 0x8040U);  // up, and no denormals
  const auto expected = run(alone, most), actual = run(team, most);
  _mm_setcsr(before);
  CHECK(actual == expected);
  CHECK(actual != usual);
  CHECK(run(team, most) == usual);
}
#endif
