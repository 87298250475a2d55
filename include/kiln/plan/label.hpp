// SPDX-License-Identifier: MIT
// The name of the kernel that runs a stage: op/dst.lhs.rhs/tile/isa+epilogue.
#pragma once

#include <kiln/graph/text.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/plan/product_tile.hpp>

#include <string>
#include <string_view>

namespace kiln::plan {

namespace detail {

template <class Plan>
constexpr std::string_view operation_name(const Plan& p, const stage& s) {
  if (s.kind == anchor::matmul) return "gemm";
  if (s.kind == anchor::pack) return "pack";
  if (s.kind != anchor::map) return op::describe(s.operation).name;
  if (s.instructions == 0) return "copy";
  return op::describe(p.instructions[s.first_instruction].kind).name;
}

template <class Plan>
constexpr std::string_view element_of(const Plan& p, const view& v) {
  return name_of(p.tensors[v.tensor].type.element);
}

// Weights of few bits: u4g32 are numbers of 4 bits, of which 32 have a scale of their own. The
// strides of panels count what a column has.
template <graph::text_sink Text, class Plan>
constexpr void append_grouped(Text& to, const Plan& p, const stage& s) {
  const int k = s.extents[static_cast<std::size_t>(s.rank - 1)].factor;
  const auto of_column = [&](int i) {
    return int{p.views[s.first_operand + i][s.rank - 2].factor};
  };
  to.append(of_column(1) < k ? "u4g" : "u8g");
  graph::append_integer(to, k / of_column(2));
}

// Rows x columns of registers x k of a product; lanes of all others.
template <graph::text_sink Text, class Plan>
constexpr void append_tile(Text& to, const Plan& p, const stage& s, const core::target& machine) {
  if (s.kind != anchor::matmul) return graph::append_integer(to, machine.lanes);
  const tensor::tile t = product_tile(p, s, machine);
  graph::append_integer(to, t.mr);
  to.push_back('x');
  graph::append_integer(to, t.nv * machine.lanes);
  to.push_back('x');
  const int k = step_extent(p, s, s.rank - 1);
  if (k > 0) {
    graph::append_integer(to, k);
  } else {
    to.push_back('k');
  }
}

// What computes: the matrix unit has a name of its own.
template <class Plan>
constexpr std::string_view unit_name(const Plan& p, const stage& s, const core::target& machine) {
  const bool product =
      s.kind == anchor::matmul && product_tile(p, s, machine) == tensor::matrix_tile;
  const bool matrix = product || (s.kind == anchor::convolution && s.tile == tensor::matrix_tile);
  return matrix ? "amx" : core::name_of(machine.isa);
}

}  // namespace detail

/// Writes the label of a stage: gemm/f32.f32.f32/14x32x512/avx512+add+relu.
template <graph::text_sink Text, std::size_t N>
constexpr void append_label(Text& to,
                            const plan<N>& p,
                            const stage& s,
                            const core::target& machine = core::native) {
  to.append(detail::operation_name(p, s));
  to.push_back('/');
  const int first_store = s.stores > 0 ? p.stores[s.first_store].view : -1;
  to.append(first_store < 0 ? std::string_view("none")
                            : detail::element_of(p, p.views[first_store]));
  const bool map = s.kind == anchor::map;
  const bool product = s.kind == anchor::matmul || s.kind == anchor::convolution;
  const int operands = map ? int{s.loads} : product ? 2 : 1;
  for (int i = 0; i < operands; ++i) {
    const view& v = p.views[(map ? s.first_load : s.first_operand) + i];
    if (p.tensors[v.tensor].at == place::literal) continue;
    to.push_back('.');
    if (i == 1 && s.operation == op::kind_of<op::grouped_matmul_op>) {
      detail::append_grouped(to, p, s);
    } else {
      to.append(detail::element_of(p, v));
    }
  }
  to.push_back('/');
  detail::append_tile(to, p, s, machine);
  to.push_back('/');
  to.append(detail::unit_name(p, s, machine));
  for (int i = map ? 1 : 0; i < s.instructions; ++i) {
    to.push_back('+');
    to.append(op::describe(p.instructions[s.first_instruction + i].kind).name);
  }
}

/// The label of a stage.
template <std::size_t N>
std::string label(const plan<N>& p, const stage& s, const core::target& machine = core::native) {
  std::string text;
  append_label(text, p, s, machine);
  return text;
}

}  // namespace kiln::plan
