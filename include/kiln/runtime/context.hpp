// SPDX-License-Identifier: MIT
// ARROW 5, second half: scratch and run.
#pragma once

#include <kiln/core/executor.hpp>
#include <kiln/runtime/arguments.hpp>
#include <kiln/runtime/packed_copies.hpp>
#include <kiln/runtime/variants.hpp>
#include <kiln/runtime/weights.hpp>
#include <kiln/simd/exact_arithmetic.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

template <class Net>
class packed;

/// What contexts of Net refer to: its weights, or its packed weights as a constant (net::pack).
template <class W, class Net>
concept packed_weights = std::same_as<W, weights<Net>> || std::same_as<W, packed<Net>>;

/// Runs a net over shared weights in a scratch memory of its own: one run at a time per context.
/// What context and stack_context have in common.
///
/// run() takes no lock, allocates nothing and leaves the weights as they are. It gives the same
/// bits at every run, for every alignment of the arguments, every position in a batch and every
/// number of threads (but where the user's settings choose plans by it that add up in another
/// order). It does not change the floating-point environment (MXCSR): rounding, flushing of
/// denormals and masked exceptions are the calling thread's, on all threads of a run. A user's
/// function inside the net that throws ends the program.
template <class Net>
class runner {
 public:
  /// One run over arguments that were checked already.
  ///
  /// @pre     the memory behind the arguments, the weights' packed memory and the scratch live
  /// @cost    Net's own work; the call itself takes a few nanoseconds
  /// @errors  none
  void run(const arguments<Net>& a) noexcept {
    if (run_by_team_ != nullptr) return run_by_team_(*this, a);
    codegen::frame f = frame_for(a);
    run_variant<Net>(f);
  }

  /// One run over checked views, each input and output once, in any order.
  ///
  /// @cost    run() and a few nanoseconds an argument; no allocation unless there is an error
  /// @errors  compile time: run_mistake; run time: kiln::error when views differ in a dynamic
  ///          extent or an output overlaps another argument, the scratch or the packed weights
  template <class... Views>
  void run(const Views&... views) {
    if constexpr (core::accepted<decltype(judge_run<Net, Views...>())>()) {
      run(arguments<Net>(own(), views...));
    }
  }

  /// Scratch and packed weights, for arguments that are checked against them once.
  [[nodiscard]] own_memory own() const noexcept {
    return {{reinterpret_cast<const std::byte*>(scratch_), scratch_bytes_for<Net>(team_.threads())},
            {reinterpret_cast<const std::byte*>(packed_), packed_bytes}};
  }

 protected:
  static constexpr std::size_t scratch_bytes = scratch_bytes_of<Net>;
  static constexpr auto packed_bytes = static_cast<std::size_t>(Net::plan.packed_bytes);

  template <packed_weights<Net> Weights>
  runner(const Weights& w, std::byte* scratch) noexcept(std::same_as<Weights, weights<Net>>)
      : scratch_(reinterpret_cast<char*>(scratch)) {
    simd::require_exact_arithmetic();
    if constexpr (std::same_as<Weights, weights<Net>>) {
      packed_ = reinterpret_cast<char*>(const_cast<std::byte*>(w.packed().data()));
    } else {
      packed_ = reinterpret_cast<char*>(const_cast<std::byte*>(w.bytes().data()));
      require_units<Net>();
    }
  }

  /// With one thread, a team is none: the program is the same.
  template <packed_weights<Net> Weights, class Executor>
  runner(const Weights& w, std::byte* scratch, Executor& e)
      : runner(w, scratch) {
    team_ = core::team(e);
    if (team_.threads() > 1) run_by_team_ = &run_by_team;
  }

  /// Memory of the runner's own: each thread of the team then reads weights of its own.
  void copy_weights() {
    if constexpr (has_shared_groups<Net>()) {
      copies_ = copies_for(team_, reinterpret_cast<const std::byte*>(packed_), packed_bytes);
    }
  }

 private:
  codegen::frame frame_for(const arguments<Net>& a) const noexcept {
    codegen::frame f{};
    f.arguments = a.inputs();
    f.results = a.outputs();
    f.packed = packed_;
    f.copies = reinterpret_cast<char*>(copies_.data());
    f.copy_distance = static_cast<std::int64_t>(copy_distance(packed_bytes));
    f.scratch = scratch_;
    f.symbols = a.symbols();
    return f;
  }
  /// Code that exists only where a context was made with an executor.
  static void run_by_team(const runner& r, const arguments<Net>& a) noexcept {
    codegen::frame f = r.frame_for(a);
    run_variant<Net>(f, r.team_);
  }

