// SPDX-License-Identifier: MIT
// The memory of an interpreted plan: poisoned, and every element knows which tensor it belongs to.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/plan/plan.hpp>
#include <kiln/reference/interpret_graph.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace kiln::reference {

/// Where the tensors of an interpreted plan are.
enum class storage : std::uint8_t {
  separate,  // each tensor in memory of its own
  placed     // scratch and packed tensors at the bytes that the plan gives them
};

/// A point of a stage at which memory is read or written: elements of one point may be exchanged in
/// place. Anchors read whole rows or matrices: at no point.
inline constexpr std::int64_t no_point = -2;

/// Memory in which reading what nobody wrote, what another tensor has overwritten, and what another
/// step of a parallel loop wrote are errors, as are writing twice in one stage and writing over
/// what the same stage still reads.
///
/// @errors  kiln::error from read and write, with a text that names tensor and element
class plan_memory final {
 public:
  template <std::size_t N>
  plan_memory(const plan::plan<N>& p, const symbol_values& symbols, storage mode)
      : arenas_(first_own) {
    for (int t = 0; t < p.tensors.size; ++t) {
      const plan::placed_tensor& x = p.tensors[t];
      const auto bytes = static_cast<std::int64_t>(size_of(x.type.element));
      place_of_tensor to{x.at, static_cast<int>(arenas_.size()), 0, 1, x.bytes / bytes};
      const bool scratch = x.at == plan::place::block || x.at == plan::place::shared;
      if (mode == storage::placed && (scratch || x.at == plan::place::packed)) {
        to.arena = scratch ? 0 : 1;
        to.first = x.offset;
        to.width = bytes;
      } else {
        if (!scratch && x.at != plan::place::packed)
          to.elems = elems_of(extents_of(x.type, symbols));
        arenas_.emplace_back(static_cast<std::size_t>(to.elems));
      }
      tensors_.push_back(to);
    }
    arenas_[1].resize(static_cast<std::size_t>(p.packed_bytes));
    scratch_bytes_[0] = p.prepare_scratch_bytes;
    scratch_bytes_[1] = p.scratch_bytes;
  }

  /// Gives a caller's tensor room for padded rows.
  void resize(int tensor, std::int64_t elems) {
    place_of_tensor& x = at(tensor);
    x.elems = elems;
    arenas_[static_cast<std::size_t>(x.arena)].assign(static_cast<std::size_t>(elems), cell{});
  }
  [[nodiscard]] std::int64_t elems(int tensor) const { return at(tensor).elems; }

  /// Poisons all scratch: a program starts with it.
  void begin_program(bool prepare) {
    arenas_[0].assign(static_cast<std::size_t>(scratch_bytes_[prepare ? 0 : 1]), cell{});
    for (std::size_t t = 0; t < tensors_.size(); ++t) {
      if (is_scratch(tensors_[t].where)) poison(static_cast<int>(t));
    }
    preparing_ = prepare;
  }
  /// Forgets a tensor's elements.
  void poison(int tensor) {
    const place_of_tensor& x = at(tensor);
    auto& cells = arenas_[static_cast<std::size_t>(x.arena)];
    for (std::int64_t i = 0; i < x.elems * x.width; ++i) {
      const auto c = static_cast<std::size_t>(x.first + i);
      if (c < cells.size() && cells[c].tensor == tensor) cells[c] = cell{};
    }
  }
  /// A stage starts: reads and writes from now on belong to it.
  void begin_stage() { ++stage_; }
  /// Steps of the outermost parallel loop get numbers; those from `first` on belong to one run of
  /// the loop. 0: no parallel loop.
  void set_step(std::int64_t step, std::int64_t first) {
    step_ = step;
    first_step_ = first;
  }

