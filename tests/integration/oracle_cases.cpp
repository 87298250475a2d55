// SPDX-License-Identifier: MIT
// The oracle against results that NumPy computed: two independent readings of every operator.
#include <kiln/pass/optimize.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <support/oracle_case.hpp>
#include <support/tolerance.hpp>

namespace {

using kiln::reference::tensor;

const std::string data = std::string(KILN_SOURCE_DIR) + "/tests/data/";

const kiln::io::safetensors& open_file(const std::string& name) {
  static std::map<std::string, kiln::io::safetensors> files;
  const auto found = files.find(name);
  if (found != files.end()) return found->second;
  return files.emplace(name, kiln::io::load_safetensors(data + name)).first->second;
}

// Both sides compute in f64; the stored result was rounded to f32 once. What is left is half a unit
// in the last place, and roundings of f64 where sums cancel: 2^-29 of what f32 may err by, as the
// oracle and the case itself say; 2^-22 leaves room for many of them.
tensor rounded_once(const kiln::test::oracle_case& c, const tensor& expected, const tensor& found) {
  tensor t = expected;
  for (std::size_t i = 0; i < t.elems(); ++i) {
    const double half_unit = std::fabs(t.value[i]) * 0x1.01p-24 + 0x1p-149;
    const double bound = std::isinf(found.bound[i]) ? 0 : found.bound[i];
    t.bound[i] = half_unit + (bound + c.absolute) * 0x1p-22;
  }
  return t;
}

TEST_CASE("oracle cases: the oracle agrees with NumPy to the last bit of f32") {
  const auto cases = kiln::test::read_cases(data + "cases.txt");
  REQUIRE(cases.size() > 300);
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto made = kiln::test::graph_of(c, open_file(c.file));
    const auto found = kiln::reference::interpret(made.g, made.in);
    const tensor& y = found.output();
    REQUIRE(y.extents == made.expected.extents);
    const auto result = kiln::test::compare(rounded_once(c, made.expected, y), [&](std::size_t i) {
      const double value = y.value[i];
      return std::fabs(value) > 0x1.ffffffp127 ? std::copysign(HUGE_VAL, value) : value;
    });
    CHECK_MESSAGE(result.problem.empty(), result.problem);
  }
}

TEST_CASE("oracle cases: the stored f32 results lie within the oracle's bounds") {
  for (const auto& c : kiln::test::read_cases(data + "cases.txt")) {
    CAPTURE(c.name);
    const auto made = kiln::test::graph_of(c, open_file(c.file));
    const auto found = kiln::reference::interpret(made.g, made.in);
    tensor y = found.output();
    for (double& bound : y.bound) bound += c.absolute * 0x1p-22;
    const auto result =
        kiln::test::compare(y, [&](std::size_t i) { return made.expected.value[i]; });
    CHECK_MESSAGE(result.problem.empty(), result.problem);
  }
}

TEST_CASE("oracle cases: products of integers give what ONNX's quantised ones give") {
  int products = 0;
  for (const auto& c : kiln::test::read_cases(data + "cases.txt")) {
    if (c.op != "quantized_matmul") continue;
    CAPTURE(c.name);
    const auto made = kiln::test::graph_of(c, open_file(c.file));
    const auto after = kiln::pass::optimize(kiln::graph::compact<128>(made.g));
    for (int i = 0; i < after.size; ++i) {
      products += after[i].is<kiln::op::matmul_op>() && after[i].type.element == kiln::s32 ? 1 : 0;
    }
    const auto found = kiln::reference::interpret(after, made.in);
    CHECK(found.output().value == made.expected.value);
  }
  CHECK(products == 4);
}

TEST_CASE("oracle cases: there is a case for every operator with operands") {
  std::set<std::string> covered;
  for (const auto& c : kiln::test::read_cases(data + "cases.txt")) covered.insert(c.op);
  for (const auto& row : kiln::op::detail::table<kiln::op::registry>::rows) {
    const bool user = row.name == "map" || row.name == "map_vector";
    if (row.group == kiln::op::category::source || user) continue;
    CHECK_MESSAGE(covered.count(std::string(row.name)) == 1, row.name);
  }
}

TEST_CASE("oracle cases: a wrong result is noticed") {
  const auto cases = kiln::test::read_cases(data + "cases.txt");
  const auto& c = cases.at(0);
  const auto made = kiln::test::graph_of(c, open_file(c.file));
  const auto found = kiln::reference::interpret(made.g, made.in);
  const tensor& y = found.output();
  CHECK_FALSE(kiln::test::compare(rounded_once(c, made.expected, y),
                                  [&](std::size_t i) { return y.value[i] + 1e-3; }));
}

}  // namespace
