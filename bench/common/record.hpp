// SPDX-License-Identifier: MIT
// The command line of every benchmark program and the lines of JSON that it writes.
#pragma once

#include <bench/common/machine.hpp>
#include <bench/common/measure.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// --filter=REGEX: workloads to run. --json=FILE: where to append one line for each measurement.
/// --seconds=S: time for each contender. --threads=N: how many compute one run.
struct options final {
  std::regex filter{""};
  std::string json;
  double seconds = 0.2;
  int threads = 1;

  [[nodiscard]] bool wants(const std::string& workload) const {
    return std::regex_search(workload, filter);
  }
};

/// Reads the command line; ends the program on what it does not know.
inline options parse(int argc, char** argv) {
  options o;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto value = argument.substr(std::min(argument.find('=') + 1, argument.size()));
    if (argument.rfind("--filter=", 0) == 0) {
      o.filter = std::regex(std::string(value));
    } else if (argument.rfind("--json=", 0) == 0) {
      o.json = value;
    } else if (argument.rfind("--seconds=", 0) == 0) {
      o.seconds = std::atof(std::string(value).c_str());
    } else if (argument.rfind("--threads=", 0) == 0) {
      o.threads = std::atoi(std::string(value).c_str());
    } else {
      std::fprintf(stderr,
                   "usage: %s [--filter=REGEX] [--json=FILE] [--seconds=S] [--threads=N]\n",
                   argv[0]);
      std::exit(2);
    }
  }
  return o;
}

/// What a workload is, apart from who computes it.
struct workload final {
  std::string name;
  std::string dtype;
  long batch = 1;
  int threads = 1;
  double flops = 0;  // of one run; 0: percent of the threads' peak has no meaning
  kiln::tensor::dtype peak_of = kiln::tensor::dtype::f32;  // whose products the peak is of
};

/// Of the peak, for a clock that changes between two samples.
inline constexpr double most_percent = 103;

namespace detail {

inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + '"';
}

}  // namespace detail

/// Measures the contenders of one workload, prints a line for each and appends it to the JSON file.
inline result record(const options& o,
                     const workload& w,
                     const std::vector<contender>& contenders) {
  const std::string shown = w.name + (w.threads > 1 ? " x" + std::to_string(w.threads) : "");
  const result r = measure(contenders, o.seconds, w.threads, w.peak_of);
  if (w.threads > 1) {
    std::printf("%s %s: %d threads can do %.2f times what one does\n",
                w.name.c_str(),
                w.dtype.c_str(),
                w.threads,
                r.team_peak_gflops / r.peak_gflops);
  }
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const double percent = w.flops / r.timings[i].median_us * 1e-3 / r.team_peak_gflops * 100;
    if (percent <= most_percent) continue;
    std::printf("%s %s, %s: %.0f %% of the peak cannot be; nothing of this is recorded\n",
                shown.c_str(),
                w.dtype.c_str(),
                contenders[i].impl.c_str(),
                percent);
    return r;
  }
  std::ofstream json;
  if (!o.json.empty()) json.open(o.json, std::ios::app);
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const auto& c = contenders[i];
    const auto& t = r.timings[i];
    const double percent = w.flops / t.median_us * 1e-3 / r.team_peak_gflops * 100;
    std::printf("%-31s %-4s %-20s %10.2f us  +-%4.1f %%  %5.1f %% of peak  %6.2fx\n",
                shown.c_str(),
                w.dtype.c_str(),
                c.impl.c_str(),
                t.median_us,
                50 * t.iqr_us / t.median_us,
                percent,
                t.median_us / r.timings[0].median_us);
    if (!json.is_open()) continue;
    json << "{\"workload\": " << detail::quoted(w.name)
         << ", \"dtype\": " << detail::quoted(w.dtype) << ", \"batch\": " << w.batch
         << ", \"threads\": " << w.threads << ", \"impl\": " << detail::quoted(c.impl)
         << ", \"version\": " << detail::quoted(c.version) << ", \"median_us\": " << t.median_us
         << ", \"iqr_us\": " << t.iqr_us << ", \"percent_of_peak\": " << percent
         << ", \"peak_gflops\": " << r.peak_gflops
         << ", \"team_peak_gflops\": " << r.team_peak_gflops
         << ", \"cpu\": " << detail::quoted(cpu_name()) << ", \"p50_us\": " << t.p50_us
         << ", \"p99_us\": " << t.p99_us
         << (c.bytes > 0 ? ", \"bytes\": " + std::to_string(c.bytes) : "")
         << (c.scratch_bytes > 0 ? ", \"scratch_bytes\": " + std::to_string(c.scratch_bytes) : "")
         << "}\n";
  }
  std::fflush(stdout);
  return r;
}

}  // namespace bench
