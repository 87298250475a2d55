// SPDX-License-Identifier: MIT
// An arena of oneTBB as an executor. Include it beside kiln.hpp and link with oneTBB; where there
// is none, it declares nothing.
#pragma once

#include <kiln/core/executor.hpp>

#if __has_include(<oneapi/tbb/task_arena.h>)

#  include <oneapi/tbb/parallel_for.h>
#  include <oneapi/tbb/partitioner.h>
#  include <oneapi/tbb/task_arena.h>

namespace kiln::interop {

/// Runs a job as tasks of an arena, one a part. A thread that waits for the end takes no other
/// tasks meanwhile, so that it does not run into the same context again.
///
/// @cost    that of as many tasks as there are parts; oneTBB allocates them
/// @errors  none
class tbb_executor final {
 public:
  /// The arena is referred to and has to outlive this.
  explicit tbb_executor(oneapi::tbb::task_arena& arena)
      : arena_(arena) {}

  [[nodiscard]] int threads() const noexcept { return arena_.max_concurrency(); }

  /// Calls part(0) ... part(parts - 1), each once. A part that throws ends the program.
  template <class Part>
  void parallel_for(int parts, const Part& part) const noexcept {
    arena_.execute([&] {
      oneapi::tbb::this_task_arena::isolate([&] {
        oneapi::tbb::parallel_for(
            0, parts, [&](int i) noexcept { part(i); }, oneapi::tbb::simple_partitioner{});
      });
    });
  }

 private:
  oneapi::tbb::task_arena& arena_;
};

}  // namespace kiln::interop

namespace kiln {
using interop::tbb_executor;
}  // namespace kiln

#endif
