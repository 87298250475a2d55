// SPDX-License-Identifier: MIT
// A net of floats as one of 8-bit integers or bf16: measures ranges, names the settings.
#pragma once

#include <kiln/compile.hpp>
#include <kiln/core/error.hpp>
#include <kiln/pass/observe_ranges.hpp>
#include <kiln/pass/to_bf16.hpp>
#include <kiln/pass/to_int8.hpp>
#include <kiln/runtime/source.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// Settings of the same net of floats with one more output, "ranges": f32[products, 2], the least
/// and the greatest number that enters each matmul and convolution with constant weights of floats.
struct observing : settings {
  static constexpr auto passes = pass::optimize.after(pass::observe_ranges);
};

/// How errors say where the weight "ranges" of a net on 8-bit integers comes from.
struct ranges_come_from_kiln_calibrate final {
  static constexpr std::string_view weight = pass::to_int8_fn{}.weight;
  static constexpr std::string_view text =
      "kiln::calibrate measures it; give it with kiln::bind<\"ranges\">(ranges) or "
      "kiln::with_ranges(source, ranges)";
};

/// Settings of the net on 8-bit integers. Weights stay f32 until bind, which quantises them by
/// column; one more weight is "ranges", what calibrate() gives: bound by name, or stored in the
/// file beside the others. Products by weights that are dequantised already, those in groups of 4
/// or 8 bits among them, stay what they are, have no range and cost what they cost elsewhere.
///
///     using int8_net = kiln::compile<y, kiln::in_int8>;
///     int8_net::weights w{kiln::bind<"w1">(w1), ..., kiln::bind<"ranges">(ranges)};
///     int8_net::weights w{kiln::with_ranges(file, ranges)};
struct in_int8 : settings {
  static constexpr auto passes = pass::optimize.after(pass::to_int8);
  using weight_hint = ranges_come_from_kiln_calibrate;
};

/// The same with ranges that are in the program: a std::array<std::array<float, 2>, products> of
/// static storage. Of products that read one tensor, the first one's range counts.
template <const auto& Ranges>
struct in_int8_with : settings {
  /// In one array, through which constant expressions may walk.
  static constexpr auto flat = [] {
    std::array<float, 2 * std::size(Ranges)> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = Ranges[i / 2][i % 2];
    return numbers;
  }();
  static constexpr auto passes = pass::optimize.after(pass::to_int8_fn{flat.data(), {}});
};

/// Settings of the net with products of bf16, but for those by dequantised weights: as in in_int8.
struct in_bf16 : settings {
  static constexpr auto passes = pass::optimize.after(pass::to_bf16);
};

/// Collects ranges, one set a sample batch, and says which to use.
class calibration final {
 public:
  /// What one run of an observing net gave.
  ///
  /// @shape   ranges: [products, 2]
  /// @errors  kiln::error: another number of products than before, NaN or infinity
  void add(std::span<const float> ranges) {
    if (ranges.empty() || ranges.size() % 2 != 0 || (batches_ > 0 && ranges.size() != size_)) {
      core::raise("calibration: ranges of another number of products");
    }
    for (const float x : ranges) {
      if (!std::isfinite(x)) core::raise("calibration: a range is not finite");
    }
    size_ = ranges.size();
    seen_.insert(seen_.end(), ranges.begin(), ranges.end());
    ++batches_;
  }
  /// The range of each product that covers the ranges of `percentile` percent of the batches: 100
  /// covers all numbers seen; less leaves out the batches with the most extreme ones, whose numbers
  /// are clamped.
  ///
  /// @shape   out: [products, 2]
  /// @errors  kiln::error: no batch was added, or percentile is not from 0 to 100
  [[nodiscard]] std::vector<float> ranges(double percentile = 100) const {
    if (batches_ == 0) core::raise("calibration: no batch was added");
    if (!(percentile >= 0 && percentile <= 100)) core::raise("calibration: no such percentile");
    // A whole number of batches stays one although 64.4 % of 250 is 161.00000000000003.
    const double exact = percentile * static_cast<double>(batches_) / 100;
    const auto covered = static_cast<std::size_t>(std::ceil(exact - exact * 1e-12));
    const std::size_t place = covered == 0 ? 0 : covered - 1;
    std::vector<float> result(size_);
    std::vector<float> of_batches(batches_);
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t b = 0; b < batches_; ++b) of_batches[b] = seen_[b * size_ + i];
      std::sort(of_batches.begin(), of_batches.end());
      result[i] = of_batches[i % 2 == 0 ? batches_ - 1 - place : place];
    }
    return result;
  }
  [[nodiscard]] std::size_t batches() const { return batches_; }

 private:
  std::vector<float> seen_;
  std::size_t size_ = 0;
  std::size_t batches_ = 0;
};

