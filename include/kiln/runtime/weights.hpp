// SPDX-License-Identifier: MIT
// ARROW 5, first half: weights are checked by name and packed once.
#pragma once

#include <kiln/codegen/emit.hpp>
#include <kiln/runtime/binding.hpp>
#include <kiln/runtime/overlap.hpp>
#include <kiln/runtime/source.hpp>
#include <kiln/runtime/staging.hpp>
#include <kiln/runtime/variants.hpp>
#include <kiln/tensor/buffer.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kiln::runtime {
inline namespace KILN_ISA {

namespace detail {

template <class... Given>
inline constexpr bool is_one_source = false;
template <class Given>
inline constexpr bool is_one_source<Given> = weight_source<Given>;

template <class... Given>
inline constexpr bool starts_with_memory = false;
template <class First, class... Rest>
inline constexpr bool starts_with_memory<First, Rest...> =
    std::convertible_to<First&, std::span<std::byte>>;

}  // namespace detail

/// Packed weights of a net. Immutable once made: any number of contexts may share them, from any
/// number of threads. What they are made from is read once and not kept.
///
/// The packed memory is kiln's, or the caller's: at least packed_bytes of it, aligned to 64, alive
/// and unchanged as long as these weights are used. Moving keeps the packed memory where it is, so
/// contexts made before stay right; there is no copy, because nothing is gained by one.
///
/// Weights of bf16 and f16 serve where the net says f32 (widening is exact), and may lie at any
/// address; every other difference of element types is an error.
///
/// @cost    one pass over the weights; packed_bytes of memory, and for the time of the constructor
///          a copy of weights that are not aligned, have gaps between rows or are widened
/// @errors  compile time: binding_mistake; run time: kiln::error naming every missing or misshapen
///          weight at once, saying what is wrong with the packed memory, or that the machine or the
///          system has no AMX for a net that was compiled for it
template <class Net>
class weights final {
 public:
  /// From bindings, each weight of the net once: `net::weights w{kiln::bind<"w1">(data), ...}`.
  template <class... Named>
    requires(!detail::starts_with_memory<Named...> && !detail::is_one_source<Named...>)
  explicit weights(const Named&... given)
      : weights(tensor::buffer(bytes)) {
    if constexpr (core::accepted<decltype(judge_bindings<Net, Named...>())>()) {
      bind_all(given...);
    }
  }
  template <class... Named>
    requires(!detail::is_one_source<Named...>)
  explicit weights(std::span<std::byte> packed, const Named&... given)
      : packed_(checked(packed)) {
    if constexpr (core::accepted<decltype(judge_bindings<Net, Named...>())>()) {
      bind_all(given...);
    }
  }
  /// From whatever finds tensors by name; what the net does not name is not looked at.
  template <weight_source Source>
  explicit weights(const Source& source)
      : weights(tensor::buffer(bytes)) {
    bind_from(source);
  }
  template <weight_source Source>
  explicit weights(std::span<std::byte> packed, const Source& source)
      : packed_(checked(packed)) {
    bind_from(source);
  }
  weights(weights&& other) noexcept = default;
  weights& operator=(weights&& other) noexcept = default;
  weights(const weights&) = delete;
  weights& operator=(const weights&) = delete;
  ~weights() = default;

  /// The packed memory, for those who place it; its content is kiln's own.
  [[nodiscard]] std::span<const std::byte> packed() const noexcept { return {packed_, bytes}; }

 private:
  static constexpr int count = slots<Net, role::weight>;
  static constexpr auto bytes = static_cast<std::size_t>(Net::plan.packed_bytes);

  static constexpr const auto& expected = contracts<Net, role::weight>;

  using given_data = std::array<std::optional<tensor::memory>, static_cast<std::size_t>(count) + 1>;

  /// What was searched for names, and what it has instead of one that it lacks.
  struct origin final {
    const void* source = nullptr;
    std::string (*similar)(const void*, std::string_view) = nullptr;
  };

  explicit weights(tensor::buffer owned)
      : owned_(std::move(owned)),
        packed_(owned_.data()) {}

  static std::byte* checked(std::span<std::byte> packed) {
    tensor::require_memory(packed, bytes, "packed memory");
    return packed.data();
  }

  template <class... Named>
  void bind_all(const Named&... given) {
    if constexpr (!(std::is_same_v<Named, rejected_weight> || ...)) {
      given_data data{};
      (static_cast<void>(
           data[static_cast<std::size_t>(slot_named<Net, role::weight, typename Named::name>)] =
               given.data),
       ...);
      bind_memory(data, {});
    }
  }
  template <class Source>
  void bind_from(const Source& source) {
    given_data data{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      data[i] = look_up(source, expected[i].name);
    }
    bind_memory(data, {&source, [](const void* from, std::string_view name) {
                         return similar_name(*static_cast<const Source*>(from), name);
                       }});
  }

  /// Checks all weights, then packs them.
  void bind_memory(const given_data& data, const origin& from) {
    std::array<matched, static_cast<std::size_t>(count) + 1> sizes{};
    std::string problems;
    int wrong = 0;
    std::size_t staged_bytes = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const std::string text = problem_of(expected[i], data[i], from, sizes[i]);
      if (!text.empty()) {
        problems += (wrong++ == 0 ? "" : "\n  ") + text;
      } else if (needs_staging(expected[i], *data[i], sizes[i])) {
        staged_bytes += staged_size(expected[i], sizes[i]);
      }
    }
    if (wrong > 1) problems = std::to_string(wrong) + " weights do not fit:\n  " + problems;
    if (wrong > 0) core::raise(problems);
    require_units<Net>();
    pack(data, sizes.data(), tensor::buffer(staged_bytes));
  }

  std::string problem_of(const contract& c,
                         const std::optional<tensor::memory>& given,
                         const origin& from,
                         matched& to) const {
    if (!given) return text_of_missing(c, from);
    tensor::memory m = *given;
    const std::size_t element = size_of(m.element);
    if (widens(m.element, c.type.element) && m.foreign.empty()) m.element = c.type.element;
    symbol_values none = no_symbols;
    const problem p = match(c, m, none, to);
    if (p.what != mismatch::none) return explain(c, m, p);
    if (overlap(to.bytes(m.data, element), {packed_, bytes})) {
      return title_of(c) + ": expected memory of its own, actual overlaps the packed memory";
    }
    return {};
  }

  static std::string text_of_missing(const contract& c, const origin& from) {
    std::string text = title_of(c) + ": expected " + type_text(c) + ", actual missing";
    if constexpr (!std::is_void_v<weight_hint<Net>>) {
      if (has_hint<Net>(c.name)) text += "; " + std::string(weight_hint<Net>::text);
    }
    const std::string other = from.similar ? from.similar(from.source, c.name) : std::string();
    if (!other.empty()) text += "; did you mean '" + other + "'?";
    return text;
  }

  static std::size_t staged_size(const contract& c, const matched& size) {
    const auto elems = static_cast<std::size_t>(size.rows * size.cols);
    return (elems * size_of(c.type.element) + tensor::buffer_alignment - 1)
           / tensor::buffer_alignment * tensor::buffer_alignment;
  }

  void pack(const given_data& data, const matched* sizes, const tensor::buffer& staged) {
    std::array<codegen::bound_tensor, static_cast<std::size_t>(count) + 1> bound{};
    char* free = reinterpret_cast<char*>(staged.data());
    for (int i = 0; i < count; ++i) {
      const contract& c = expected[static_cast<std::size_t>(i)];
      codegen::bound_tensor& to = bound[static_cast<std::size_t>(i)];
      const tensor::memory& m = *data[static_cast<std::size_t>(i)];
      to = {static_cast<char*>(const_cast<void*>(m.data)), sizes[i].cols};
      if (needs_staging(c, m, sizes[i])) {
        stage(c, m, sizes[i], free);
        to = {free, sizes[i].cols};
        free += staged_size(c, sizes[i]);
      }
    }
    const tensor::buffer scratch(static_cast<std::size_t>(Net::plan.prepare_scratch_bytes));
    codegen::frame f{};
    f.weights = bound.data();
    f.packed = reinterpret_cast<char*>(packed_);
    f.scratch = reinterpret_cast<char*>(scratch.data());
    f.symbols = no_symbols.data();
    codegen::emitter<Net>::prepare(f);
  }

  tensor::buffer owned_;  // empty where the caller owns the memory
  std::byte* packed_ = nullptr;
};

}  // namespace KILN_ISA
}  // namespace kiln::runtime
