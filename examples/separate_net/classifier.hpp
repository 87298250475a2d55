// SPDX-License-Identifier: MIT
// A net behind a small header: who includes this pays no compile time for kiln.
#pragma once

#include <cstddef>
#include <span>

/// Weights of a net 64 -> 32 -> 10, row-major; read by the constructor and not kept.
struct classifier_data final {
  std::span<const float> w1, b1;  // [64, 32], [32]
  std::span<const float> w2, b2;  // [32, 10], [10]
};

/// Scores of images. The net lives inside the object, whose size the header fixes: no pointer to an
/// implementation, no virtual call. One run at a time for each object.
class classifier final {
 public:
  /// Throws kiln::error, a std::runtime_error, that names every array of a wrong size.
  explicit classifier(const classifier_data& data);
  classifier(classifier&& other) noexcept;
  classifier& operator=(classifier&&) = delete;
  ~classifier();

  /// images: [n, 64], scores: [n, 10], n from 1 to 256. Throws if sizes do not agree.
  void run(std::span<const float> images, std::span<float> scores);

 private:
  struct state;
  alignas(64) std::byte storage_[128];
};
