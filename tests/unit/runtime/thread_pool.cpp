// SPDX-License-Identifier: MIT
// The pool: every part once, nested and competing jobs, sleep, fork, and threads that cannot start.
#include <kiln/runtime/thread_pool.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <numeric>
#include <set>
#include <system_error>
#include <thread>
#include <type_traits>
#include <vector>

#if defined(__unix__)
#  include <sys/resource.h>
#  include <sys/wait.h>
#  include <unistd.h>
#endif

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#  define SANITIZED 1
#elif defined(__has_feature)
#  if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#    define SANITIZED 1
#  endif
#endif

namespace {

using namespace kiln;
using namespace std::chrono_literals;

static_assert(kiln::executor<thread_pool>);
static_assert(!std::is_copy_constructible_v<thread_pool>);
static_assert(alignof(runtime::detail::mailbox) >= 64 && sizeof(runtime::detail::mailbox) >= 64);

/// Whether each of n parts was run once.
bool runs_each_once(thread_pool& pool, int n) {
  std::vector<std::atomic<int>> times(static_cast<std::size_t>(n));
  pool.parallel_for(n, [&](int i) noexcept { ++times[static_cast<std::size_t>(i)]; });
  for (const auto& t : times) {
    if (t != 1) return false;
  }
  return true;
}

/// What the parts write without atomics, the caller reads when the job is done.
bool hands_over(thread_pool& pool) {
  std::array<int, 13> in{}, out{};
  for (int round = 0; round < 50; ++round) {
    for (auto& x : in) x = round;
    pool.parallel_for(13, [&](int i) noexcept {
      const auto k = static_cast<std::size_t>(i);
      out[k] = in[k] + i;
    });
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i] != round + static_cast<int>(i)) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("every part once, for any number of threads and parts") {
  for (const int threads : {1, 2, 3, 7, 64}) {
    CAPTURE(threads);
    thread_pool pool{threads};
    CHECK(pool.threads() == threads);
    for (const int parts : {0, 1, 2, 3, 7, 63, 64, 65, 200}) CHECK(runs_each_once(pool, parts));
    CHECK(hands_over(pool));
  }
}

TEST_CASE("parts as a function and what it is given, of any size") {
  thread_pool pool{3};
  const auto check = [&](const auto& numbers) {
    static std::array<std::atomic<int>, 8> got;
    for (auto& g : got) g = 0;
    pool.run_parts(
        8,
        [](const void* p, int i) noexcept {
          const auto& all = *static_cast<const std::remove_cvref_t<decltype(numbers)>*>(p);
          int sum = 0;
          for (const int x : all) sum += x;
          got[static_cast<std::size_t>(i)] += sum + i;
        },
        &numbers);
    const int sum = std::accumulate(numbers.begin(), numbers.end(), 0);
    for (int i = 0; i < 8; ++i) CHECK(got[static_cast<std::size_t>(i)] == sum + i);
  };
  check(std::array{7});
  std::array<int, 1000> many{};
  for (int round = 0; round < 50; ++round) {
    many.fill(round);
    check(many);
  }
}

TEST_CASE("by default as many threads as processors, and bound on request") {
  CHECK(thread_pool().threads() == runtime::usable_processors());
  thread_pool pinned{pool_options{.threads = 3, .pinned = true}};
  std::array<int, 3> processors{};
  std::atomic<int> began{0};
  pinned.parallel_for(3, [&](int i) noexcept {
    ++began;
    while (began < 3) std::this_thread::yield();  // so that each thread has one
    if (i > 0) processors[static_cast<std::size_t>(i)] = runtime::usable_processors();
  });
#if defined(__linux__)
  CHECK(processors == std::array{0, 1, 1});
#endif
}

TEST_CASE("threads work at the same time") {
  thread_pool pool{3};
  std::atomic<int> began{0};
  std::array<std::thread::id, 3> ids{};
  pool.parallel_for(3, [&](int i) noexcept {
    ids[static_cast<std::size_t>(i)] = std::this_thread::get_id();
    ++began;
    while (began < 3) std::this_thread::yield();
  });
  CHECK(std::set(ids.begin(), ids.end()).size() == 3);
}

TEST_CASE("sleeping threads wake up, for a job and for the end") {
  for (const auto awake : {0ns, 1000ns, 100000ns}) {
    thread_pool pool{pool_options{.threads = 2, .awake = awake}};
    for (int round = 0; round < 20; ++round) {
      std::this_thread::sleep_for(round % 2 == 0 ? 1ms : 0ms);
      std::atomic<int> began{0};
      pool.parallel_for(2, [&](int) noexcept {
        ++began;
        while (began < 2) std::this_thread::yield();
      });
      CHECK(began == 2);
    }
    std::this_thread::sleep_for(1ms);  // destroyed while all sleep
  }
  for (int round = 0; round < 50; ++round) thread_pool pool{4};  // or have not begun to
}

TEST_CASE("a caller that waits long goes to sleep and is woken up") {
  thread_pool pool{pool_options{.threads = 2, .awake = 1000ns}};
  std::atomic<int> began{0};
  bool slow = false;
  pool.parallel_for(2, [&](int i) noexcept {
    ++began;
    while (began < 2) std::this_thread::yield();
    if (i == 0) return;
    std::this_thread::sleep_for(20ms);
    slow = true;
  });
  CHECK(slow);
}

TEST_CASE("a job inside of a job runs on the thread that has it") {
  thread_pool pool{3};
  std::array<std::atomic<int>, 9> times{};
  std::atomic<int> elsewhere{0};
  pool.parallel_for(3, [&](int i) noexcept {
    const auto me = std::this_thread::get_id();
    pool.parallel_for(3, [&](int k) noexcept {
      ++times[static_cast<std::size_t>(3 * i + k)];
      elsewhere += std::this_thread::get_id() != me;
    });
  });
  for (const auto& t : times) CHECK(t == 1);
  CHECK(elsewhere == 0);
}

TEST_CASE("jobs from several threads at once") {
  thread_pool pool{3};
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) wrong += !runs_each_once(pool, 1 + round % 7);
    });
  }
  for (auto& c : callers) c.join();
  CHECK(wrong == 0);
}

