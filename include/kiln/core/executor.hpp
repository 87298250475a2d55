// SPDX-License-Identifier: MIT
// What runs the parts of a job on threads, and a reference to one whose type is forgotten.
#pragma once

#include <algorithm>
#include <concepts>
#include <memory>

namespace kiln::core {

/// Runs parts of a job, possibly at once. `threads()` says into how many parts a job is worth being
/// cut; `parallel_for(n, f)` calls f(0) ... f(n - 1), each once, on any threads and in any order,
/// and returns when all are done, which makes what they wrote visible to the caller. No part waits
/// for another one, f does not throw, and neither may `parallel_for`.
///
/// It may have `run_parts(n, run, p)` besides, which calls run(p, 0) ... run(p, n - 1), for a team
/// to call: it may fetch what p points to before a part begins.
///
/// @models  runtime::serial_executor, runtime::thread_pool, interop::openmp_executor,
///          interop::tbb_executor
template <class Executor>
concept executor = requires(Executor& e, void (*f)(int) noexcept) {
  { e.threads() } -> std::convertible_to<int>;
  e.parallel_for(1, f);
};

/// A reference to an executor: as many threads as it had when this was made. Without one, the
/// calling thread alone. It is an executor itself, so that functions and contexts need not know the
/// type of the one that it refers to.
///
/// @cost  two pointers; a part is called through one of them
class team final {
 public:
  constexpr team() = default;
  template <executor Executor>
    requires(!std::same_as<Executor, team> && !std::same_as<Executor, const team>)
  explicit team(Executor& e)
      : executor_(const_cast<void*>(static_cast<const void*>(std::addressof(e)))),
        start_(&start_on<Executor>),
        threads_(std::max(1, static_cast<int>(e.threads()))) {}

  [[nodiscard]] constexpr int threads() const noexcept { return threads_; }

  /// Calls part(0) ... part(parts - 1).
  ///
  /// @pre     part is noexcept
  /// @errors  none: an executor that throws ends the program
  template <class Part>
  void parallel_for(int parts, const Part& part) const noexcept {
    static_assert(noexcept(part(0)), "kiln: a part of a job must not throw");
    if (start_ == nullptr) {
      for (int i = 0; i < parts; ++i) part(i);
    } else {
      start_(executor_, parts, {&call<Part>, std::addressof(part)});
    }
  }

 private:
  /// What an executor gets: a small function object that may be copied.
  struct job final {
    void (*run)(const void*, int) noexcept;
    const void* part;
    void operator()(int i) const noexcept { run(part, i); }
  };
  template <class Part>
  static void call(const void* part, int i) noexcept {
    (*static_cast<const Part*>(part))(i);
  }
  template <class Executor>
  static void start_on(void* e, int parts, job all) noexcept {
    auto& mine = *static_cast<Executor*>(e);
    if constexpr (requires { mine.run_parts(parts, all.run, all.part); }) {
      mine.run_parts(parts, all.run, all.part);
    } else {
      mine.parallel_for(parts, all);
    }
  }

  void* executor_ = nullptr;
  void (*start_)(void*, int, job) noexcept = nullptr;
  int threads_ = 1;
};

}  // namespace kiln::core

namespace kiln {
using core::executor;
using core::team;
}  // namespace kiln
