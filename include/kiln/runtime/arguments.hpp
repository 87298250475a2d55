// SPDX-License-Identifier: MIT
// net::arguments: views of all inputs and outputs, checked against each other, ready to run.
#pragma once

#include <kiln/runtime/view.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

namespace detail {

template <class Net, class Other, role As, int Slot>
struct view_of {
  static constexpr bool own = std::is_same_v<Net, Other>;
  static constexpr role as = As;
  static constexpr int slot = Slot;
};

template <class Net, class T>
struct view_facts;
template <class Net, class Other, role As, int Slot>
struct view_facts<Net, checked_view<Other, As, Slot>> : view_of<Net, Other, As, Slot> {};

template <class Net, class T>
concept any_view = requires {
  view_facts<Net, T>::own;
};

/// How often a slot is among Views.
template <class Net, role As, int Slot, class... Views>
constexpr int times_given() {
  return (0 + ... + (view_facts<Net, Views>::as == As && view_facts<Net, Views>::slot == Slot));
}

/// The first slot of a role that is not among Views exactly once; the number of slots: none.
template <class Net, role As, bool Twice, class... Views>
constexpr int first_wrong() {
  constexpr int n = slots<Net, As>;
  const auto times = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<int, sizeof...(I) + 1>{
        times_given<Net, As, static_cast<int>(I), Views...>()..., 1};
  }
  (std::make_index_sequence<static_cast<std::size_t>(n)>{});
  for (int i = 0; i < n; ++i) {
    if (Twice ? times[static_cast<std::size_t>(i)] > 1 : times[static_cast<std::size_t>(i)] == 0) {
      return i;
    }
  }
  return n;
}

template <class Net, role As, class... Views>
constexpr auto judge_role() {
  constexpr int twice = first_wrong<Net, As, true, Views...>();
  constexpr int missing = first_wrong<Net, As, false, Views...>();
  constexpr run_mistake absent =
      As == role::input ? run_mistake::missing_input : run_mistake::missing_output;
  if constexpr (twice < slots<Net, As>) {
    return core::compile_error<run_mistake::given_twice,
                               core::where<spelled_name<Net, As, twice>>>{};
  } else if constexpr (missing < slots<Net, As>) {
    return core::compile_error<absent,
                               core::where<spelled_name<Net, As, missing>>,
                               core::expected<spelled_tensor<Net, As, missing>>>{};
  } else {
    return core::ok{};
  }
}

template <class Net, class T>
constexpr auto judge_argument() {
  if constexpr (!any_view<Net, T>) {
    return core::compile_error<run_mistake::not_a_view, core::actual<T>>{};
  } else if constexpr (!view_facts<Net, T>::own) {
    return core::compile_error<run_mistake::view_of_another_net, core::actual<T>>{};
  } else {
    return core::ok{};
  }
}

template <class First, class... Rest>
struct first_rejected {
  using type = First;
};
template <class Second, class... Rest>
struct first_rejected<core::ok, Second, Rest...> : first_rejected<Second, Rest...> {};

/// Each input and output once, and nothing else.
template <class Net, class... Views>
constexpr auto judge_views() {
  using kinds = typename first_rejected<decltype(judge_argument<Net, Views>())..., core::ok>::type;
  if constexpr (!std::is_same_v<kinds, core::ok>) {
    return kinds{};
  } else {
    using inputs = decltype(judge_role<Net, role::input, Views...>());
    using outputs = decltype(judge_role<Net, role::output, Views...>());
    return typename first_rejected<inputs, outputs>::type{};
  }
}

/// A view's value of a symbol, for an error that does not care which view.
struct symbol_use final {
  const contract* expected = nullptr;
  std::int64_t value = not_known;
};

[[noreturn]] KILN_NOINLINE inline void raise_overlap(const contract& c, const char* other) {
  core::raise(title_of(c) + ": expected memory of its own, actual overlaps " + other);
}
[[noreturn]] KILN_NOINLINE inline void raise_overlap(const contract& c, const contract& other) {
  raise_overlap(c, title_of(other).c_str());
}

/// Reports the first two views that differ in a symbol's value.
[[noreturn]] KILN_NOINLINE inline void raise_disagreement(const symbol_use* use,
                                                          std::size_t symbol) {
  while (use->value == not_known) ++use;
  const symbol_use* other = use + 1;
  while (other->value == not_known || other->value == use->value) ++other;
  const std::string name = (*use->expected->symbols)[symbol].name;
  core::raise(title_of(*other->expected) + ": expected " + name + " = " + std::to_string(use->value)
              + " as in " + title_of(*use->expected) + ", actual " + name + " = "
              + std::to_string(other->value));
}

}  // namespace detail

