// SPDX-License-Identifier: MIT
// ARROW 3: graph -> plan. Nothing but the list of moves.
#pragma once

#include <kiln/plan/collapse.hpp>
#include <kiln/plan/fuse_rows.hpp>
#include <kiln/plan/fuse_store.hpp>
#include <kiln/plan/move.hpp>
#include <kiln/plan/place_scratch.hpp>
#include <kiln/plan/split_depth.hpp>
#include <kiln/plan/split_parallel.hpp>
#include <kiln/plan/trivial.hpp>

namespace kiln::plan {

/// The default moves for a machine. Plans for one thread run on several as well; those that
/// for_threads() makes may do better with few rows.
constexpr auto moves_for(const core::target& machine) {
  return moves(fuse_store,
               collapse,
               split_depth_fn{machine},
               fuse_rows_fn{{.machine = machine}},
               split_parallel_fn{machine},
               place_scratch);
}

namespace detail {
inline constexpr auto native_moves = moves_for(core::native);
}  // namespace detail

/// The plan of a graph for the machine that is compiled for.
///
/// @law  interpret_plan(schedule(g)) == interpret(g)
inline constexpr auto schedule = [](const auto& g) { return detail::native_moves(trivial(g)); };

}  // namespace kiln::plan