  double read(int tensor, std::int64_t element, std::int64_t point) {
    const place_of_tensor& x = at(tensor);
    cell* c = cells_of(tensor, element, "read");
    for (std::int64_t i = 0; i < x.width; ++i) {
      check_read(c[i], tensor, element);
      c[i].read_at = c[i].read_by == stage_ && c[i].read_at != point ? no_point : point;
      c[i].read_by = stage_;
    }
    return c->value;
  }
  void write(int tensor, std::int64_t element, double value, std::int64_t point) {
    const place_of_tensor& x = at(tensor);
    check_place(x, tensor, element);
    cell* c = cells_of(tensor, element, "written");
    for (std::int64_t i = 0; i < x.width; ++i) {
      check_write(c[i], tensor, element, point);
      c[i] = {value, c[i].read_by, c[i].read_at, stage_, step_, element, tensor};
    }
  }
  /// Sets an element from outside.
  void fill(int tensor, std::int64_t element, double value) {
    cell* c = cells_of(tensor, element, "filled");
    *c = {value, -1, no_point, -1, 0, element, tensor};
  }
  [[nodiscard]] bool is_written(int tensor, std::int64_t element) const {
    const place_of_tensor& x = at(tensor);
    const cell& c = arenas_[static_cast<std::size_t>(x.arena)]
                           [static_cast<std::size_t>(x.first + element * x.width)];
    return c.tensor == tensor && c.element == element;
  }

 private:
  struct cell final {
    double value = 0;
    std::int64_t read_by = -1;        // the stage that read it last
    std::int64_t read_at = no_point;  // and at which point
    std::int64_t written_by = -1;
    std::int64_t step = 0;  // of a parallel loop that wrote it
    std::int64_t element = -1;
    int tensor = -1;
  };
  struct place_of_tensor final {
    plan::place where{};
    int arena = 0;
    std::int64_t first = 0;  // cell
    std::int64_t width = 1;  // cells an element
    std::int64_t elems = 0;
  };
  static constexpr std::size_t first_own = 2;  // scratch, packed, then one for each tensor

  static bool is_scratch(plan::place x) {
    return x == plan::place::block || x == plan::place::shared;
  }
  [[nodiscard]] const place_of_tensor& at(int t) const {
    return tensors_[static_cast<std::size_t>(t)];
  }
  place_of_tensor& at(int t) { return tensors_[static_cast<std::size_t>(t)]; }

  [[noreturn]] static void fail(int tensor, std::int64_t element, const std::string& what) {
    core::raise("interpret_plan: element " + std::to_string(element) + " of tensor "
                + std::to_string(tensor) + " " + what);
  }
  cell* cells_of(int tensor, std::int64_t element, const char* what) {
    const place_of_tensor& x = at(tensor);
    auto& cells = arenas_[static_cast<std::size_t>(x.arena)];
    const std::int64_t end = x.first + (element + 1) * x.width;
    if (element < 0 || element >= x.elems || end > static_cast<std::int64_t>(cells.size())) {
      fail(tensor, element, std::string("is ") + what + " outside of its memory");
    }
    return cells.data() + x.first + element * x.width;
  }
  void check_read(const cell& c, int tensor, std::int64_t element) const {
    if (c.tensor < 0) fail(tensor, element, "is read before it is written");
    if (c.tensor != tensor || c.element != element) {
      fail(tensor, element, "is read after tensor " + std::to_string(c.tensor) + " overwrote it");
    }
    if (is_foreign_step(c, tensor)) fail(tensor, element, "is read by another step than wrote it");
  }
  void check_place(const place_of_tensor& x, int tensor, std::int64_t element) const {
    const bool good =
        is_scratch(x.where)
        || (preparing_ ? x.where == plan::place::packed : x.where == plan::place::result);
    if (!good) fail(tensor, element, "is written in a place that this program may not write");
  }
  void check_write(const cell& c, int tensor, std::int64_t element, std::int64_t point) const {
    if (c.tensor >= 0 && c.written_by == stage_) {
      fail(tensor, element, "is written twice by one stage");
    }
    if (c.tensor >= 0 && c.read_by == stage_ && c.read_at != point) {
      fail(tensor, element, "is written where its stage still reads");
    }
    if (c.tensor == tensor && is_foreign_step(c, tensor)) {
      fail(tensor, element, "is written by two steps of a parallel loop");
    }
  }
  // Scratch of one thread's block is another memory in every thread.
  [[nodiscard]] bool is_foreign_step(const cell& c, int tensor) const {
    return step_ != 0 && at(tensor).where != plan::place::block && c.step >= first_step_
           && c.step != step_;
  }

  std::vector<std::vector<cell>> arenas_;
  std::vector<place_of_tensor> tensors_;
  std::array<std::int64_t, 2> scratch_bytes_{};
  std::int64_t stage_ = 0;
  std::int64_t step_ = 0;
  std::int64_t first_step_ = 0;
  bool preparing_ = false;
};

}  // namespace kiln::reference
