// SPDX-License-Identifier: MIT
// What a stage does, as a pack of integers: the key under which its code is made and shared.
#pragma once

#include <kiln/kernel/conv2d/depthwise.hpp>
#include <kiln/kernel/conv2d/packed_config.hpp>
#include <kiln/kernel/gemm/config.hpp>
#include <kiln/kernel/gemm/grouped_operands.hpp>
#include <kiln/plan/plan.hpp>

#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// How a view crosses the innermost axis of its stage.
enum class crossing : std::uint8_t { broadcast, contiguous, strided };

/// A view as far as code depends on it.
struct view_form final {
  crossing inner = crossing::broadcast;
  tensor::dtype element = tensor::dtype::f32;
  bool rows = false;  // differs from row to row
};

/// How a convolution runs: with filters as they come, with packed ones, or filter by filter on
/// channels of their own.
enum class convolution_way : std::uint8_t { direct, packed, own_channels };

/// Limits of one stage; fusion stays below them.
inline constexpr int max_views = 28;
inline constexpr int max_instructions = 48;

/// Everything that the code of a stage depends on. Sizes and strides are not in it.
struct stage_form final {
  plan::anchor kind{};
  op::kind operation{};
  int rank = 0, kept = 0;
  bool accumulate = false;
  bool rough = false;  // exp and its relatives by simd::fast_pack
  int operands = 0, loads = 0, instructions = 0, stores = 0;
  std::array<view_form, max_views> views{};  // operands, loads, stores
  std::array<plan::instruction, max_instructions> lines{};
  std::array<std::int8_t, max_views> stored{};  // registers
  op::attribute_words attributes{};             // direct convolution and pooling
  convolution_way way = convolution_way::direct;
  bool by_image = false;  // convolution and pooling: a view does not go on from image to image
  kernel::conv2d::packed_config packed{};           // convolution_way::packed
  kernel::conv2d::depthwise_config own_channels{};  // convolution_way::own_channels
  kernel::gemm::config product{};                   // matmul
  kernel::gemm::grouped_form grouped{};             // matmul by weights of few bits
  int rest_high = 0, rest_low = 0;       // matmul: tile heights of the last, smaller block of rows
  bool ragged = false;                   // matmul: its rows may be any number
  bool partials = false;                 // matmul: partial sums may lie where the first store goes
  bool deep = false;                     // matmul: a slice of k in panels of all of it
  crossing along = crossing::broadcast;  // reduction: of the last reduced axis by the operand

  [[nodiscard]] constexpr bool has_anchor_register() const { return kind != plan::anchor::map; }
  [[nodiscard]] constexpr int registers() const {
    return loads + (has_anchor_register() ? 1 : 0) + instructions;
  }
  [[nodiscard]] constexpr int anchor_register() const { return loads; }
  [[nodiscard]] constexpr int first_result() const { return registers() - instructions; }
  [[nodiscard]] constexpr const view_form& load(int i) const {
    return views[static_cast<std::size_t>(operands + i)];
  }
  [[nodiscard]] constexpr const view_form& store(int i) const {
    return views[static_cast<std::size_t>(operands + loads + i)];
  }
};

