// SPDX-License-Identifier: MIT
// kiln's own executor: threads that wait for parts of a job, first awake, then asleep.
#pragma once

#include <kiln/core/config.hpp>
#include <kiln/core/executor.hpp>
#include <kiln/runtime/futex.hpp>
#include <kiln/runtime/processors.hpp>
#include <kiln/simd/thread_control.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#if defined(__unix__)
#  include <pthread.h>
#endif

namespace kiln::runtime {
inline namespace KILN_ISA {

/// How a thread pool is made.
struct pool_options final {
  int threads = 0;  // with the one that calls; 0 or less: one for each processor that may be used
  /// Binds the pool's threads, but not the caller's, to one processor each: to those behind the
  /// first one that may be used.
  bool pinned = false;
  /// How long a thread stays awake when there is nothing to do. A sleeping one takes some ten
  /// microseconds to wake up. None does where there are more threads than processors.
  std::chrono::nanoseconds awake = std::chrono::microseconds(200);
};

namespace detail {

/// Counts the forks that led to this process.
inline std::atomic<unsigned>& forks() noexcept {
  static std::atomic<unsigned> count{0};
  return count;
}
inline unsigned forks_so_far() noexcept {
#if defined(__unix__)
  static const int registered = pthread_atfork(nullptr, nullptr, [] { ++forks(); });
  static_cast<void>(registered);
#endif
  return forks().load(std::memory_order_relaxed);
}

/// What is to be done: parts `share`, `share` + shares, ... of a job.
struct job final {
  void (*run)(const void*, int) noexcept = nullptr;
  const void* part = nullptr;
  int parts = 0;
  int shares = 0;

  void run_share(int share) const noexcept {
    for (int i = share; i < parts; i += shares) run(part, i);
  }
};

/// What a thread of the pool and the one that calls tell each other. Each has a pair of cache lines
/// for itself; the job lies in the line that says that there is one, so that one line travels.
class alignas(128) mailbox final {
 public:
  /// To a thread that has nothing to do: there is a share.
  void offer(const job& all) noexcept {
    run_ = all.run;
    part_.store(all.part, std::memory_order_relaxed);
    parts_ = all.parts;
    shares_ = all.shares;
    tell(phase::offered);
  }
  /// What was offered.
  ///
  /// @pre  begin() returned true
  [[nodiscard]] job offered() const noexcept {
    return {run_, part_.load(std::memory_order_relaxed), parts_, shares_};
  }
  /// To a thread that has nothing to do: there will never be anything.
  void stop() noexcept { tell(phase::stopped); }
  /// Takes a share back that nobody has begun.
  bool take_back() noexcept {
    phase seen = now_.load(std::memory_order_relaxed);
    return seen == phase::offered
           && now_.compare_exchange_strong(seen, phase::idle, std::memory_order_acq_rel);
  }
  /// Waits until a share that was begun is done.
  void wait_until_done(std::chrono::nanoseconds awake) noexcept {
    const auto running = [](phase x) { return x == phase::begun || x == phase::awaited; };
    if (stay_awake(awake, [&] { return !running(now_.load(std::memory_order_acquire)); })) return;
    phase seen = phase::begun;
    now_.compare_exchange_strong(seen, phase::awaited, std::memory_order_acq_rel);
    while (running(seen = now_.load(std::memory_order_acquire))) sleep_while(now_, seen);
  }

  /// Waits for a share and begins it; false: the thread shall end.
  bool begin(std::chrono::nanoseconds awake) noexcept {
    for (;;) {
      phase seen = phase::idle;
      if (!stay_awake(awake, [&] { return now_.load(std::memory_order_relaxed) != phase::idle; })) {
        now_.compare_exchange_strong(seen, phase::asleep, std::memory_order_acq_rel);
      }
      while ((seen = now_.load(std::memory_order_acquire)) == phase::asleep)
        sleep_while(now_, seen);
      if (seen == phase::stopped) return false;
      if (seen == phase::offered) fetch_part();
      if (seen == phase::offered
          && now_.compare_exchange_strong(seen, phase::begun, std::memory_order_acq_rel)) {
        return true;
      }
    }
  }
  /// The share that was begun is done.
  void done() noexcept {
    if (now_.exchange(phase::idle, std::memory_order_acq_rel) == phase::awaited) wake_one(now_);
  }

 private:
  enum class phase : std::int32_t {
    idle,     // the thread looks here again and again
    asleep,   // it has to be woken up
    offered,  // there is a share that nobody has begun
    begun,    // the thread works on it
    awaited,  // and the caller has gone to sleep
    stopped   // the thread ends
  };

  /// Begins to fetch what the parts hold from the caller's cache, while begin() waits for the
  /// mailbox: it is used at once. If it is larger, the rest comes later; if it is smaller, lines
  /// behind it come in vain.
  void fetch_part() const noexcept {
    const auto* const at = static_cast<const char*>(part_.load(std::memory_order_relaxed));
    for (int line = 0; line < 4; ++line) __builtin_prefetch(at + line * 64);
  }
  void tell(phase x) noexcept {
    if (now_.exchange(x, std::memory_order_acq_rel) == phase::asleep) wake_one(now_);
  }
  /// Looks for a while whether the condition holds; false: it does not. The clock, which may cost
  /// more than a short wait, is not asked at first.
  template <class Condition>
  static bool stay_awake(std::chrono::nanoseconds time, Condition holds) noexcept {
    if (time.count() == 0) return holds();
    const auto look = [&] {
      for (int i = 0; i < 64; ++i) {
        if (holds()) return true;
        simd::pause();
      }
      return false;
    };
    if (look()) return true;
    const auto start = std::chrono::steady_clock::now();
    do {
      if (look()) return true;
    } while (std::chrono::steady_clock::now() - start < time);
    return false;
  }

  std::atomic<phase> now_{phase::idle};
  int parts_ = 0;
  void (*run_)(const void*, int) noexcept = nullptr;
  std::atomic<const void*> part_{nullptr};  // read early, by fetch_part()
  int shares_ = 0;
};

}  // namespace detail

/// Threads that run the parts of one job at a time, the calling thread among them. Thread t runs
/// parts t, t + threads(), ... of every job, so that it finds its data in its own caches; what a
/// thread has not begun when the caller is done with its own parts, the caller runs too.
///
/// A job that comes while another one runs (from another thread, or from a part: a run inside of a
/// run) is run by its caller alone, part by part. So is every job in the child of a fork(), which
/// has none of the threads; there the pool's destructor leaves behind what it cannot end. The pool
/// is destroyed while no job runs.
///
/// @cost    parallel_for: one cache line that travels to each thread and back, with what the part
///          holds behind it: some 300 ns while they are awake; no allocation, no lock
/// @errors  std::system_error when a thread cannot be started
class thread_pool final {
 public:
  explicit thread_pool(const pool_options& options = {})
      : threads_(options.threads > 0 ? options.threads : usable_processors()),
        awake_(threads_ > usable_processors() ? std::chrono::nanoseconds(0) : options.awake),
        forks_(detail::forks_so_far()),
        helpers_(new helper[static_cast<std::size_t>(threads_ - 1)]) {
    start(options.pinned);
  }
  explicit thread_pool(int threads)
      : thread_pool(pool_options{.threads = threads}) {}
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;
  ~thread_pool() { end(); }

  /// Those that were started, and the caller's.
  [[nodiscard]] int threads() const noexcept { return threads_; }

  /// Calls part(0) ... part(parts - 1), each once. A part that throws ends the program.
  template <class Part>
  void parallel_for(int parts, const Part& part) noexcept {
    run_parts(
        parts,
        [](const void* p, int i) noexcept { (*static_cast<const Part*>(p))(i); },
        std::addressof(part));
  }

  /// The same for a function that is given `part` and the number of the part; core::team calls it.
  void run_parts(int parts, void (*run)(const void*, int) noexcept, const void* part) noexcept {
    const int shares = std::min(parts, threads_);
    if (shares <= 1 || forks_ != detail::forks().load(std::memory_order_relaxed)
        || busy_.exchange(true, std::memory_order_acquire)) {
      for (int i = 0; i < parts; ++i) run(part, i);
      return;
    }
    const detail::job all{run, part, parts, shares};
    for (int h = 1; h < shares; ++h) mail(h).offer(all);
    all.run_share(0);
    for (int h = 1; h < shares; ++h) {
      if (mail(h).take_back()) all.run_share(h);
    }
    for (int h = 1; h < shares; ++h) mail(h).wait_until_done(awake_);
    busy_.store(false, std::memory_order_release);
  }

 private:
  struct helper final {
    detail::mailbox mail;
    std::thread thread;
  };

  detail::mailbox& mail(int share) noexcept {
    return helpers_[static_cast<std::size_t>(share - 1)].mail;
  }

  void start(bool pinned) {
    const int wanted = threads_;
    threads_ = 1;  // end() ends those that are there if the next one cannot be started
    const auto start_all = [&] {
      for (int share = 1; share < wanted; ++share) {
        helpers_[static_cast<std::size_t>(share - 1)].thread =
            std::thread([this, share, pinned] { work(share, pinned); });
        threads_ = share + 1;
      }
    };
#if KILN_EXCEPTIONS
    try {
      start_all();
    } catch (...) {
      end();
      throw;
    }
#else
    start_all();
#endif
  }
  void work(int share, bool pinned) noexcept {
    if (pinned) stay_on_processor(share);
    while (mail(share).begin(awake_)) {
      mail(share).offered().run_share(share);
      mail(share).done();
    }
  }
  void end() noexcept {
    if (forks_ != detail::forks().load(std::memory_order_relaxed)) {
      static_cast<void>(helpers_.release());  // their threads are in another process
      return;
    }
    for (int h = 1; h < threads_; ++h) mail(h).stop();
    for (int h = 1; h < threads_; ++h) helpers_[static_cast<std::size_t>(h - 1)].thread.join();
  }

  int threads_;
  const std::chrono::nanoseconds awake_;
  const unsigned forks_;
  std::unique_ptr<helper[]> helpers_;
  alignas(128) std::atomic<bool> busy_{false};
};

}  // namespace KILN_ISA
}  // namespace kiln::runtime

namespace kiln {
using runtime::pool_options;
using runtime::thread_pool;
}  // namespace kiln
