// SPDX-License-Identifier: MIT
// What several cores can do at most at once.
#pragma once

#include <kiln/simd/thread_control.hpp>

#include <atomic>
#include <bench/common/peak.hpp>
#include <bench/common/processors.hpp>
#include <cstddef>
#include <thread>
#include <vector>

namespace bench {

/// Threads that take samples of their cores' peaks at once. Between samples they sleep.
class peak_team final {
 public:
  explicit peak_team(int threads)
      : found_(static_cast<std::size_t>(threads)) {
    for (int i = 1; i < threads; ++i) threads_.emplace_back([this, i] { work(i); });
  }
  peak_team(const peak_team&) = delete;
  peak_team& operator=(const peak_team&) = delete;
  ~peak_team() {
    ended_ = true;
    begin();
    for (std::thread& t : threads_) t.join();
  }

  /// The sum of what all threads reach at once, the calling one among them. Each is measured by
  /// processor time of its own: two that share the units of one core take twice as long.
  double sample_gops(kiln::tensor::dtype element) {
    element_ = element;
    awake_ = 0;
    done_ = 0;
    left_ = 0;
    begin();
    take(0);
    while (left_ < found_.size()) kiln::simd::pause();
    double sum = 0;
    for (const double each : found_) sum += each;
    return sum;
  }

 private:
  void begin() {
    ++round_;
    round_.notify_all();
  }
  /// Nobody is measured alone, or behind a rest, which would leave the core a faster clock.
  void compute_until_all(std::atomic<std::size_t>& are) {
    ++are;
    while (are < found_.size()) sample_peak_gops(element_);
  }
  void work(int i) {
    stay_on_own_processor(i);
    for (int seen = 0;; ++seen) {
      round_.wait(seen);
      if (ended_) return;
      take(i);
    }
  }
  void take(int i) {
    compute_until_all(awake_);
    found_[static_cast<std::size_t>(i)] = sample_peak_gops(element_);
    compute_until_all(done_);
    ++left_;
  }

  std::vector<double> found_;
  kiln::tensor::dtype element_ = kiln::tensor::dtype::f32;
  std::atomic<bool> ended_{false};
  std::atomic<int> round_{0};
  std::atomic<std::size_t> awake_{0}, done_{0}, left_{0};
  std::vector<std::thread> threads_;
};

/// One sample of what so many threads reach at once; the number is the same at every call.
inline double sample_peak_of(int threads, kiln::tensor::dtype element) {
  static peak_team team(threads);
  return team.sample_gops(element);
}

}  // namespace bench