namespace detail {

/// What kernels call the product of such elements.
constexpr kernel::gemm::arithmetic arithmetic_of(tensor::dtype a, tensor::dtype b) {
  using kernel::gemm::arithmetic;
  switch (b) {
    case tensor::dtype::f16:
      return arithmetic::f32_f16;
    case tensor::dtype::bf16:
      return a == tensor::dtype::bf16 ? arithmetic::bf16 : arithmetic::f32_bf16;
    case tensor::dtype::s8:
      return a == tensor::dtype::s8 ? arithmetic::s8s8 : arithmetic::u8s8;
    default:
      return arithmetic::f32;
  }
}

inline constexpr std::size_t max_words = 96;

/// Fields of these widths hold signed numbers: tail_packs may be -1, attributes may be anything.
constexpr bool is_signed(std::size_t width) { return width == 7 || width == 32; }

/// Words of 64 bits, filled and read in small fields, so that a key is as long as its stage.
struct bit_writer final {
  std::array<std::uint64_t, max_words> words{};
  std::size_t bits = 0;
  constexpr void put(std::uint64_t value, std::size_t width) {
    if (bits % 64 + width > 64) bits = (bits / 64 + 1) * 64;
    if (bits / 64 >= max_words) core::unreachable("stage code too long");
    const std::uint64_t above = value >> (width - (is_signed(width) ? 1 : 0));
    if (above != 0 && !(is_signed(width) && above == ~std::uint64_t{0} >> (width - 1))) {
      core::unreachable("a number that does not fit its field of a stage code");
    }
    words[bits / 64] |= (value & ((std::uint64_t{1} << width) - 1)) << (bits % 64);
    bits += width;
  }
  [[nodiscard]] constexpr std::size_t size() const { return (bits + 63) / 64; }
};

struct bit_reader final {
  const std::uint64_t* words = nullptr;
  std::size_t bits = 0;
  constexpr std::uint64_t get(std::size_t width) {
    if (bits % 64 + width > 64) bits = (bits / 64 + 1) * 64;
    const std::uint64_t v = (words[bits / 64] >> (bits % 64)) & ((std::uint64_t{1} << width) - 1);
    bits += width;
    return v;
  }
};

template <class Config, class F>
constexpr void for_each_product_field(Config& c, F f) {
  f(c.block.mr, 6);
  f(c.block.nv, 6);
  f(c.form, 2);
  f(c.full_columns, 1);
  f(c.tail_packs, 7);
  f(c.tail_masked, 1);
  f(c.rows_high, 6);
  f(c.rows_low, 6);
  f(c.source, 2);
  f(c.depth_blocks, 1);
  f(c.numbers, 3);
  f(c.depth_tail, 1);
  f(c.compensated, 1);
  f(c.tiled, 1);
}
template <class Config, class F>
constexpr void for_each_packed_field(Config& c, F f) {
  for_each_product_field(c.product, f);
  f(c.plain, 1);
  f(c.copies, 1);
  f(c.taps, 1);
  f(c.lines_high, 6);
  f(c.lines_low, 6);
  f(c.pixels_high, 6);
  f(c.pixels_low, 6);
  f(c.words, 5);
  f(c.stacked, 1);
}
template <class Config, class F>
constexpr void for_each_depthwise_field(Config& c, F f) {
  for (auto* axis : {&c.shape.down, &c.shape.across}) {
    f(axis->steps, 6);
    f(axis->taps, 3);
    f(axis->stride, 16);
    f(axis->dilation, 16);
  }
  f(c.shape.pads, 1);
  f(c.low, 6);
  f(c.narrow, 6);
}

/// Visits every field of a form with (reference, width in bits): one list for both directions.
template <class Form, class F>
constexpr void for_each_field(Form& s, F f) {
  f(s.kind, 4);
  f(s.operation, 8);
  f(s.rank, 4);
  f(s.kept, 4);
  f(s.accumulate, 1);
  f(s.rough, 1);
  f(s.operands, 4);
  f(s.loads, 6);
  f(s.instructions, 6);
  f(s.stores, 5);
  for (int i = 0; i < s.operands + s.loads + s.stores; ++i) {
    auto& v = s.views[static_cast<std::size_t>(i)];
    f(v.inner, 2);
    f(v.element, 3);
    f(v.rows, 1);
  }
  for (int i = 0; i < s.instructions; ++i) {
    auto& x = s.lines[static_cast<std::size_t>(i)];
    f(x.kind, 8);
    f(x.count, 3);
    f(x.detail, 4);
    for (int k = 0; k < x.count; ++k) f(x.registers[static_cast<std::size_t>(k)], 8);
  }
  for (int i = 0; i < s.stores; ++i) f(s.stored[static_cast<std::size_t>(i)], 8);
  if (s.kind == plan::anchor::convolution) f(s.way, 2);
  if (s.way == convolution_way::packed) for_each_packed_field(s.packed, f);
  if (s.way == convolution_way::own_channels) for_each_depthwise_field(s.own_channels, f);
  const bool window = s.kind == plan::anchor::convolution || s.kind == plan::anchor::pooling;
  if (window) f(s.by_image, 1);
  if (window && s.way == convolution_way::direct) {
    for (auto& word : s.attributes) f(word, 32);
  }
  if (s.kind == plan::anchor::reduction) f(s.along, 2);
  if (s.kind == plan::anchor::matmul) {
    for_each_product_field(s.product, f);
    f(s.partials, 1);
    f(s.rest_high, 6);
    f(s.rest_low, 6);
    f(s.ragged, 1);
    f(s.deep, 1);
    f(s.grouped.bits, 4);
    f(s.grouped.half_scale, 1);
    f(s.grouped.zeros, 1);
    f(s.grouped.half_zero, 1);
  }
}

}  // namespace detail

/// The key as a type. A pack of integers is mangled alike by all compilers, unlike a structure
/// filled member by member (g++ 12.2 gives different ones one symbol).
template <std::uint64_t... Words>
struct stage_code final {
  static constexpr stage_form form = [] {
    constexpr std::uint64_t words[] = {Words...};
    detail::bit_reader in{words};
    stage_form s{};
    detail::for_each_field(s, [&in](auto& field, std::size_t width) {
      using field_t = std::remove_reference_t<decltype(field)>;
      std::uint64_t v = in.get(width);
      if constexpr (std::is_signed_v<field_t>) {
        if (detail::is_signed(width)) {  // the top bit is the sign
          const std::uint64_t sign = std::uint64_t{1} << (width - 1);
          v = (v ^ sign) - sign;
        }
      }
      field = static_cast<field_t>(v);
    });
    return s;
  }();
};

namespace detail {

template <class Get>
struct encoder {
  static constexpr bit_writer written = [] {
    bit_writer out{};
    stage_form s = Get::value();
    for_each_field(s, [&out](const auto& field, std::size_t width) {
      out.put(static_cast<std::uint64_t>(field), width);
    });
    return out;
  }();
  template <std::size_t... I>
  static auto spell(std::index_sequence<I...>) -> stage_code<written.words[I]...>;
  using type = decltype(spell(std::make_index_sequence<written.size()>{}));
};

}  // namespace detail

/// The type of the form that Get::value() returns. Forms that are equal have one type.
template <class Get>
using code_of = typename detail::encoder<Get>::type;

}  // namespace KILN_ISA
}  // namespace kiln::codegen