#if defined(__unix__)
/// The exit status of a child process that runs f; -1: it did not end by itself.
template <class F>
int status_of_child(F f) {
  const pid_t child = fork();
  if (child == 0) _exit(f());
  int status = -1;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

TEST_CASE("the child of a fork runs everything itself, and ends") {
  thread_pool pool{3};
  REQUIRE(runs_each_once(pool, 8));
  CHECK(status_of_child([&] {
          const bool good = runs_each_once(pool, 8);
          pool.~thread_pool();  // does not wait for threads that are not there
          return good ? 0 : 1;
        })
        == 0);
  CHECK(runs_each_once(pool, 8));
}

TEST_CASE("a part that throws ends the program, on whichever thread it runs") {
  for (const int thrower : {0, 1}) {
    CHECK(status_of_child([&] {
            std::set_terminate([] { _exit(42); });
            thread_pool pool{1};  // and, in a child, without threads of its own
            try {
              pool.parallel_for(2, [&](int i) {
                if (i == thrower) throw 1;
              });
            } catch (...) {
              return 1;
            }
            return 2;
          })
          == 42);
  }
}

#  if !defined(SANITIZED)  // which know no threads of a child and reserve terabytes
TEST_CASE("a pool made in the child of a fork has threads") {
  thread_pool pool{2};
  CHECK(status_of_child([&] {
          thread_pool own{2};
          std::atomic<int> began{0};
          own.parallel_for(2, [&](int) noexcept {
            ++began;
            while (began < 2) std::this_thread::yield();
          });
          return began == 2 && runs_each_once(pool, 5) ? 0 : 1;
        })
        == 0);
}

TEST_CASE("a part that throws on a thread of the pool ends the program too") {
  CHECK(status_of_child([] {
          std::set_terminate([] { _exit(42); });
          thread_pool pool{2};
          std::atomic<int> began{0};
          pool.parallel_for(2, [&](int i) {
            ++began;
            while (began < 2) std::this_thread::yield();
            if (i == 1) throw 1;
          });
          return 2;
        })
        == 42);
}

TEST_CASE("when a thread cannot be started, those before it end and the error is reported") {
  CHECK(status_of_child([] {
          const rlimit little{256U << 20U, 256U << 20U};  // too little for 64 stacks
          if (setrlimit(RLIMIT_AS, &little) != 0) return 3;
          try {
            thread_pool pool{64};
          } catch (const std::system_error&) {
            thread_pool pool{2};
            return runs_each_once(pool, 5) ? 0 : 1;
          }
          return 2;
        })
        == 0);
}
#  endif
#endif