/// Runs an observing net over sample batches and gives the ranges for in_int8. `run` is called with
/// a context, a batch, and the view that takes the output "ranges".
///
///     const auto ranges = kiln::calibrate<observed>(weights, batches,
///         [&](auto& context, const auto& batch, const auto& ranges) {
///           context.run(observed::view<"x">(batch), observed::view<"y">(y), ranges);
///         });
///
/// @shape   out: [products, 2]
/// @errors  kiln::error: no batch, NaN or infinity, percentile is not from 0 to 100
///          compile time: a net without `observing`, of eight outputs, with one that is called
///          "ranges", or without such products
template <class Net, class Batches, class Run>
std::vector<float> calibrate(const typename Net::weights& weights,
                             const Batches& batches,
                             Run run,
                             double percentile = 100) {
  constexpr const auto& watched = Net::graph;
  constexpr auto last = watched.outputs[static_cast<std::size_t>(watched.output_count - 1)];
  constexpr auto without = pass::observe_ranges.obstacle_in(Net::lowered);
  constexpr bool observes = last.name == pass::observe_ranges_fn::output;
  using obstacle = pass::observe_ranges_fn::obstacle;
  static_assert(without != obstacle::name_taken,
                "kiln: calibrate needs the name \"ranges\", which an output of the net has");
  static_assert(without != obstacle::outputs,
                "kiln: calibrate needs one more output, and the net has as many as it may");
  static_assert(without != obstacle::no_product,
                "kiln: calibrate finds no product by constant weights of floats in the net");
  static_assert(without != obstacle::none || observes,
                "kiln: calibrate takes a net that was compiled with kiln::observing");
  if constexpr (without == obstacle::none && observes) {
    constexpr auto products = static_cast<std::size_t>(watched[last.node].type[0].factor);
    typename Net::context context{weights};
    calibration seen;
    std::vector<float> ranges(products * 2);
    for (const auto& batch : batches) {
      run(context, batch, Net::template view<"ranges">(ranges));
      seen.add(ranges);
    }
    return seen.ranges(percentile);
  } else {
    return {};
  }
}

/// A source of weights, a file for one, and the ranges that it lacks.
template <class Source>
struct ranged_source final {
  const Source* source = nullptr;
  std::span<const float> ranges;

  /// A name of the source that differs from this one in capitals only.
  [[nodiscard]] std::string similar_name(std::string_view name) const {
    return runtime::similar_name(*source, name);
  }
  /// How net::weights looks for a name.
  friend std::optional<tensor::memory> find_weight(const ranged_source& from,
                                                   std::string_view name) {
    if (name != pass::to_int8_fn{}.weight) return runtime::look_up(*from.source, name);
    return tensor::memory_access<const std::span<const float>>::of(from.ranges);
  }
};
/// Both must outlive what is made of them: weights are made at once.
///
/// @errors  none here; what is wrong with the ranges, net::weights says
template <runtime::weight_source Source>
ranged_source<Source> with_ranges(const Source& source, std::span<const float> ranges) {
  return {&source, ranges};
}

}  // namespace kiln
