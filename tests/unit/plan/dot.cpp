// SPDX-License-Identifier: MIT
// Plans as drawings.
#include <kiln/plan/dot.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/trivial.hpp>

#include <doctest/doctest.h>

#include <support/plan_graphs.hpp>

using namespace kiln;

TEST_CASE("stages are boxes in their groups, tensors are ellipses") {
  const auto p = plan::fuse_store(plan::trivial(test::linear_graph(4, 5, 6)));
  const std::string text = plan::dot(p);
  CHECK(text.find("label=\"group 2\"") != std::string::npos);
  CHECK(text.find("s2 [shape=box, label=\"matmul\\nadd\\nrelu\"]") != std::string::npos);
  CHECK(text.find("t4 -> s2;") != std::string::npos);
  CHECK(text.find("t5") == std::string::npos);  // stays in registers
  CHECK(text.back() == '\n');
}
