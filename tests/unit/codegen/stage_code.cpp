// SPDX-License-Identifier: MIT
// Tests kiln/codegen/stage_code.hpp.
#include <kiln/codegen/stage_code.hpp>

#include <doctest/doctest.h>

#include <array>
#include <type_traits>

namespace {

using namespace kiln;
using codegen::stage_form;

constexpr stage_form full() {
  stage_form f{};
  f.kind = plan::anchor::matmul;
  f.operation = op::kind_of<op::matmul_op>;
  f.rank = 3;
  f.kept = 2;
  f.operands = 2;
  f.loads = 2;
  f.instructions = 2;
  f.stores = 1;
  f.views[2] = {codegen::crossing::contiguous, tensor::dtype::bf16, true};
  f.lines[0] = {op::kind_of<op::add_op>, 2, 0, -1, {2, 0}};
  f.lines[1] = {op::kind_of<op::cast_op>, 1, 3, -1, {3}};
  f.stored[0] = 4;
  f.product = kernel::gemm::configure({4, 2}, kernel::gemm::a_form::strided, 0, 7, 0);
  return f;
}

// One change at a time; every one must give another type and be read back.
constexpr std::size_t changes = 16;
constexpr stage_form changed(std::size_t which) {
  stage_form f = full();
  switch (which) {
    case 1:
      f.kept = 1;
      break;
    case 2:
      f.accumulate = true;
      break;
    case 3:
      f.views[0].rows = true;
      break;
    case 4:
      f.views[4].element = tensor::dtype::s8;
      break;
    case 5:
      f.views[3].inner = codegen::crossing::strided;
      break;
    case 6:
      f.lines[0].kind = op::kind_of<op::mul_op>;
      break;
    case 7:
      f.lines[0].registers[1] = 1;
      break;
    case 8:
      f.lines[1].detail = 2;
      break;
    case 9:
      f.stored[0] = 3;
      break;
    case 10:
      f.product.block.mr = 3;
      break;
    case 11:
      f.product.tail_packs = 1;
      break;
    case 12:
      f.rest_low = 2;
      break;
    case 13:
      f.ragged = true;
      break;
    case 14:
      f.partials = true;
      break;
    case 15:
      f.product.depth_blocks = 1;
      break;
    default:
      break;
  }
  return f;
}

template <std::size_t Which>
struct getter {
  static constexpr stage_form value() { return changed(Which); }
};
template <std::size_t Which>
using code = codegen::code_of<getter<Which>>;

constexpr bool same(const stage_form& a, const stage_form& b) {
  return a.kept == b.kept && a.accumulate == b.accumulate && a.views[0].rows == b.views[0].rows
         && a.views[4].element == b.views[4].element && a.views[3].inner == b.views[3].inner
         && a.lines[0].kind == b.lines[0].kind && a.lines[0].registers == b.lines[0].registers
         && a.lines[1].detail == b.lines[1].detail && a.stored[0] == b.stored[0]
         && a.product == b.product && a.rest_low == b.rest_low && a.ragged == b.ragged
         && a.partials == b.partials;
}

template <std::size_t... I>
constexpr bool all_are_read_back(std::index_sequence<I...>) {
  return (same(code<I>::form, changed(I)) && ...);
}
static_assert(all_are_read_back(std::make_index_sequence<changes>{}));
static_assert(code<0>::form.product.tail_packs == kernel::gemm::any_tail);  // a sign survives

// Functions of different codes are different functions: g++ 12.2 gives templates with structures as
// arguments one symbol where they must have several.
template <class Code>
[[gnu::noinline]] int which() {
  for (std::size_t i = 0; i < changes; ++i) {
    if (same(Code::form, changed(i))) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

TEST_CASE("stages that differ in one field have code of their own") {
  const auto called = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<int, sizeof...(I)>{which<code<I>>()...};
  }
  (std::make_index_sequence<changes>{});
  for (std::size_t i = 0; i < changes; ++i) CHECK(called[i] == static_cast<int>(i));
}

TEST_CASE("equal forms share a type") {
  CHECK(std::is_same_v<code<0>, codegen::code_of<getter<changes + 1>>>);
  CHECK_FALSE(std::is_same_v<code<0>, code<1>>);
}
