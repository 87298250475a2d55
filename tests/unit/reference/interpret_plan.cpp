// SPDX-License-Identifier: MIT
// The interpreter finds what is wrong with a plan: each case spoils a good one.
#include <kiln/plan/collapse.hpp>
#include <kiln/plan/fuse_rows.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/trivial.hpp>
#include <kiln/reference/interpret_plan.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

namespace {

using namespace kiln;
using reference::storage;

constexpr std::int64_t rows = 90;

const auto g = test::mlp_graph(0);
// One loop over blocks of 28 rows: product, product, softmax.
const auto good = [] {
  core::target machine = core::native;
  machine.isa = core::isa::avx512;
  auto p = plan::fuse_rows_fn{{.machine = machine, .block = 28}}(
      plan::collapse(plan::fuse_store(plan::trivial(g))));
  return plan::place_scratch(p);
}();

reference::inputs numbers() {
  reference::inputs in;
  in.symbols[0] = rows;
  for (int i = 0; i < g.size; ++i) {
    if (!graph::is_interface(g[i])) continue;
    reference::tensor t(reference::extents_of(g[i].type, in.symbols));
    for (std::size_t k = 0; k < t.elems(); ++k) t.value[k] = static_cast<double>(k % 13) / 8 - 0.5;
    in.tensors.emplace(std::string(g[i].name), std::move(t));
  }
  return in;
}

std::string problem(const plan::plan<12>& p, storage mode = storage::placed) {
  const auto in = numbers();
  try {
    const auto y = reference::interpret_plan(p, g, in, {mode, 3});
    return y[0].value == reference::interpret(g, in).output().value ? "" : "other values";
  } catch (const kiln::error& e) {
    return e.what();
  }
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The stage of that kind, and the block tensor that the first product writes.
plan::stage& stage_of(plan::plan<12>& p, plan::anchor kind) {
  for (int i = 0; i < p.stages.size; ++i) {
    if (p.stages[i].kind == kind) return p.stages[i];
  }
  throw kiln::error("no such stage");
}
int hidden(plan::plan<12>& p) {
  return p.views[p.stores[stage_of(p, plan::anchor::matmul).first_store].view].tensor;
}

}  // namespace

TEST_CASE("a good plan gives the bits of its graph in both kinds of memory") {
  CHECK(problem(good, storage::separate) == "");
  CHECK(problem(good, storage::placed) == "");
}

TEST_CASE("a slice that is missing computes rows that are not there") {
  auto p = good;
  stage_of(p, plan::anchor::row).slices[0].loop = -1;
  CHECK(problem(p) != "");
}

TEST_CASE("an origin that is missing leaves the block's memory") {
  auto p = good;
  p.tensors[hidden(p)].origins[0].loop = -1;
  CHECK(contains(problem(p), "outside of its memory"));
}

TEST_CASE("a halo that is missing is not written") {
  auto p = good;
  stage_of(p, plan::anchor::matmul).slices[0].after = -1;
  CHECK(contains(problem(p), "is read before it is written"));
}

TEST_CASE("tensors that are alive at once may not share bytes") {
  auto p = good;
  const int h = hidden(p);
  for (int t = 0; t < p.tensors.size; ++t) {
    if (p.tensors[t].at == plan::place::block) p.tensors[t].offset = p.tensors[h].offset;
  }
  CHECK(problem(p, storage::separate) == "");
  CHECK(problem(p, storage::placed) != "");
}

TEST_CASE("scratch that is too small is left") {
  auto p = good;
  p.scratch_bytes -= 64;
  CHECK(contains(problem(p), "outside of its memory"));
}

TEST_CASE("block scratch does not live from step to step") {
  auto p = good;
  // The second product first: it reads what only the step before has written.
  const int first = p.groups[p.prepare_groups].first + 1;
  std::swap(p.items[first], p.items[first + 1]);
  CHECK(contains(problem(p), "is read before it is written"));
}

TEST_CASE("a register that nobody wrote, a result that is missing, a loop that never ends") {
  auto p = good;
  p.stores[stage_of(p, plan::anchor::row).first_store].reg = 5;
  CHECK(contains(problem(p), "register"));
  p = good;
  p.results = 2;
  CHECK(contains(problem(p), "a result is missing"));
  p = good;
  p.loops[0].step = 0;
  CHECK(contains(problem(p), "does not advance"));
}

TEST_CASE("run does not read weights and does not write packed memory") {
  auto p = good;
  for (int t = 0; t < p.tensors.size; ++t) {
    if (p.tensors[t].at == plan::place::result) p.tensors[t].at = plan::place::packed;
  }
  CHECK(contains(problem(p, storage::separate), "may not write"));
  p = plan::trivial(g);
  p.groups[0].items = 0;  // nothing is packed
  CHECK(contains(problem(p, storage::separate), "is read before it is written"));
}

TEST_CASE("a wrong stride gives other values") {
  auto p = plan::trivial(g);
  plan::stage& s = stage_of(p, plan::anchor::matmul);
  p.views[s.first_operand][0].factor = 0;  // every row is the first one
  CHECK(problem(p, storage::separate) == "other values");
}
