// SPDX-License-Identifier: MIT
// What one run of a program sees: the caller's tensors, packed weights, scratch, sizes, loop
// indices.
#pragma once

#include <kiln/plan/plan.hpp>

#include <cstddef>
#include <cstdint>

namespace kiln::codegen {
inline namespace KILN_ISA {

/// A caller's tensor at run time: where it starts, and elements between its rows.
struct bound_tensor final {
  char* data = nullptr;
  std::int64_t row_stride = 0;
};

/// Everything that stages take their addresses from.
struct frame final {
  const bound_tensor* arguments = nullptr;
  const bound_tensor* results = nullptr;
  const bound_tensor* weights = nullptr;  // prepare only
  char* packed = nullptr;
  char* copies = nullptr;  // of packed, one for each thread of a team but the first; or null
  std::int64_t copy_distance = 0;  // bytes from one to the next
  char* scratch = nullptr;
  const std::int64_t* symbols = nullptr;
  std::int64_t index[plan::max_nest] = {};  // of the loops around, outermost first
  // Of a thread of a team only:
  char* block = nullptr;      // offsets of block scratch count from here
  std::int64_t step_end = 0;  // where this step of the innermost shared loop ends
};

}  // namespace KILN_ISA
}  // namespace kiln::codegen
