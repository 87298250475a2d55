// SPDX-License-Identifier: MIT
// Measures contenders against each other: in turns, in one process, by medians.
#pragma once

#include <algorithm>
#include <bench/common/peak.hpp>
#include <bench/common/peak_team.hpp>
#include <bench/common/processors.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// One implementation of a workload.
struct contender final {
  std::string impl;
  std::string version;
  std::function<void()> run;
  double bytes = 0;          // that one run moves; 0: not known
  double scratch_bytes = 0;  // of one context; 0: not known
};

/// What was measured of one contender: times of one run.
struct timing final {
  double median_us = 0;
  double iqr_us = 0;              // between the quartiles: how far to trust the median
  double p50_us = 0, p99_us = 0;  // of runs that were timed one by one, by the wall clock
};

struct result final {
  std::vector<timing> timings;  // in the order of the contenders
  // Of the samples taken in between nine tenths are less: whoever does more than that was measured
  // wrongly.
  double peak_gflops = 0;       // of one core
  double team_peak_gflops = 0;  // of all threads at once
};

namespace detail {

inline double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

/// Lets the threads of whoever had the turn before fall asleep (see peer_threads.hpp).
inline void pause_between_turns(int threads) {
  if (threads > 1) wait_until_others_sleep();
}

inline double time_us(const contender& c, long runs, double (*clock)()) {
  const double start = clock();
  for (long i = 0; i < runs; ++i) c.run();
  return (clock() - start) / static_cast<double>(runs);
}

/// What a caller waits for: each run by itself, the contenders in turns of 20 runs; of 100 where
/// each begins with a pause.
inline void time_one_by_one(const std::vector<contender>& contenders,
                            double seconds,
                            int threads,
                            result& r) {
  const int turn = threads > 1 ? 100 : 20, most_turns = 5000 / turn;
  double round_us = 0;
  for (const timing& t : r.timings) round_us += t.median_us * turn;
  const int turns = std::clamp(static_cast<int>(seconds * 1e6 / round_us), 5, most_turns);
  std::vector<std::vector<double>> times(contenders.size());
  for (int i = 0; i < turns; ++i) {
    for (std::size_t k = 0; k < contenders.size(); ++k) {
      pause_between_turns(threads);
      contenders[k].run();
      for (int j = 0; j < turn; ++j) times[k].push_back(time_us(contenders[k], 1, now_us));
    }
  }
  for (std::size_t k = 0; k < contenders.size(); ++k) {
    r.timings[k].p50_us = quantile(times[k], 0.5);
    r.timings[k].p99_us = quantile(times[k], 0.99);
  }
}

}  // namespace detail

/// Runs all contenders in turns, A B C A B C, until each had `seconds`. Each turn runs one of them
/// for about half a millisecond, behind an untimed run that brings its data back into the caches;
/// samples of the peak follow every round, so that a changing clock meets all of them alike. One
/// thread is timed by the processor time it used, more of them by the wall clock and in turns of
/// 5 ms that begin, when everybody else's threads sleep, with half a millisecond of untimed runs.
inline result measure(const std::vector<contender>& contenders,
                      double seconds = 0.2,
                      int threads = 1,
                      kiln::tensor::dtype peak_of = kiln::tensor::dtype::f32) {
  const double turn_us = threads == 1 ? 500 : 5000;
  double (*const clock)() = threads == 1 ? cpu_now_us : now_us;
  const long warming = threads == 1 ? 0 : 1;  // tenths of a turn
  std::vector<long> runs;
  double round_us = 0;
  for (const auto& c : contenders) {
    c.run();
    const double once = std::max(detail::time_us(c, 1, clock), 0.001);
    const long few = std::clamp(static_cast<long>(500 / once), 1L, 1000L);
    const double us = std::max(detail::time_us(c, few, clock), 0.001);
    runs.push_back(std::max(1L, static_cast<long>(turn_us / us)));
    round_us = std::max(round_us, us * static_cast<double>(runs.back()));
  }
  const auto rounds = static_cast<std::size_t>(std::max(7.0, seconds * 1e6 / round_us));
  std::vector<std::vector<double>> times(contenders.size());
  std::vector<double> peaks, team_peaks;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      detail::pause_between_turns(threads);
      for (long run = 0; run <= warming * runs[i] / 10; ++run) contenders[i].run();
      times[i].push_back(detail::time_us(contenders[i], runs[i], clock));
    }
    peaks.push_back(sample_peak_gops(peak_of));
    if (threads > 1) team_peaks.push_back(sample_peak_of(threads, peak_of));
  }
  result r;
  for (const auto& t : times) {
    r.timings.push_back({.median_us = detail::quantile(t, 0.5),
                         .iqr_us = detail::quantile(t, 0.75) - detail::quantile(t, 0.25)});
  }
  r.peak_gflops = detail::quantile(peaks, 0.9);
  r.team_peak_gflops = threads == 1 ? r.peak_gflops : detail::quantile(team_peaks, 0.9);
  detail::time_one_by_one(contenders, seconds, threads, r);
  return r;
}

}  // namespace bench