/// The verdict on the views that run() or arguments are given.
template <class Net, class... Views>
constexpr auto judge_run() {
  if constexpr ((std::is_same_v<Views, rejected_view> || ...)) {
    return core::ok{};  // reported already
  } else {
    return detail::judge_views<Net, Views...>();
  }
}

/// Memory that a run uses beside its arguments: scratch and packed weights.
struct own_memory final {
  std::span<const std::byte> scratch;
  std::span<const std::byte> packed;
};

/// All arguments of a run. Made once, they may be used for any number of runs: what can be checked
/// was checked here. Inputs may share memory; an output shares no byte with any other argument,
/// because no plan promises yet that it has read an input before it writes.
///
/// @cost    a few nanoseconds an argument; no allocation unless there is an error
/// @errors  compile time: run_mistake; run time: kiln::error when views differ in a dynamic extent
///          or an output overlaps
template <class Net>
class arguments final {
 public:
  /// In any order: `net::arguments a{net::view<"x">(in), net::view<"y">(out)}`.
  template <class... Views>
  explicit arguments(const Views&... views) {
    if constexpr (core::accepted<decltype(judge_run<Net, Views...>())>()) {
      bind(own_memory{}, views...);
    }
  }

  /// Checks the views against the memory of a context too; context.run(views...) does this.
  template <class... Views>
  explicit arguments(const own_memory& own, const Views&... views) {
    if constexpr (core::accepted<decltype(judge_run<Net, Views...>())>()) {
      bind(own, views...);
    }
  }

  [[nodiscard]] const codegen::bound_tensor* inputs() const noexcept { return inputs_.data(); }
  [[nodiscard]] const codegen::bound_tensor* outputs() const noexcept { return outputs_.data(); }
  [[nodiscard]] const std::int64_t* symbols() const noexcept { return symbols_.data(); }

 private:
  template <class... Views>
  KILN_INLINE void bind(const own_memory& own, const Views&... views) {
    if constexpr (!(std::is_same_v<Views, rejected_view> || ...)) {
      (place(views), ...);
      agree(std::make_index_sequence<static_cast<std::size_t>(Net::graph.symbol_count)>{},
            views...);
      (keep_apart(views, own, views...), ...);
    }
  }

  template <role As, int Slot>
  void place(const checked_view<Net, As, Slot>& v) {
    (As == role::input ? inputs_.data() : outputs_.data())[Slot] = v.bound;
  }

  template <std::size_t... S, class... Views>
  KILN_INLINE void agree(std::index_sequence<S...>, const Views&... views) {
    (agree_on<S>(views...), ...);
  }
  template <std::size_t Symbol, class... Views>
  KILN_INLINE void agree_on(const Views&... views) {
    std::int64_t value = not_known;
    bool same = true;
    const auto see = [&](std::int64_t v) KILN_INLINE_LAMBDA {
      same = same && (value == not_known || v == value);
      value = v;
    };
    ((Views::expected.uses(Symbol) ? see(views.symbols[Symbol]) : void()), ...);
    if (!same) [[unlikely]] {
      const detail::symbol_use uses[] = {{&Views::expected, views.symbols[Symbol]}...};
      detail::raise_disagreement(uses, Symbol);
    }
    symbols_[Symbol] = value;
  }

  /// An output touches nothing else; an input may touch another input and the packed weights.
  template <class View, class... Views>
  KILN_INLINE void keep_apart(const View& v, const own_memory& own, const Views&... views) {
    if (overlap(v.bytes, {own.scratch.data(), own.scratch.size()})) [[unlikely]] {
      detail::raise_overlap(View::expected, "the scratch");
    }
    if constexpr (View::expected.as == role::output) {
      if (overlap(v.bytes, {own.packed.data(), own.packed.size()})) [[unlikely]] {
        detail::raise_overlap(View::expected, "the packed weights");
      }
      (keep_two_apart(v, views), ...);
    }
  }
  template <class View, class Other>
  KILN_INLINE void keep_two_apart(const View& v, const Other& other) {
    if constexpr (!std::is_same_v<View, Other>) {
      if (overlap(v.bytes, other.bytes)) [[unlikely]] {
        detail::raise_overlap(View::expected, other.expected);
      }
    }
  }

  std::array<codegen::bound_tensor, static_cast<std::size_t>(slots<Net, role::input>) + 1>
      inputs_{};
  std::array<codegen::bound_tensor, static_cast<std::size_t>(slots<Net, role::output>) + 1>
      outputs_{};
  symbol_values symbols_ = no_symbols;
};

}  // namespace KILN_ISA
}  // namespace kiln::runtime
