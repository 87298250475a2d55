// SPDX-License-Identifier: MIT
// run() neither allocates nor frees, whichever way it is called.
#include <kiln/kiln.hpp>
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#  define SANITIZED 1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define SANITIZED 1
#  endif
#endif

namespace {

thread_local bool counting = false;
thread_local int calls = 0;
// Of all threads, for runs on several; other tests do not run meanwhile.
std::atomic<bool> counting_everywhere{false};
std::atomic<int> calls_everywhere{0};

void count() {
  calls += counting;
  if (counting_everywhere) ++calls_everywhere;
}

void* allocate(std::size_t bytes, std::size_t alignment) {
  count();
  void* p = nullptr;
  if (posix_memalign(&p, alignment < sizeof p ? sizeof p : alignment, bytes) != 0) std::abort();
  return p;
}
void release(void* p) {
  count();
  std::free(p);
}

}  // namespace

void* operator new(std::size_t n) { return allocate(n, 16); }
void* operator new[](std::size_t n) { return allocate(n, 16); }
void* operator new(std::size_t n, std::align_val_t a) {
  return allocate(n, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t n, std::align_val_t a) {
  return allocate(n, static_cast<std::size_t>(a));
}
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { release(p); }

#if defined(__GLIBC__) && !defined(SANITIZED)
// What does not go through operator new.
extern "C" void* __libc_malloc(std::size_t bytes);  // NOLINT: glibc's own name
extern "C" void* malloc(std::size_t bytes) {
  count();
  return __libc_malloc(bytes);
}
#endif

namespace {

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"batch", 64>, 20_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(20_c, 40_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(40_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(40_c, 10_c);
constexpr auto h = kiln::relu(kiln::matmul(x, w1) + b1);
constexpr auto y = kiln::outputs<"scores", "hidden">(kiln::softmax(kiln::matmul(h, w2)), h);
using net = kiln::compile<y>;

/// Allocations and releases during f().
template <class F>
int allocations(F f) {
  calls = 0;
  counting = true;
  f();
  counting = false;
  return calls;
}

}  // namespace

TEST_CASE("the counter counts") {
  CHECK(allocations([] { std::vector<float> v(100); }) >= 2);
#if defined(__GLIBC__) && !defined(SANITIZED)
  CHECK(allocations([] {
          void* volatile p = std::malloc(100);
          std::free(p);
        })
        >= 1);
#endif
}

TEST_CASE("neither run nor views nor arguments allocate") {
  const std::vector<float> w1_data(20 * 40, 0.25F), b1_data(40, 0.5F), w2_data(40 * 10, 0.125F);
  const net::weights w{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  net::context c{w};
  std::vector<float> in(64 * 20, 1.0F), scores(64 * 10), hidden(64 * 40);
  for (const std::size_t batch : {1U, 2U, 15U, 64U}) {
    const std::span<const float> xs{in.data(), batch * 20};
    const std::span<float> ss{scores.data(), batch * 10}, hs{hidden.data(), batch * 40};
    CHECK(allocations(
              [&] { c.run(net::view<"x">(xs), net::view<"scores">(ss), net::view<"hidden">(hs)); })
          == 0);
    CHECK(scores[0] == doctest::Approx(0.1F));
    const net::arguments a{net::view<"x">(xs), net::view<"scores">(ss), net::view<"hidden">(hs)};
    CHECK(allocations([&] { c.run(a); }) == 0);
    CHECK(allocations([&] {
            net::stack_context local{w};
            local.run(a);
          })
          == 0);
  }
}

TEST_CASE("a run on several threads allocates on none of them") {
  const std::vector<float> w1_data(20 * 40, 0.25F), b1_data(40, 0.5F), w2_data(40 * 10, 0.125F);
  const net::weights w{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  for (const auto awake : {std::chrono::nanoseconds(0), std::chrono::nanoseconds(100000)}) {
    kiln::thread_pool pool{kiln::pool_options{.threads = 3, .awake = awake}};
    net::context c{w, pool};
    std::vector<float> in(64 * 20, 1.0F), scores(64 * 10), hidden(64 * 40);
    std::atomic<int> began{0};
    counting_everywhere = true;
    pool.parallel_for(3, [&](int) noexcept {  // every thread is there
      ++began;
      while (began < 3) std::this_thread::yield();
    });
    for (int round = 0; round < 20; ++round) {
      c.run(net::view<"x">(in), net::view<"scores">(scores), net::view<"hidden">(hidden));
    }
    counting_everywhere = false;
    CHECK(calls_everywhere == 0);
    CHECK(scores[0] == doctest::Approx(0.1F));
    counting_everywhere = true;
    pool.parallel_for(3, [](int) noexcept {
      int* volatile number = new int;
      delete number;
    });
    counting_everywhere = false;
    CHECK(calls_everywhere.exchange(0) >= 6);
  }
}
