// SPDX-License-Identifier: MIT
// ARROW 2: graph -> graph. The default passes, nothing but a list of names.
#pragma once

#include <kiln/pass/canonicalize.hpp>
#include <kiln/pass/drop_dead.hpp>
#include <kiln/pass/fold_batch_norm.hpp>
#include <kiln/pass/fold_constants.hpp>
#include <kiln/pass/grouped_products.hpp>
#include <kiln/pass/low_precision.hpp>
#include <kiln/pass/merge_equal.hpp>
#include <kiln/pass/options.hpp>
#include <kiln/pass/pass.hpp>
#include <kiln/pass/simplify.hpp>

namespace kiln::pass {

/// The default pipeline under these options: numbers are known before their place is chosen;
/// `.then(p)` appends a user's own pass.
constexpr auto passes_for(const options& allowed) {
  return pipeline(merge_equal,
                  fold_constants,
                  grouped_products,
                  low_precision,
                  canonicalize,
                  fold_batch_norm,
                  simplify_fn{allowed},
                  merge_equal,
                  drop_dead);
}

/// The default pipeline.
///
/// @law  interpret(optimize(g)) == interpret(g), within the bounds of the two graphs
inline constexpr auto optimize = passes_for({});

}  // namespace kiln::pass