  char* packed_;
  char* scratch_;
  void (*run_by_team_)(const runner&, const arguments<Net>&) noexcept = nullptr;
  core::team team_{};
  tensor::buffer copies_;
};

/// Runs a net in scratch from the heap or from the caller. Refers to the packed weights, which must
/// outlive it; moving it keeps the scratch where it is.
///
/// With an executor, run() shares its work out to as many threads as the executor has when the
/// context is made; the context refers to it. Without, the calling thread does everything. Several
/// contexts may use one executor; whether at once, the executor says.
///
/// @cost    Net::scratch_bytes of memory; Net::scratch_bytes_for(threads) with an executor and, for
///          small weights, a copy of them for each thread but one (runtime/packed_copies.hpp), but
///          nothing beyond the caller's scratch; a copy takes one parallel_for when it is made
/// @errors  compile time: weights or an executor that are a temporary; run time: kiln::error when
///          the caller's scratch is too small or not aligned to 64, or when weights are constants
///          and the machine or the system has no AMX for a net that was compiled for it
template <class Net>
class context final : public runner<Net> {
 public:
  template <packed_weights<Net> Weights>
  explicit context(const Weights& w)
      : context(tensor::buffer(runner<Net>::scratch_bytes), w) {}
  template <packed_weights<Net> Weights>
  context(const Weights& w, std::span<std::byte> scratch)
      : runner<Net>(w, checked(scratch, 1)) {}
  template <packed_weights<Net> Weights, core::executor Executor>
  context(const Weights& w, Executor& e)
      : context(tensor::buffer(scratch_bytes_for<Net>(core::team(e).threads())), w, e) {}
  template <packed_weights<Net> Weights, core::executor Executor>
  context(const Weights& w, Executor& e, std::span<std::byte> scratch)
      : runner<Net>(w, checked(scratch, core::team(e).threads()), e) {}
  template <packed_weights<Net> Weights>
  explicit context(const Weights&&) = delete;
  template <packed_weights<Net> Weights>
  context(const Weights&&, std::span<std::byte>) = delete;
  template <packed_weights<Net> Weights, core::executor Executor>
  context(const Weights&, const Executor&&) = delete;
  template <packed_weights<Net> Weights, core::executor Executor>
  context(const Weights&, const Executor&&, std::span<std::byte>) = delete;
  template <packed_weights<Net> Weights, core::executor Executor>
  context(const Weights&&, Executor&) = delete;
  template <packed_weights<Net> Weights, core::executor Executor>
  context(const Weights&&, Executor&, std::span<std::byte>) = delete;

 private:
  template <class Weights, class... Executor>
  context(tensor::buffer owned, const Weights& w, Executor&... e)
      : runner<Net>(w, owned.data(), e...),
        owned_(std::move(owned)) {
    if constexpr (sizeof...(Executor) > 0) this->copy_weights();
  }

  static std::byte* checked(std::span<std::byte> scratch, int threads) {
    tensor::require_memory(scratch, scratch_bytes_for<Net>(threads), "scratch");
    return scratch.data();
  }

  tensor::buffer owned_;  // empty where the caller owns the scratch
};

/// Runs a net in scratch inside the object: on the stack, or in whatever it is a member of. Has no
/// copy and no move, because its scratch would move with it.
///
/// @cost    no allocation; scratch_bytes in the object
/// @errors  compile time: weights that are a temporary; run time: kiln::error as context when
///          weights are constants
template <class Net>
class stack_context final : public runner<Net> {
 public:
  template <packed_weights<Net> Weights>
  explicit stack_context(const Weights& w) noexcept(std::same_as<Weights, weights<Net>>)
      : runner<Net>(w, scratch_) {}
  template <packed_weights<Net> Weights>
  explicit stack_context(const Weights&&) = delete;
  stack_context(const stack_context&) = delete;
  stack_context& operator=(const stack_context&) = delete;
  ~stack_context() = default;

 private:
  alignas(tensor::buffer_alignment) std::byte scratch_[runner<Net>::scratch_bytes + 1];
};

}  // namespace KILN_ISA
}  // namespace kiln::runtime
