// SPDX-License-Identifier: MIT
// OpenMP's threads as an executor. Include it beside kiln.hpp in a program compiled with -fopenmp;
// elsewhere it declares nothing.
#pragma once

#include <kiln/core/executor.hpp>

#if defined(_OPENMP)

#  include <omp.h>

namespace kiln::interop {

/// Runs a job on a team of OpenMP's. Inside of a parallel region it runs on the thread that is
/// there, unless the program allows nested regions. The library's own settings (OMP_WAIT_POLICY,
/// OMP_PROC_BIND, ...) decide how threads wait and where they run.
///
/// @cost    that of a parallel region; OpenMP starts its threads at the first one
/// @errors  none
class openmp_executor final {
 public:
  /// As many threads as the library would take.
  openmp_executor()
      : threads_(omp_get_max_threads()) {}
  explicit openmp_executor(int threads)
      : threads_(threads) {}

  [[nodiscard]] int threads() const noexcept { return threads_; }

  /// Calls part(0) ... part(parts - 1), each once. A part that throws ends the program.
  template <class Part>
  void parallel_for(int parts, const Part& part) const noexcept {
#  pragma omp parallel for schedule(static, 1) num_threads(threads_)
    for (int i = 0; i < parts; ++i) part(i);
  }

 private:
  int threads_;
};

}  // namespace kiln::interop

namespace kiln {
using interop::openmp_executor;
}  // namespace kiln

#endif
